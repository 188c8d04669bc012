"""Problems gathered over a batch: one line for one mistake, however many shots share it."""

from collections.abc import Iterable
from dataclasses import replace

from omnibatch.problems import Place, Problem, in_file_order
from omnibatch.shots import Shot

__all__ = ["Findings"]


class Findings:
    """Collects problems by shot, and names the shots where the place does not tell.

    Rows, matrices and defaults make many shots from one place. A finding there carries
    the first shot it concerns and how many more: `... [sku-7 and 41 more]`.
    """

    def __init__(self, shots: Iterable[Shot]) -> None:
        self._only_shot: dict[Place, str | None] = {}
        for shot in shots:
            only = self._only_shot.setdefault(shot.place, shot.slot.shot)
            if only != shot.slot.shot:
                self._only_shot[shot.place] = None
        self._shots_with: dict[Problem, dict[str, Shot]] = {}

    def add(self, shot: Shot, problems: Iterable[Problem]) -> None:
        """Take the findings of one shot; those of its other takes are the same."""
        for problem in problems:
            self._shots_with.setdefault(problem, {}).setdefault(shot.slot.shot, shot)

    def problems(self) -> tuple[Problem, ...]:
        """All findings, in file order."""
        return in_file_order(
            self._told(problem, tuple(shots.values()))
            for problem, shots in self._shots_with.items()
        )

    def _told(self, problem: Problem, shots: tuple[Shot, ...]) -> Problem:
        first = shots[0]
        if len(shots) == 1 and self._is_at(problem.place, first):
            return problem
        more = f" and {len(shots) - 1:,} more" if len(shots) > 1 else ""
        return replace(problem, message=f"{problem.message} [{first.slot.shot}{more}]")

    def _is_at(self, place: Place, shot: Shot) -> bool:
        """Whether a reader finds the shot from the place: it is its own, and within it."""
        is_alone = self._only_shot[shot.place] is not None
        return is_alone and place.file == shot.place.file and place >= shot.place
