"""What `adopt`, `retry` and `abandon` share: the ledger held, and the slot's last attempt."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from omnibatch.checks import CheckedShot
from omnibatch.cli.environment import Environment, read_environment
from omnibatch.cli.options import Chosen
from omnibatch.cli.reading import now, read_manifest
from omnibatch.endpoints import is_rehearsal
from omnibatch.errors import UsageError
from omnibatch.ledger import Attempt, Book, LedgerPlace
from omnibatch.plan import select_slots, tip_of
from omnibatch.shots import Slot

__all__ = ["Desk", "deciding", "targets_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A held ledger and the manifest beside it (whose problems do not matter here)."""

    book: Book
    environment: Environment
    checked: Mapping[Slot, CheckedShot]
    _by_slot: Mapping[Slot, list[Attempt]]

    def tip(self, slot: Slot) -> Attempt | None:
        """The last attempt of a slot that counts towards the plan of its next run."""
        attempts = self._by_slot.get(slot, [])
        checked = self.checked.get(slot)
        providers = {attempt.known_intent.provider for attempt in attempts}
        providers |= set() if checked is None else {checked.provider}
        if not any(self.environment.endpoint(name).is_loopback for name in providers):
            attempts = [a for a in attempts if not is_rehearsal(a.known_intent.endpoint)]
        return tip_of(attempts)

    def slots(self, patterns: tuple[str, ...]) -> list[Slot]:
        """The slots that `patterns` name, in the order of the film."""
        known = list(dict.fromkeys([*self.checked, *sorted(self._by_slot)]))
        chosen = select_slots(known, select=patterns)
        return [slot for slot in known if slot in chosen]


@contextmanager
def deciding(chosen: Chosen, ledger: Path | None) -> Iterator[Desk]:
    """Hold the ledger for one decision, and project the lockfile after it."""
    place = LedgerPlace.beside(chosen.manifest, folder=ledger)
    reading = read_manifest(chosen, tell=False)
    shots = () if reading.batch is None else reading.batch.shots
    # A decision buys nothing, so it may be made while a run is not accounted for; that
    # stays on record.
    with Book.open(
        place, name=reading.name, now=now, randomness=os.urandom, without_journal=True
    ) as book:
        by_slot: dict[Slot, list[Attempt]] = {}
        for attempt in book.attempts.values():
            by_slot.setdefault(attempt.slot, []).append(attempt)
        yield Desk(
            book=book,
            environment=read_environment(chosen.manifest),
            checked={checked.shot.slot: checked for checked in shots},
            _by_slot=by_slot,
        )
        book.close()


def targets_of(chosen: Chosen, command: str) -> tuple[str, ...]:
    """The shots named on the command line. Raise `UsageError` where there are none."""
    if not chosen.rest:
        raise UsageError(
            f"{command} needs a shot",
            f"for instance: omnibatch {command} {chosen.manifest} opening",
        )
    return chosen.rest
