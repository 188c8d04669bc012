"""Finds what a manifest that was renamed has left under its former name.

Its whole ledger, where the lockfile was not moved; or a copy that knows more, where git
took a rename of one branch and purchases of the other for two files, or where a run went
on while it was renamed. Either way its shots would be bought again.
"""

import shlex
from collections.abc import Iterator, Set
from pathlib import Path

from omnibatch.errors import LedgerError
from omnibatch.ledger.join import join_ledgers
from omnibatch.ledger.lockfile import read_lockfile
from omnibatch.ledger.model import Ledger
from omnibatch.ledger.places import LedgerPlace
from omnibatch.ledger.reading import ledger_exists, read_both

__all__ = ["refuse_left_behind"]

_SUFFIX = ".lock.json"


def refuse_left_behind(place: LedgerPlace, *, name: str, digests: Set[str]) -> None:
    """Raise `LedgerError` if a lockfile beside knows what was bought for this manifest.

    A lockfile whose own manifest is still there belongs to that one, however alike the two
    are. `name` is the manifest's, `digests` are those of its requests.
    """
    if ledger_exists(place):
        _refuse_split(place)
    else:
        _refuse_renamed(place, name, digests)


def _refuse_renamed(place: LedgerPlace, name: str, digests: Set[str]) -> None:
    """Refuse where a ledger knows this manifest by its name or by one of its requests."""
    for lockfile, ledger in _left_behind(place):
        if ledger.name == name or digests & _digests(ledger):
            raise LedgerError(
                f"{lockfile} holds what was bought for this manifest under another file name, "
                f"and {place.lockfile.name} does not exist",
                f"rename it, too: {_moves(lockfile, place)}",
            )


def _moves(lockfile: Path, place: LedgerPlace) -> str:
    """The commands that give a ledger today's name; git need not know its lockfile yet."""
    stem = lockfile.name.removesuffix(_SUFFIX)
    moved = [(lockfile, place.lockfile), (place.folder / f"{stem}.journal", place.journal)]
    return " && ".join(
        shlex.join(["mv", former.as_posix(), today.as_posix()])
        for former, today in moved
        if former.exists()
    )


def _refuse_split(place: LedgerPlace) -> None:
    """Refuse where one is of this very ledger, and knows a fact that this one does not."""
    others = [
        (lockfile, ledger)
        for lockfile, ledger in _left_behind(place)
        if ledger.attempts and ledger.batch
    ]
    if not others:
        return
    known = read_both(place).ledger
    for lockfile, ledger in others:
        if ledger.batch == known.batch and join_ledgers(known, ledger).attempts != known.attempts:
            ours, theirs = (shlex.quote(path.as_posix()) for path in (place.lockfile, lockfile))
            raise LedgerError(
                f"{lockfile} is of the same ledger as {place.lockfile.name}, and knows of "
                "purchases that this one does not",
                f"join the two: omnibatch merge-lock {ours} {ours} {theirs}; then git rm {theirs}",
            )


def _left_behind(place: LedgerPlace) -> Iterator[tuple[Path, Ledger]]:
    """The lockfiles of this folder whose manifest is gone."""
    for lockfile in sorted(place.root.glob(f"*{_SUFFIX}")):
        stem = lockfile.name.removesuffix(_SUFFIX)
        if stem == place.stem or _has_manifest(lockfile.parent, stem):
            continue
        try:
            ledger = read_lockfile(lockfile)
        except LedgerError:
            continue  # not one of ours, or not readable: nothing can be told from it
        if ledger is not None:
            yield lockfile, ledger


def _digests(ledger: Ledger) -> Set[str]:
    return {attempt.known_intent.digest for attempt in ledger.attempts.values()}


def _has_manifest(folder: Path, stem: str) -> bool:
    return any((folder / f"{stem}{ending}").exists() for ending in (".yaml", ".yml"))
