"""Reading a ledger from its two files, without the lock and without changing anything."""

from collections.abc import Mapping
from typing import Any

from omnibatch.errors import JournalMissing
from omnibatch.ledger.codec import attempt_from_json
from omnibatch.ledger.join import join_attempts, join_ledgers
from omnibatch.ledger.lockfile import read_lockfile
from omnibatch.ledger.model import Attempt, AttemptId, Ledger, Opening
from omnibatch.ledger.places import LedgerPlace
from omnibatch.ledger.records import JournalText, read_journal

__all__ = ["join_in", "ledger_exists", "read_both", "read_ledger", "replay", "require_journal"]


def ledger_exists(place: LedgerPlace) -> bool:
    """Tell whether anything was ever recorded at `place`."""
    return place.lockfile.exists() or place.journal.exists()


def read_ledger(place: LedgerPlace, *, whole: bool = False) -> Ledger:
    """Read without the lock and without changing anything, for `plan` and `status`.

    Raise `LedgerDamaged` or `LedgerTooNew`; and, where the `whole` truth is wanted,
    `JournalMissing` as a run would.
    """
    ledger, text = read_both(place)
    if whole and ledger.open is not None:
        require_journal(place, ledger.open, text)
    return ledger


def read_both(place: LedgerPlace) -> tuple[Ledger, JournalText | None]:
    """The join of lockfile and journal, and the journal's text."""
    text = read_journal(place.journal)
    locked = read_lockfile(place.lockfile) or Ledger()
    return join_ledgers(locked, replay(text)), text


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


def require_journal(place: LedgerPlace, opening: Opening, text: JournalText | None) -> None:
    """Raise `JournalMissing` unless every run that `opening` names recorded in the journal here."""
    if text is not None and opening.writers <= text.writers:
        return
    raise JournalMissing(
        f"{place.lockfile} was left open by a run that began at {opening.since}, and the "
        f"journal of that run ({place.journal}, writer {opening.writer}) is not here: shots "
        "may have been paid for that this lockfile does not know",
        "bring the journal back, or let the machine that has it finish the run; if it is lost "
        "for good, compare with the provider's task list, `omnibatch adopt` what is missing, "
        "and go on with `omnibatch run --journal-lost`",
    )
