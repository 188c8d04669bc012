"""What is wrong with many shots of one entry alike, told once with their count."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from omnibatch.manifest import codes
from omnibatch.manifest.enough import MOST_ERRORS
from omnibatch.problems import Place, Problem, Related

__all__ = ["Repeats"]

# What does not depend on the cells of a row: names are looked up before any is put in.
_IN_ALL: Final = frozenset(
    {codes.ID_NOT_OF_ROW, codes.TEMPLATE_REFUSED, codes.TEMPLATE_SYNTAX, codes.UNDEFINED}
)


@dataclass(slots=True)
class _Repeated:
    problem: Problem
    row: Place | None
    others: int = 0


class Repeats:
    """Gathers the findings of the shots of one entry out of `problems`, to give each once.

    `is_in_all` is set where one of them will be there for every row.
    """

    def __init__(self, problems: list[Problem]) -> None:
        self._problems = problems
        self._found: dict[Problem, _Repeated] = {}
        self._errors = 0
        self.is_in_all = False

    @property
    def are_enough(self) -> bool:
        """Whether there are more errors than anybody mends at a time."""
        return self._errors > MOST_ERRORS

    @contextmanager
    def of(self, row: Place | None) -> Iterator[None]:
        """Take over what is recorded inside, for a shot of `row`."""
        before = len(self._problems)
        yield
        for problem in dict.fromkeys(self._problems[before:]):
            known = self._found.get(problem)
            if known is None:
                self._found[problem] = _Repeated(problem, row)
                self._errors += problem.severity == "error"
                self.is_in_all = self.is_in_all or problem.code in _IN_ALL
            else:
                known.others += 1
        del self._problems[before:]

    def give(self) -> None:
        """Put the findings back, each with where it came up first and how often again."""
        for problem, each in self._found.items():
            if each.row is None or problem.related:
                self._problems.append(problem)
                continue
            more = f" [and in {each.others:,} more rows]" if each.others else ""
            related = Related(each.row, "the row it came up with")
            self._problems.append(
                replace(
                    problem,
                    message=problem.message + more,
                    related=(*problem.related, related),
                )
            )
