"""What `adopt`, `retry` and `abandon` share: the ledger held, and the slot's last attempt."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from omnibatch.checks import CheckedShot
from omnibatch.cli.environment import Environment, read_environment
from omnibatch.cli.options import Chosen
from omnibatch.cli.planning import clip_in
from omnibatch.cli.reading import attempts_by_slot, now, read_manifest
from omnibatch.cli.saying import say_warning
from omnibatch.cli.streams import speak_on
from omnibatch.cli.waiting import Waiting
from omnibatch.endpoints import is_rehearsal
from omnibatch.errors import UsageError
from omnibatch.ledger import Attempt, LedgerPlace, State, state_of
from omnibatch.plan import closed_shots, select_slots, tip_of
from omnibatch.shots import Slot

if TYPE_CHECKING:
    from omnibatch.ledger import Book

__all__ = ["Desk", "deciding", "targets_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A held ledger and the manifest beside it (whose problems do not matter here).

    `profile` is the one in use; None where the manifest cannot say, and nobody else does.
    """

    book: "Book"
    environment: Environment
    checked: Mapping[Slot, CheckedShot]
    profile: str | None
    _by_slot: Mapping[Slot, Sequence[Attempt]]

    def tip(self, slot: Slot) -> Attempt | None:
        """The last attempt of a slot that counts towards the plan of its next run."""
        return tip_of(self._counting(slot))

    def has_clip(self, slot: Slot) -> bool:
        """Tell whether a clip of the slot was collected, likewise."""
        return any(state_of(attempt) is State.COLLECTED for attempt in self._counting(slot))

    def _counting(self, slot: Slot) -> Sequence[Attempt]:
        attempts = self._by_slot.get(slot, ())
        checked = self.checked.get(slot)
        providers = {attempt.known_intent.provider for attempt in attempts}
        providers |= set() if checked is None else {checked.provider}
        if not any(self.environment.endpoint(name).is_loopback for name in providers):
            return [a for a in attempts if not is_rehearsal(a.known_intent.endpoint)]
        return attempts

    def owner_of(self, task_id: str) -> Slot | None:
        """The slot that a task belongs to, if the ledger knows it."""
        for slot, attempts in self._by_slot.items():
            for attempt in attempts:
                if any(key.task_id == task_id for key in attempt.tasks):
                    return slot
        return None

    def slots(self, patterns: tuple[str, ...]) -> list[Slot]:
        """The slots that `patterns` name, in the order of the film.

        Each names slots of the profile in use; others only where it names none of those.
        Raise `UsageError` where it is not clear which profile is meant: a decision may
        let money go.
        """
        shots = [checked.shot for checked in self.checked.values()]
        chosen: set[Slot] = set()
        for pattern in patterns:
            hits = select_slots(self._by_slot, select=(pattern,), shots=shots)
            chosen |= {slot for slot in hits if slot.profile == self.profile} or hits
        profiles = sorted({slot.profile or "none" for slot in chosen})
        if len(profiles) > 1:
            raise UsageError(
                f"{' '.join(patterns)} names shots of several profiles: {', '.join(profiles)}",
                "say which is meant by --profile",
            )
        return [slot for slot in self._by_slot if slot in chosen]


@contextmanager
def deciding(chosen: Chosen, ledger: Path | None, *, wait: bool) -> Iterator[Desk]:
    """Hold the ledger for one decision, and project the lockfile after it.

    Where another process holds it, `wait` or raise `LedgerHeld`.
    """
    from omnibatch.ledger import Book  # --help records nothing

    speak_on()
    place = LedgerPlace.beside(chosen.manifest, folder=ledger)
    reading = read_manifest(chosen, tell=False)
    batch = reading.batch
    # A decision buys nothing, so it may be made while a run is not accounted for; that
    # stays on record.
    with Book.open(
        place,
        name=reading.name,
        now=now,
        randomness=os.urandom,
        without_journal=True,
        wait=Waiting() if wait else None,
    ) as book:
        for notice in book.notices:
            say_warning(notice)
        by_slot = attempts_by_slot(batch, book.attempts)
        shots = () if batch is None else batch.shots
        yield Desk(
            book=book,
            environment=read_environment(chosen.manifest),
            checked=closed_shots(shots, by_slot, clip_in(place.root)),
            profile=batch.batch.profile if batch is not None else chosen.profile,
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
