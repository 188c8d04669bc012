"""A lockfile that cannot be read, written anew from everything that still knows of it.

Whatever copy is found, of whatever age, may be joined in: facts only ever grow. What is
asked: the broken file's own lines, the copies that git has, the journal of this machine.
"""

from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path

from omnibatch import disk
from omnibatch.errors import LedgerDamaged, LedgerError, LedgerUnwritable
from omnibatch.ledger.answering import Copies, answers_for_lost_lines
from omnibatch.ledger.backups import refuse_older
from omnibatch.ledger.join import join_ledgers, join_openings
from omnibatch.ledger.lockfile import parse_lockfile, write_lockfile
from omnibatch.ledger.merging import ended_since, without
from omnibatch.ledger.missing import UNKNOWN_WRITER
from omnibatch.ledger.model import Ledger, Opening
from omnibatch.ledger.places import LedgerPlace
from omnibatch.ledger.reading import replay
from omnibatch.ledger.records import read_journal
from omnibatch.ledger.salvage import Salvaged, salvage
from omnibatch.ledger.shared import refuse_shared

__all__ = ["Restored", "is_readable", "restore_lockfile"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What the lockfile was made of: attempts in all, and those that each source had.

    `aside` is where the broken file was put, None where there was none. `in_doubt` says
    that more may have been bought: the file then says so, too, and no run buys with it.
    """

    attempts: int
    of_file: int
    of_git: int
    of_journal: int
    lost_lines: int
    aside: Path | None
    in_doubt: bool


def is_readable(data: bytes) -> bool:
    """Tell whether a lockfile, or each side of a conflict in one, can be read.

    Raise `LedgerTooNew`.
    """
    try:
        parse_lockfile(data.decode())
    except (LedgerDamaged, UnicodeDecodeError):
        return False
    return True


def restore_lockfile(place: LedgerPlace, copies: Copies, *, now: str) -> Restored:
    """Write the lockfile of `place` from its own lines, git's readable `copies` and the journal.

    Where neither git nor a journal answers for lines that are lost, the lockfile names a
    run that nobody accounts for, as after a lost journal. Raise `LedgerDamaged` where
    nothing at all is known; `LedgerError` where the journal is another film's; `LedgerTooNew`; `LedgerUnwritable`.
    """
    data = _standing(place.lockfile)
    own = salvage(data or b"")
    texts = (parse_lockfile(text.decode()) for text in copies.texts)
    known = reduce(join_ledgers, texts, Ledger())
    journal = read_journal(place.journal, damaged=True)
    journal = refuse_older(place, journal, damaged=True)
    refuse_shared(place, journal, own.ledger if own.ledger.batch else known)
    replayed = _named(replay(journal))
    is_whole = journal is not None and journal.damaged_at is None
    joined = reduce(join_ledgers, (own.ledger, known, replayed), Ledger())
    if not joined.batch:
        raise LedgerDamaged(
            f"nothing is known of {place.lockfile}: neither its own lines can be read, nor a "
            "copy in git, nor a journal",
            "restore it from a backup; if nothing was ever bought with it, remove it",
        )
    in_doubt = (
        data is not None
        and not own.whole
        and not answers_for_lost_lines(own, copies, replayed if is_whole else None)
    )
    restored = replace(joined, open=_opening(own, known, Opening(UNKNOWN_WRITER, now), in_doubt))
    aside = None
    try:
        if data is not None:
            place.prepare()
            aside = _set_aside(place, data)
    except OSError as error:
        raise LedgerUnwritable(
            f"{place.folder} cannot be written: {error.strerror or error}",
            "nothing has changed; make room (or the folder writable), then run it again",
        ) from error
    write_lockfile(place.lockfile, restored)
    return Restored(
        attempts=len(restored.attempts),
        of_file=len(own.ledger.attempts),
        of_git=len(known.attempts),
        of_journal=len(replayed.attempts),
        lost_lines=own.lost,
        aside=aside,
        in_doubt=in_doubt,
    )


def _opening(own: Salvaged, known: Ledger, unknown: Opening, in_doubt: bool) -> Opening | None:
    opening = join_openings(own.ledger.open, known.open)
    if own.whole:
        opening = without(opening, ended_since(known, own.ledger, own.ledger))
    return join_openings(opening, unknown) if in_doubt else opening


def _named(replayed: Ledger) -> Ledger:
    """Without what a damaged journal has of attempts whose intent is lost: it keeps that."""
    known = {key: each for key, each in replayed.attempts.items() if each.intent is not None}
    return replace(replayed, attempts=known)


def _standing(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LedgerDamaged(
            f"{path} cannot be read: {error.strerror or error}",
            "move away what stands there, then run it again",
        ) from error


def _set_aside(place: LedgerPlace, data: bytes) -> Path:
    """Keep the broken file for a person to look at; the ledger itself never reads it."""
    for number in range(1, 1000):
        aside = place.folder / f"{place.lockfile.name}.broken-{number}"
        if not aside.exists():
            disk.write_file(aside, data, "aside")
            disk.sync_folder(place.folder)
            return aside
    raise LedgerError(
        f"{place.folder} holds a thousand broken lockfiles", "remove those that you have looked at"
    )
