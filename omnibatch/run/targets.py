"""A path of its own for each attempt, since a paid clip is never overwritten."""

import os
from collections.abc import Container, Iterable
from pathlib import Path, PurePosixPath

from omnibatch.ledger import Attempt, Output, may_have_cost, only_carries

__all__ = [
    "Targets",
    "beside",
    "free_path",
    "inside",
    "is_taken",
    "places",
    "recorded_paths",
    "whereabouts",
]


class Targets:
    """Knows every path that is taken: by attempts that may have a clip."""

    def __init__(self, attempts: Iterable[Attempt]) -> None:
        self._taken: set[str] = set()
        for attempt in attempts:
            if may_have_cost(attempt) and not only_carries(attempt):
                self._taken.add(attempt.known_intent.target.casefold())
            for task in attempt.tasks.values():
                if task.output is not None:
                    self._taken.add(task.output.path.casefold())

    def choose(self, target: str) -> str:
        """Return `target`, or the first of `name.v2.mp4`, `name.v3.mp4`, ... that is free."""
        for candidate in _versions(target):
            if candidate.casefold() not in self._taken:
                self._taken.add(candidate.casefold())
                return candidate
        raise AssertionError("BUG: there is always a next version")


def _versions(target: str) -> Iterable[str]:
    """`target` itself, then its versions without end."""
    yield target
    path = PurePosixPath(target)
    number = 2
    while True:
        yield str(path.with_name(f"{path.stem}.v{number}{path.suffix}"))
        number += 1


def recorded_paths(attempts: Iterable[Attempt]) -> set[str]:
    """The paths of all clips that a ledger knows, be they on this disk or on another."""
    outputs = (task.output for attempt in attempts for task in attempt.tasks.values())
    return {output.path for output in outputs if output is not None}


def beside(output: Output) -> str:
    """Where a clip lies on a disk that has something else at its recorded path.

    Two machines that rendered a shot each may have given two clips one path. The name
    follows from the clip, so that it needs no record and no clip has to make way; the
    recorded path, being the smaller, is what the join of two copies keeps.
    """
    path = PurePosixPath(output.path)
    return str(path.with_name(f"{path.stem}.sha256-{output.sha256[:8]}{path.suffix}"))


def whereabouts(root: Path, output: Output) -> Path | None:
    """The file that a clip is on this disk, None where there is none. Reads no file.

    What stands at its recorded path is the clip, if perhaps edited, unless the clip
    itself lies beside it.
    """
    found = None
    for path in places(root, output):
        if path.is_file():
            if path.stat().st_size == output.bytes:
                return path
            found = found or path
    return found


def places(root: Path, output: Output) -> list[Path]:
    """Where a clip may lie: at its recorded path, or beside it."""
    paths = (inside(root, recorded) for recorded in (output.path, beside(output)))
    return [path for path in paths if path is not None]


def inside(root: Path, recorded: str) -> Path | None:
    """Where a recorded path lies, or None where it leads out of `root` or names no file.

    Paths come from a lockfile, and a lockfile from git: its word is not enough.
    """
    path = PurePosixPath(recorded)
    if path.is_absolute() or ".." in path.parts or not path.name:
        return None
    return None if any(sign in recorded for sign in "\\:\0") else root / path


def free_path(root: Path, target: str, *claimed: Container[str]) -> str:
    """The first of `target` and its versions where nothing stands: never a stranger's file.

    `claimed` hold the paths of clips that are on their way, or on another disk.
    """
    return next(
        name
        for name in _versions(target)
        if not any(name in paths for paths in claimed) and not is_taken(root / name)
    )


def is_taken(path: Path) -> bool:
    """Tell whether anything stands at `path`, be it a link that leads nowhere."""
    return os.path.lexists(path)
