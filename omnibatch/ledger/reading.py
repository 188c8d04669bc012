"""Reading a ledger from its two files, without the lock and without changing anything."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from omnibatch.errors import LedgerDamaged, LedgerTooNew
from omnibatch.ledger.backups import forget_damage, note_damage, refuse_older
from omnibatch.ledger.bulk import in_bulk
from omnibatch.ledger.codec import attempt_from_json
from omnibatch.ledger.guard import read_guard
from omnibatch.ledger.join import join_attempts, join_ledgers
from omnibatch.ledger.lockfile import read_lockfile
from omnibatch.ledger.missing import journal_missing
from omnibatch.ledger.model import Attempt, AttemptId, Ledger, Opening
from omnibatch.ledger.places import LedgerPlace
from omnibatch.ledger.records import JournalText, read_journal
from omnibatch.ledger.shared import refuse_shared

__all__ = [
    "Found",
    "join_in",
    "journal_missing",
    "ledger_exists",
    "read_both",
    "read_held",
    "read_ledger",
    "replay",
    "unaccounted_opening",
]


def ledger_exists(place: LedgerPlace) -> bool:
    """Tell whether anything was ever recorded at `place`."""
    return place.lockfile.exists() or place.journal.exists() or read_guard(place) is not None


def read_ledger(place: LedgerPlace, *, whole: bool = False) -> Ledger:
    """Read without the lock and without changing anything, for `plan` and `status`.

    Raise `LedgerDamaged` for a lockfile that is none, or `LedgerTooNew`; and, where the
    `whole` truth is wanted, `LedgerDamaged` for a journal and `JournalMissing`, as a run
    would.
    """
    found = read_both(place, damaged=not whole)
    unaccounted = unaccounted_opening(found.ledger, found.text)
    if whole and unaccounted is not None:
        raise journal_missing(place, unaccounted)
    return found.ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What stands in the files of a ledger: their join, and the journal's text.

    `strays` are records of attempts whose intent is lost with a damaged line.
    """

    ledger: Ledger
    text: JournalText | None
    strays: Mapping[AttemptId, Attempt]


def read_both(place: LedgerPlace, *, damaged: bool = False) -> Found:
    """Read lockfile and journal, of a `damaged` one what is whole."""
    with in_bulk():
        return _read_both(place, damaged)


def read_held(place: LedgerPlace, *, damaged: bool = False) -> Found:
    """As `read_both`, for who holds the lock: a damaged journal is noted before it is refused."""
    try:
        found = read_both(place, damaged=damaged)
    except LedgerDamaged:
        note_damage(place)
        raise
    if found.text is not None and found.text.damaged_at is None:
        forget_damage(place)
    else:
        note_damage(place)
    return found


def _read_both(place: LedgerPlace, damaged: bool) -> Found:
    text = read_journal(place.journal, damaged=damaged)
    text = refuse_older(place, text, damaged=damaged)
    locked = read_lockfile(place.lockfile, option=place.option)
    refuse_shared(place, text, locked)
    guarded = Ledger(open=read_guard(place))
    try:
        ledger = join_ledgers(join_ledgers(locked or Ledger(), guarded), replay(text))
    except LedgerDamaged as error:  # its checksum is right, so that it was meant
        raise LedgerTooNew(
            f"{place.journal} has a record that this omnibatch does not know: {error.message}",
            "update omnibatch (pip install --upgrade omnibatch)",
        ) from error
    strays = {a.id: a for a in ledger.attempts.values() if a.intent is None}
    if strays:
        named = {key: a for key, a in ledger.attempts.items() if key not in strays}
        ledger = replace(ledger, attempts=named)
    return Found(ledger=ledger, text=text, strays=strays)


def replay(text: JournalText | None) -> Ledger:
    """Join a journal's records into one ledger, in one pass."""
    if text is None:
        return Ledger()
    requests: dict[str, Mapping[str, Any]] = {}
    attempts: dict[AttemptId, Attempt] = {}
    for record in text.records:
        requests.update(record.get("requests", {}))
        for entry in record.get("attempts", ()):
            join_in(attempts, attempt_from_json(entry))
    return Ledger(batch=text.batch, requests=requests, attempts=attempts)


def join_in(attempts: dict[AttemptId, Attempt], delta: Attempt) -> None:
    """Join one attempt, or a delta of one, into a map of them."""
    held = attempts.get(delta.id)
    attempts[delta.id] = delta if held is None else join_attempts(held, delta)


def unaccounted_opening(ledger: Ledger, text: JournalText | None) -> Opening | None:
    """The runs that the ledger says are buying, of which the journal is not the one here."""
    # Of a damaged journal nobody knows what it has lost.
    writers = frozenset() if text is None or text.damaged_at is not None else text.writers
    if ledger.open is None or ledger.open.writers <= writers:
        return None
    missed = ledger.open.writers - writers
    return replace(ledger.open, writer="+".join(sorted(missed)))
