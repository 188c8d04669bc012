"""The copies of a lockfile that git has: staged, in conflict, or committed."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

from omnibatch.ledger import Copies, is_readable

__all__ = ["readable_copies"]

_LATEST = ("HEAD:", ":0:", ":2:", ":3:")
_INDEX = (":0:", ":1:", ":2:", ":3:")
_HEADS = ("HEAD", "MERGE_HEAD", "REBASE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "ORIG_HEAD")
_MOST_COMMITS = 1000


def readable_copies(lockfile: Path) -> Copies:
    """The latest copies that can be read, along each line of history; none without git.

    A commit whose copy cannot be read is asked for that of its parents, of a merge for
    both. Raise `LedgerTooNew` for a copy of a later format.
    """
    folder, name = lockfile.parent, f"./{lockfile.name}"
    texts = dict.fromkeys(_copies(folder, name))
    return Copies(texts=tuple(texts), are_latest=bool(texts) and _are_latest(folder, name))


def _are_latest(folder: Path, name: str) -> bool:
    """Whether git's own latest copies, of a merge those of both sides, can all be read."""
    latest = [_git(folder, "show", f"{where}{name}") for where in _LATEST]
    there = [copy for copy in latest if copy is not None]
    return bool(there) and all(map(is_readable, there))


def _copies(folder: Path, name: str) -> Iterator[bytes]:
    try:
        for stage in _INDEX:
            staged = _git(folder, "show", f"{stage}{name}")
            if staged is not None and is_readable(staged):
                yield staged
        seen: set[str] = set()
        for head in _HEADS:
            yield from _committed(folder, name, head, seen)
    except OSError:
        return  # git is not installed


def _committed(folder: Path, name: str, head: str, seen: set[str]) -> Iterator[bytes]:
    found = _git(folder, "rev-list", "--parents", f"-n{_MOST_COMMITS}", head, "--", name)
    parents = {
        line[0]: line[1:] for line in (row.split() for row in (found or b"").decode().splitlines())
    }
    waiting = list(parents)[:1]
    while waiting:
        commit = waiting.pop()
        if commit in seen:
            continue
        seen.add(commit)
        copy = _git(folder, "show", f"{commit}:{name}")
        if copy is not None and is_readable(copy):
            yield copy
        else:
            waiting += parents.get(commit, ())


def _git(folder: Path, *arguments: str) -> bytes | None:
    """What git prints, None where it has nothing to say."""
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return done.stdout if done.returncode == 0 else None
