"""Reading a ledger from its two files, without the lock and without changing anything."""

from collections.abc import Mapping
from typing import Any

from omnibatch.errors import JournalMissing
from omnibatch.ledger.codec import attempt_from_json
from omnibatch.ledger.guard import read_guard
from omnibatch.ledger.join import join_attempts, join_ledgers
from omnibatch.ledger.lockfile import read_lockfile
from omnibatch.ledger.model import Attempt, AttemptId, Ledger, Opening
from omnibatch.ledger.places import LedgerPlace
from omnibatch.ledger.records import JournalText, read_journal

__all__ = [
    "join_in",
    "journal_missing",
    "ledger_exists",
    "read_both",
    "read_ledger",
    "replay",
    "unaccounted_opening",
]


def ledger_exists(place: LedgerPlace) -> bool:
    """Tell whether anything was ever recorded at `place`."""
    return place.lockfile.exists() or place.journal.exists() or read_guard(place) is not None


def read_ledger(place: LedgerPlace, *, whole: bool = False) -> Ledger:
    """Read without the lock and without changing anything, for `plan` and `status`.

    Raise `LedgerDamaged` or `LedgerTooNew`; and, where the `whole` truth is wanted,
    `JournalMissing` as a run would.
    """
    ledger, text = read_both(place)
    unaccounted = unaccounted_opening(ledger, text)
    if whole and unaccounted is not None:
        raise journal_missing(place, unaccounted)
    return ledger


def read_both(place: LedgerPlace) -> tuple[Ledger, JournalText | None]:
    """The join of lockfile and journal, and the journal's text."""
    text = read_journal(place.journal)
    locked = read_lockfile(place.lockfile) or Ledger()
    guarded = Ledger(open=read_guard(place))
    return join_ledgers(join_ledgers(locked, guarded), replay(text)), text


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
    """The run that the ledger says is buying, if its journal is not the one here."""
    writers = frozenset() if text is None else text.writers
    if ledger.open is None or ledger.open.writers <= writers:
        return None
    return ledger.open


def journal_missing(place: LedgerPlace, opening: Opening) -> JournalMissing:
    """What to raise where a run is not accounted for, with the way out in its order."""
    return JournalMissing(
        f"a run that began at {opening.since} did not end, and its journal "
        f"({place.journal}, writer {opening.writer}) is not here: shots may have been paid "
        f"for that {place.lockfile.name} does not know",
        "bring the journal back, or let the machine that has it finish the run. If it is "
        "lost for good: compare with the provider's task list, `omnibatch adopt` each task "
        "that is missing (--csv takes a list), `omnibatch retry` the shots that have none, "
        "and then `omnibatch run --journal-lost`",
    )
