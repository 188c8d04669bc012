"""What is wrong with many shots of one entry alike, told once with their count."""

from dataclasses import dataclass, replace
from typing import Final

from omnibatch.manifest import codes
from omnibatch.manifest.counting import and_more
from omnibatch.manifest.enough import Enough
from omnibatch.problems import Place, Problem, Related

__all__ = ["Repeats"]

_MOST_TOLD: Final = 10
# What does not depend on the cells of a row: names are looked up before any is put in.
_IN_ALL: Final = frozenset(
    {codes.ID_NOT_OF_ROW, codes.TEMPLATE_REFUSED, codes.TEMPLATE_SYNTAX, codes.UNDEFINED}
)


@dataclass(slots=True)
class _Repeated:
    problem: Problem
    row: Place | None
    others: int = 0  # more rows with this very finding
    unlike: int = 0  # more rows, or combinations, with one like it about another value


class Repeats:
    """Gathers the findings of the shots of one entry out of `problems`, to give each once.

    Of those that differ in nothing but the value of a cell, or of a matrix, ten are given,
    and the rest counted: a column of wrong values has been seen by then. For `enough`,
    those are errors like all others.
    `is_in_all` is set where one of them will be there for every row.
    """

    def __init__(self, problems: list[Problem], enough: Enough) -> None:
        self._problems = problems
        self._enough = enough
        self._found: dict[Problem, _Repeated] = {}
        self._alike: dict[tuple[Place, str], list[_Repeated]] = {}
        self._counted: set[Problem] = set()  # beyond those that are given
        self._errors = 0
        self.is_in_all = False

    @property
    def are_enough(self) -> bool:
        """Whether there are more errors than anybody mends at a time."""
        return self._enough(self._errors)

    def take(self, before: int, row: Place | None) -> None:
        """Take over what was recorded for a shot of `row`, after the first `before` problems."""
        if len(self._problems) == before:
            return
        for problem in dict.fromkeys(self._problems[before:]):
            known = self._found.get(problem)
            if known is not None:
                known.others += 1
                continue
            alike = self._alike.setdefault((problem.place, problem.code), [])
            if len(alike) >= _MOST_TOLD:
                is_new = problem not in self._counted
                self._counted.add(problem)
                alike[-1].unlike += is_new or row is not None
                self._enough.alike += is_new and problem.severity == "error"
                continue
            self._found[problem] = _Repeated(problem, row)
            self._errors += problem.severity == "error"
            alike.append(self._found[problem])
            self.is_in_all = self.is_in_all or problem.code in _IN_ALL
        del self._problems[before:]

    def give(self) -> None:
        """Put the findings back, each with where it came up first and how often again."""
        for problem, each in self._found.items():
            more = ""
            related = problem.related
            if each.row is not None and not related:
                more = and_more(each.others)
                related = (Related(each.row, "the row it came up with"),)
            if each.unlike and each.row is None:
                more += f" [and {each.unlike:,} more with other values]"
            elif each.unlike:
                more += and_more(each.unlike, where="", what="with other values")
            self._problems.append(replace(problem, message=problem.message + more, related=related))
