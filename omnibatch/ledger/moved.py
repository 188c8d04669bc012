"""Finds the ledgers that a manifest which was moved may have left in another folder.

Looked for once a manifest has no ledger of its own, and so is about to buy everything:
where it really lies, if it is reached through a link; and in its git work tree, as far as
a bounded search gets. Outside of git nobody can say where to look.
"""

import os
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from omnibatch.ledger.places import LedgerPlace

__all__ = ["SUFFIX", "lockfiles_elsewhere", "manifest_of", "real_manifest"]

SUFFIX = ".lock.json"
_ENDINGS = (".yaml", ".yml")
_MOST_ENTRIES = 5000
"""Some 10 ms of looking, the nearest to the top of the work tree first."""


def manifest_of(lockfile: Path) -> Path | None:
    """The manifest that stands beside a lockfile, None where it is gone."""
    stem = lockfile.name.removesuffix(SUFFIX)
    named = (lockfile.with_name(f"{stem}{ending}") for ending in _ENDINGS)
    return next((path for path in named if path.exists()), None)


def real_manifest(place: LedgerPlace) -> Path | None:
    """Where the manifest of `place` really lies, None unless it is a link to a file."""
    manifest = manifest_of(place.lockfile)
    if manifest is None or not manifest.is_symlink():
        return None
    return Path(os.path.relpath(os.path.realpath(manifest)))


def lockfiles_elsewhere(place: LedgerPlace) -> Iterator[Path]:
    """The lockfiles in other folders of the git work tree of `place`, relative to this folder."""
    home = Path(os.path.abspath(place.root))
    top = next((folder for folder in (home, *home.parents) if (folder / ".git").exists()), None)
    if top is not None:
        for path in _lockfiles_under(top):
            if path.parent != home:
                yield Path(os.path.relpath(path))


def _lockfiles_under(top: Path) -> Iterator[Path]:
    """Breadth first, in the order of names; hidden folders and links are left out."""
    waiting = deque([top])
    left = _MOST_ENTRIES
    while waiting and left > 0:
        folder = waiting.popleft()
        try:
            with os.scandir(folder) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError:
            continue
        left -= len(entries)
        for entry in entries:
            if entry.name.startswith(".") or entry.is_symlink():
                continue
            if entry.name.endswith(SUFFIX):
                yield folder / entry.name
            elif entry.is_dir() and entry.name != "node_modules":
                waiting.append(folder / entry.name)
