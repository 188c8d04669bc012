"""When to stop looking: who has two thousand errors to mend needs no more of them.

Each takes a while to word, and a manifest of many megabytes may have a million.
"""

from typing import Final

from omnibatch.problems import Place, Problem

__all__ = ["MOST_ERRORS", "Enough", "and_more"]

MOST_ERRORS: Final = 2_000


class Enough:
    """Tells whether `problems`, which only ever grow, hold that many errors."""

    def __init__(self, problems: list[Problem]) -> None:
        self._problems = problems
        self._looked_at = 0
        self._errors = 0

    def __call__(self) -> bool:
        """Whether it is enough by now."""
        there = len(self._problems)
        if there > self._looked_at:
            new = self._problems[self._looked_at : there]
            self._errors += sum(problem.severity == "error" for problem in new)
            self._looked_at = there
        return self._errors > MOST_ERRORS


def and_more(file: str) -> Problem:
    """The problem that says that there are more."""
    return Problem(
        place=Place(file),
        code="OB108",
        message=f"there are more than {MOST_ERRORS:,} problems; the rest is not looked at",
        hint="mend those that are shown first",
    )
