"""A problem: one finding about a manifest, with its place and its cure.

Problems are values. They are collected from every stage, sorted, and shown all at
once; nothing here prints.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

__all__ = ["Place", "Problem", "Related", "Severity", "errors_in", "in_file_order"]

Severity = Literal["error", "warning"]


class Place(NamedTuple):
    """A point in a file: `line` and `column` count from 1, columns in code points.

    `file` is the path as the user would type it from the current folder. Line 0 means
    the file as a whole (it could not be read at all).
    """

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


class Related(NamedTuple):
    """Another place that has to do with a problem: the row of data it came up with, say."""

    place: Place
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One finding: where, a stable code, the fact (with both numbers), the cure (never empty).

    `related` are further places, for programs and editors; the message stands without.
    """

    place: Place
    code: str
    message: str
    hint: str
    severity: Severity = "error"
    related: tuple[Related, ...] = ()

    def __str__(self) -> str:
        cure = f" ({self.hint})" if self.hint else ""
        word = "warning: " if self.severity == "warning" else ""
        return f"{self.place}: {self.code} {word}{self.message}{cure}"


def in_file_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Sort by place, errors before warnings at one place, and drop exact repeats."""
    unique = dict.fromkeys(problems)

    def order(found: Problem) -> tuple[object, ...]:
        rows = tuple(related.place for related in found.related)
        return found.place, found.severity, found.code, rows, found.message

    return tuple(sorted(unique, key=order))


def errors_in(problems: Iterable[Problem]) -> bool:
    """Tell whether any of `problems` is an error, which forbids buying."""
    return any(problem.severity == "error" for problem in problems)
