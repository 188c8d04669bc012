"""What `adopt`, `retry` and `abandon` share: the ledger held, and the slot's last attempt."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from omnibatch.checks import CheckedShot
from omnibatch.cli.environment import Environment, read_environment
from omnibatch.cli.options import Chosen
from omnibatch.cli.reading import Reading, now, read_manifest, slots_of
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
    reading: Reading
    environment: Environment

    def tip(self, slot: Slot) -> Attempt | None:
        """The last attempt of a slot that counts towards the plan of a real run."""
        attempts = [a for a in self.book.attempts.values() if a.slot == slot]
        if not self._rehearsing(slot):
            attempts = [a for a in attempts if not is_rehearsal(a.known_intent.endpoint)]
        return tip_of(attempts)

    def checked(self, slot: Slot) -> CheckedShot | None:
        """The slot as the manifest has it now."""
        if self.reading.batch is None:
            return None
        found = (c for c in self.reading.batch.shots if c.shot.slot == slot)
        return next(found, None)

    def slots(self, patterns: tuple[str, ...]) -> list[Slot]:
        """The slots that `patterns` name, in the order of the film."""
        known = slots_of(self.reading.batch, self.book.ledger)
        chosen = select_slots(known, select=patterns)
        return [slot for slot in known if slot in chosen]

    def _rehearsing(self, slot: Slot) -> bool:
        providers = {a.known_intent.provider for a in self.book.attempts.values() if a.slot == slot}
        checked = self.checked(slot)
        if checked is not None:
            providers.add(checked.provider)
        return any(self.environment.endpoint(name).is_loopback for name in providers)


@contextmanager
def deciding(chosen: Chosen, ledger: Path | None) -> Iterator[Desk]:
    """Hold the ledger for one decision, and project the lockfile after it."""
    place = LedgerPlace.beside(chosen.manifest, folder=ledger)
    reading = read_manifest(chosen, tell=False)
    with Book.open(place, name=reading.name, now=now, randomness=os.urandom) as book:
        yield Desk(book=book, reading=reading, environment=read_environment(chosen.manifest))
        book.close()


def targets_of(chosen: Chosen, command: str) -> tuple[str, ...]:
    """The shots named on the command line. Raise `UsageError` where there are none."""
    if not chosen.rest:
        raise UsageError(
            f"{command} needs a shot",
            f"for instance: omnibatch {command} {chosen.manifest} opening",
        )
    return chosen.rest
