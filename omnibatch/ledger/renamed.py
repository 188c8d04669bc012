"""Finds the ledger of a manifest that was renamed without it, before its shots are bought again."""

from collections.abc import Set
from pathlib import Path

from omnibatch.errors import LedgerError
from omnibatch.ledger.lockfile import read_lockfile
from omnibatch.ledger.model import Ledger
from omnibatch.ledger.places import LedgerPlace

__all__ = ["refuse_renamed"]

_SUFFIX = ".lock.json"


def refuse_renamed(place: LedgerPlace, *, name: str, digests: Set[str]) -> None:
    """Raise `LedgerError` if a lockfile beside, whose own manifest is gone, knows this one.

    It knows it by the manifest's name or by a request of the same digest. A lockfile
    whose manifest is still there belongs to that one, however alike the two are.
    """
    for lockfile in sorted(place.root.glob(f"*{_SUFFIX}")):
        stem = lockfile.name.removesuffix(_SUFFIX)
        if stem == place.stem or _has_manifest(lockfile.parent, stem):
            continue
        try:
            ledger = read_lockfile(lockfile)
        except LedgerError:
            continue  # not one of ours, or not readable: nothing can be told from it
        if ledger is not None and (ledger.name == name or digests & _digests(ledger)):
            raise LedgerError(
                f"{lockfile} holds what was bought for this manifest under another file name, "
                f"and {place.lockfile.name} does not exist",
                f"rename it, too: git mv {lockfile} {place.lockfile}; and if it is there, "
                f"{place.folder / stem}.journal to {place.journal.name}",
            )


def _digests(ledger: Ledger) -> Set[str]:
    return {attempt.known_intent.digest for attempt in ledger.attempts.values()}


def _has_manifest(folder: Path, stem: str) -> bool:
    return any((folder / f"{stem}{ending}").exists() for ending in (".yaml", ".yml"))
