"""Problems gathered over a batch: one line for one mistake, however many shots share it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from omnibatch.problems import Place, Problem, in_file_order
from omnibatch.shots import Shot

__all__ = ["Findings"]


class Findings:
    """Collects problems by shot, and names the shots where the place does not tell.

    Rows, matrices and defaults make many shots from one place. A finding there carries
    the first shot it concerns and how many more: `... [sku-7 and 41 more]`.
    """

    def __init__(self, shots: Sequence[Shot]) -> None:
        self._shots = shots
        self._shots_with: dict[Problem, dict[str, Shot]] = {}

    def add(self, shot: Shot, problems: Iterable[Problem]) -> None:
        """Take the findings of one shot; those of its other takes are the same."""
        for problem in problems:
            self._shots_with.setdefault(problem, {}).setdefault(shot.slot.shot, shot)

    def problems(self) -> tuple[Problem, ...]:
        """All findings, in file order."""
        if not self._shots_with:
            return ()
        shared = self._shared_places()
        return in_file_order(
            _told(problem, tuple(shots.values()), shared)
            for problem, shots in self._shots_with.items()
        )

    def _shared_places(self) -> set[Place]:
        """Where more than one shot was written."""
        shot_at: dict[Place, str] = {}
        return {
            shot.place
            for shot in self._shots
            if shot_at.setdefault(shot.place, shot.slot.shot) != shot.slot.shot
        }


def _told(problem: Problem, shots: tuple[Shot, ...], shared: set[Place]) -> Problem:
    first = shots[0]
    if len(shots) == 1 and _is_at(problem.place, first, shared):
        return problem
    more = f" and {len(shots) - 1:,} more" if len(shots) > 1 else ""
    return replace(problem, message=f"{problem.message} [{first.slot.shot}{more}]")


def _is_at(place: Place, shot: Shot, shared: set[Place]) -> bool:
    """Whether a reader finds the shot from the place: it is its own, and within it."""
    return shot.place not in shared and place.file == shot.place.file and place >= shot.place
