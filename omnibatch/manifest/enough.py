"""When to stop looking: who has two thousand errors to mend needs no more of them.

Each takes a while to word, and a manifest of many megabytes may have a million.
"""

from typing import Final

from omnibatch.problems import Place, Problem

__all__ = ["MOST_ERRORS", "Enough", "and_more"]

MOST_ERRORS: Final = 2_000
# A file that is included again brings what is wrong with it again, to be told once.
_MOST_AGAIN: Final = 2 * MOST_ERRORS


class Enough:
    """Tells whether `problems`, which only ever grow, hold that many errors.

    `alike` is to be raised for an error that is told as a number alone, beside one like
    it: it is one more all the same.
    """

    def __init__(self, problems: list[Problem]) -> None:
        self._problems = problems
        self._looked_at = 0
        self._errors: set[Problem] = set()
        self._again = 0
        self.alike = 0

    def __call__(self, others: int = 0) -> bool:
        """Whether it is enough by now, with `others` that are not among the problems yet."""
        return self._are_many(others) or self._again > _MOST_AGAIN

    def _are_many(self, others: int = 0) -> bool:
        for problem in self._problems[self._looked_at :]:
            if problem.severity == "error":
                self._again += problem in self._errors
                self._errors.add(problem)
        self._looked_at = max(self._looked_at, len(self._problems))
        return len(self._errors) + self.alike + others > MOST_ERRORS

    def said(self, file: str) -> Problem:
        """The problem that says it of `file`."""
        return and_more(file) if self._are_many() else _again(file)


def and_more(file: str) -> Problem:
    """The problem that says that there are more."""
    return _rest_of(file, f"there are more than {MOST_ERRORS:,} problems")


def _again(file: str) -> Problem:
    return _rest_of(file, f"these problems came up again more than {_MOST_AGAIN:,} times")


def _rest_of(file: str, why: str) -> Problem:
    return Problem(
        place=Place(file),
        code="OB108",
        message=f"{why}; the rest is not looked at",
        hint="mend those that are shown first",
    )
