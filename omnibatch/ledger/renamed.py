"""Finds what a manifest that was renamed or moved has left under its former name.

Its whole ledger, where the lockfile was not moved; or a copy that knows more, where git
took a rename of one branch and purchases of the other for two files, or where a run went
on while it was renamed. Either way its shots would be bought again.
"""

import shlex
from collections.abc import Iterable, Iterator, Set
from dataclasses import replace
from pathlib import Path

from omnibatch.errors import LedgerError
from omnibatch.ledger.join import join_ledgers
from omnibatch.ledger.lockfile import read_lockfile
from omnibatch.ledger.model import Ledger
from omnibatch.ledger.moved import SUFFIX, lockfiles_elsewhere, manifest_of, real_manifest
from omnibatch.ledger.places import LedgerPlace
from omnibatch.ledger.reading import ledger_exists, read_both

__all__ = ["refuse_left_behind"]


def refuse_left_behind(place: LedgerPlace, *, name: str, digests: Set[str]) -> None:
    """Raise `LedgerError` if a lockfile elsewhere knows what was bought for this manifest.

    Beside it; where it has no ledger at all, in the folder that it is a link into, and in
    the others of its git work tree. A lockfile whose own manifest is still there belongs to
    that one, however alike the two are. `name` is the manifest's, `digests` are those of
    its requests.
    """
    if ledger_exists(place):
        _refuse_split(place)
        return
    _refuse_renamed(place, name, digests)
    _refuse_linked(place, name, digests)
    _refuse_moved(place, digests)


def _refuse_renamed(place: LedgerPlace, name: str, digests: Set[str]) -> None:
    """Refuse where a ledger knows this manifest by its name or by one of its requests."""
    for lockfile, ledger in _left_behind(place):
        if ledger.name == name or digests & _digests(ledger):
            raise LedgerError(
                f"{lockfile} holds what was bought for this manifest under another file name, "
                f"and {place.lockfile.name} does not exist",
                f"rename it, too: {_moves(lockfile, place)}",
            )


def _refuse_linked(place: LedgerPlace, name: str, digests: Set[str]) -> None:
    """Refuse a link to a manifest that has a ledger where it really lies."""
    real = real_manifest(place)
    if real is None:
        return
    there = LedgerPlace.beside(real)
    if not ledger_exists(there):
        _refuse_renamed(there, name, digests)
    try:
        ledger = read_both(there, damaged=True).ledger
    except LedgerError:
        return
    if digests & _digests(ledger):
        raise LedgerError(
            f"the manifest is a link to {real}, which has a ledger there; by this name all that "
            "it has bought would be bought again",
            f"run it by its own name: omnibatch run {shlex.quote(real.as_posix())}",
        )


def _refuse_moved(place: LedgerPlace, digests: Set[str]) -> None:
    """Refuse where a ledger whose manifest is gone from its folder knows one of the requests."""
    for lockfile, ledger in _without_manifest(lockfiles_elsewhere(place), place):
        if digests & _digests(ledger):
            raise LedgerError(
                f"{lockfile} holds what was bought for this manifest in another folder, and "
                f"{place.lockfile} does not exist",
                f"move it, too: {_moves(lockfile, place)}",
            )


def _moves(lockfile: Path, place: LedgerPlace) -> str:
    """The commands that give a ledger today's name; git need not know its lockfile yet."""
    former = LedgerPlace.beside(lockfile.with_name(f"{lockfile.name.removesuffix(SUFFIX)}.yaml"))
    if lockfile.parent == place.root:
        former = replace(former, folder=place.folder)
    has_journal = former.journal.exists() and not place.journal.exists()
    moved = [
        (lockfile, place.lockfile),
        *([(former.journal, place.journal)] if has_journal else []),
    ]
    made = [] if place.folder.exists() or not has_journal else [["mkdir", "-p", str(place.folder)]]
    commands = [*made, *(["mv", old.as_posix(), new.as_posix()] for old, new in moved)]
    return " && ".join(map(shlex.join, commands))


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
            joins = f"join the two: omnibatch merge-lock {ours} {ours} {theirs} && rm {theirs}"
            is_named = place.lockfile.exists()
            raise LedgerError(
                f"{lockfile} is of the same ledger as {place.lockfile.name}, and knows of "
                "purchases that this one does not",
                joins if is_named else f"rename it, too: {_moves(lockfile, place)}",
            )


def _left_behind(place: LedgerPlace) -> Iterator[tuple[Path, Ledger]]:
    """The lockfiles of this folder whose manifest is gone."""
    here = sorted(place.root.glob(f"*{SUFFIX}"))
    return _without_manifest((path for path in here if path.name != place.lockfile.name), place)


def _without_manifest(
    lockfiles: Iterable[Path], place: LedgerPlace
) -> Iterator[tuple[Path, Ledger]]:
    """Those that have no manifest beside them, or only a link to that of `place`."""
    own = manifest_of(place.lockfile)
    for lockfile in lockfiles:
        beside = manifest_of(lockfile)
        if beside is not None and not _is_link_to(beside, own):
            continue
        try:
            ledger = read_lockfile(lockfile)
        except LedgerError:
            continue  # not one of ours, or not readable: nothing can be told from it
        if ledger is not None:
            yield lockfile, ledger


def _is_link_to(manifest: Path, own: Path | None) -> bool:
    return own is not None and manifest.is_symlink() and manifest.samefile(own)


def _digests(ledger: Ledger) -> Set[str]:
    return {attempt.known_intent.digest for attempt in ledger.attempts.values()}
