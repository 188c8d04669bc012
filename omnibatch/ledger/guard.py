"""A second mark that a run is buying, where `git clean` does not reach.

The lockfile says so itself, but the first run of a project makes that file, and until
somebody adds it to git it can be swept away together with the journal. Inside a git work
tree the same words are therefore also kept in git's own folder. They come and go with
the run; a work tree without them is as good as before.
"""

import hashlib
import json
import os
from collections.abc import Set
from pathlib import Path
from typing import Any

from omnibatch import disk
from omnibatch.ledger.model import Opening
from omnibatch.ledger.places import LedgerPlace

__all__ = ["clear_guard", "leave_guard", "read_guard", "write_guard"]

_FOLDER = "omnibatch"
_SUFFIX = ".open"
_LONGEST = 4096


def read_guard(place: LedgerPlace) -> Opening | None:
    """The mark for the ledger at `place`, or None."""
    path = _path(place)
    return None if path is None else _read(path)


def _read(path: Path) -> Opening | None:
    try:
        with open(path, encoding="utf-8") as file:
            data: dict[str, Any] = json.loads(file.read(_LONGEST))
        return Opening(str(data["writer"]), str(data["since"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_guard(place: LedgerPlace, opening: Opening) -> None:
    """Leave the mark. Where git's folder cannot be written, the lockfile's own has to do."""
    path = _path(place)
    if path is None:
        return
    text = json.dumps({"writer": opening.writer, "since": opening.since})
    try:
        disk.make_folder(path.parent)
        disk.write_file(path, text.encode(), "guard")
        disk.sync_folder(path.parent)
    except OSError:
        return


def leave_guard(place: LedgerPlace, before: Opening | None, missed: Opening) -> None:
    """Leave the mark of runs that are still `missed`, at the end of another run.

    Only those that it named `before` that run: a mark that came with the lockfile goes as it
    came, as by a pull, and one in git's folder would outlive it.
    """
    writers = missed.writers & (before.writers if before else frozenset())
    left = Opening("+".join(sorted(writers)), missed.since) if writers else None
    path = _path(place)
    if path is None or read_guard(place) == left:
        return
    if left is not None:
        write_guard(place, left)
        return
    try:
        disk.remove(path, "guard")
        disk.remove_folder(path.parent)
    except OSError:
        return


def clear_guard(place: LedgerPlace, accounted: Set[str]) -> None:
    """Take the mark away: the run has ended, and the lockfile says all.

    So are those of runs by `accounted` writers, whom this ledger knows: they stand under the
    name that its manifest had then, and would be held against whatever has that name next.
    """
    path = _path(place)
    if path is None:
        return
    try:
        disk.remove(path, "guard")
        for other in sorted(path.parent.glob(f"*{_SUFFIX}")):
            opening = _read(other)
            if opening is not None and opening.writers <= accounted:
                disk.remove(other, "guard")
        disk.remove_folder(path.parent)
    except OSError:
        return


def _path(place: LedgerPlace) -> Path | None:
    """One file a ledger, named by where its lockfile stands in the work tree."""
    if not place.guarded:
        return None
    lockfile = Path(os.path.abspath(place.lockfile))
    for folder in lockfile.parents:
        git = folder / ".git"
        if git.exists():
            home = _git_folder(git)
            if home is None:
                return None
            inside = lockfile.relative_to(folder).as_posix()
            return home / _FOLDER / f"{hashlib.sha256(inside.encode()).hexdigest()[:16]}{_SUFFIX}"
    return None


def _git_folder(git: Path) -> Path | None:
    """Git's folder; in a linked work tree `.git` is a file that names it."""
    if git.is_dir():
        return git
    try:
        word, _, named = git.read_text(encoding="utf-8").partition(":")
    except (OSError, UnicodeDecodeError):
        return None
    return (git.parent / named.strip()) if word == "gitdir" else None
