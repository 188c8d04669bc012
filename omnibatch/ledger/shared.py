"""Refuses a journal that another manifest of the same file name keeps in the same folder."""

import shlex
from pathlib import Path

from omnibatch.errors import LedgerError
from omnibatch.ledger.lockfile import read_lockfile
from omnibatch.ledger.model import Ledger
from omnibatch.ledger.places import LedgerPlace
from omnibatch.ledger.records import JournalText

__all__ = ["refuse_shared"]


def refuse_shared(place: LedgerPlace, text: JournalText | None, locked: Ledger | None) -> None:
    """Raise `LedgerError` if the journal of `--ledger DIR` belongs to another manifest.

    It does where the manifest or the lockfile that it names is still there, and is another
    film's: two checkouts of one film may share a journal, and one that was moved keeps it.
    """
    if text is None or not text.of or text.of == place.owner or not place.owner:
        return
    other = Path(text.of)
    if not other.exists() and not _has_manifest(other.parent, place.stem):
        return
    theirs = read_lockfile(other)
    if locked is not None and theirs is not None and locked.batch == theirs.batch:
        return
    own = place.folder / place.lockfile.absolute().parent.name
    copy = (
        ""
        if locked is not None or theirs is None
        else (
            "; or, if this is a copy of that film, bring its lockfile: "
            + shlex.join(["cp", other.as_posix(), place.lockfile.as_posix()])
        )
    )
    raise LedgerError(
        f"{place.journal} is the journal of {other}, which is another film of the same file name",
        f"give this one a folder of its own: --ledger {shlex.quote(own.as_posix())}{copy}",
    )


def _has_manifest(folder: Path, stem: str) -> bool:
    return any((folder / f"{stem}{ending}").exists() for ending in (".yaml", ".yml"))
