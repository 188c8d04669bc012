"""How many shots one film may have."""

from typing import Final

from omnibatch.manifest import codes
from omnibatch.problems import Place, Problem

__all__ = ["MOST_SHOTS", "too_many_shots"]

MOST_SHOTS: Final = 200_000


def too_many_shots(place: Place) -> Problem:
    """The problem of a film that has more, at the entry that makes them too many."""
    return Problem(
        place=place,
        code=codes.TOO_MANY_SHOTS,
        message=f"there are {MOST_SHOTS + 1:,} shots or more, limit {MOST_SHOTS:,}",
        hint="divide the manifest, or its rows",
    )
