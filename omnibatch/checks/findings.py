"""Problems gathered over a batch: one line for one mistake, however many shots share it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from omnibatch.problems import Place, Problem, Related, in_file_order
from omnibatch.shots import Shot

__all__ = ["Findings"]


_MOST_TOLD: Final = 10


@dataclass(slots=True)
class _Found:
    problem: Problem
    first: Shot
    last: str
    shots: int = 1
    unlike: int = 0  # more shots with one like it at its place, but about another value


class Findings:
    """Collects problems by shot, and names the shots where the place does not tell.

    Rows, matrices and defaults make many shots from one place. A finding there carries
    the first shot it concerns and how many more: `... [sku-7 and 41 more]`. Of those at one
    place that differ in a value alone, ten are given, and the rest counted.
    """

    def __init__(self, shots: Sequence[Shot]) -> None:
        self._shots = shots
        self._found: dict[Problem, _Found] = {}
        self._alike: dict[tuple[Place, str], list[_Found]] = {}

    def add(self, shot: Shot, problems: Iterable[Problem]) -> None:
        """Take the findings of one shot; those of its other takes are the same."""
        for problem in problems:
            found = self._found.get(problem)
            if found is not None:
                found.shots += found.last != shot.slot.shot
                found.last = shot.slot.shot
                continue
            alike = self._alike.setdefault((problem.place, problem.code), [])
            if len(alike) >= _MOST_TOLD:
                alike[-1].unlike += 1
                continue
            self._found[problem] = _Found(problem, shot, shot.slot.shot)
            alike.append(self._found[problem])

    def problems(self) -> tuple[Problem, ...]:
        """All findings, in file order."""
        if not self._found:
            return ()
        shared = self._shared_places()
        return in_file_order(_told(found, shared) for found in self._found.values())

    def _shared_places(self) -> set[Place]:
        """Where more than one shot was written."""
        shot_at: dict[Place, str] = {}
        return {
            shot.place
            for shot in self._shots
            if shot_at.setdefault(shot.place, shot.slot.shot) != shot.slot.shot
        }


def _told(found: _Found, shared: set[Place]) -> Problem:
    problem, first = found.problem, found.first
    if first.row is not None and not problem.related:
        problem = replace(problem, related=(Related(first.row, "the row it came up with"),))
    if found.shots == 1 and not found.unlike and _is_at(problem.place, first, shared):
        return problem
    more = f" and {found.shots - 1:,} more" if found.shots > 1 else ""
    others = f" [and {found.unlike:,} more with other values]" if found.unlike else ""
    return replace(problem, message=f"{problem.message} [{first.slot.shot}{more}]{others}")


def _is_at(place: Place, shot: Shot, shared: set[Place]) -> bool:
    """Whether a reader finds the shot from the place: it is its own, and within it."""
    return shot.place not in shared and place.file == shot.place.file and place >= shot.place
