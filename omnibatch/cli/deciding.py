"""What `adopt`, `retry` and `abandon` share: the ledger held, the slots meant, the last line."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from omnibatch.checks import CheckedShot
from omnibatch.cli.accounting import films_of, lost_run_of, undecided, unread, with_undecided
from omnibatch.cli.ending import next_line
from omnibatch.cli.environment import Environment, read_environment
from omnibatch.cli.options import Chosen
from omnibatch.cli.placing import place_of
from omnibatch.cli.planning import asked_for, clip_in, make_plan
from omnibatch.cli.reading import Reading, attempts_by_slot, now, read_manifest
from omnibatch.cli.saying import say, say_notices
from omnibatch.cli.typed import Typed
from omnibatch.cli.waiting import Waiting
from omnibatch.endpoints import is_rehearsal
from omnibatch.errors import UsageError
from omnibatch.ledger import (
    UNKNOWN_ACCOUNT,
    Attempt,
    Intent,
    State,
    attempt_id,
    has_doubt_beside,
    is_granted,
    order_of,
    state_of,
)
from omnibatch.plan import closed_shots, in_question, select_slots, tip_of
from omnibatch.shots import Shot, Slot

if TYPE_CHECKING:
    from omnibatch.ledger import Book

__all__ = ["Desk", "deciding"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A held ledger and the manifest beside it (whose problems do not matter here).

    `profile` is the one in use; None where the manifest cannot say, and nobody else does.
    `lost_run` is when a run began that is not accounted for, and `undecided` are the slots that
    it may have bought. `by_slot` are the attempts of all.
    """

    book: "Book"
    environment: Environment
    checked: Mapping[Slot, CheckedShot]
    profile: str | None
    is_valid: bool
    lost_run: str | None
    undecided: Set[Slot]
    by_slot: Mapping[Slot, Sequence[Attempt]]

    def tip(self, slot: Slot) -> Attempt | None:
        """The attempt that a decision is about, of those that count towards the next plan.

        That is what is open; where nothing is, the last one.
        """
        return in_question(self._counting(slot))

    def doubted(self, slot: Slot) -> Attempt | None:
        """The first attempt of a slot whose reply was lost, and is still not known of.

        It may have been granted another since, and that have its clip: the lost task may
        turn up all the same.
        """
        doubts = [a for a in self._counting(slot) if state_of(a) is State.UNCONFIRMED]
        tip = self.tip(slot)
        return tip if tip in doubts else min(doubts, key=order_of(doubts), default=None)

    def doubted_beside(self, slot: Slot) -> Attempt | None:
        """An attempt that has its task, and of which another machine's reply was lost."""
        return next(filter(has_doubt_beside, self._counting(slot)), None)

    def has_clip(self, slot: Slot) -> bool:
        """Tell whether a clip of the slot was collected, likewise."""
        return any(state_of(attempt) is State.COLLECTED for attempt in self._counting(slot))

    def gone(self, attempt: Attempt) -> str:
        """Why the clip of an attempt is presumed gone at its provider, or nothing."""
        provider = attempt.known_intent.provider
        endpoints = {provider: self.environment.endpoint(provider).name}
        accounts = self.environment.account_names(endpoints, self.book.batch)
        asked = asked_for(self.book.place, endpoints, accounts=accounts)
        return asked.gone(attempt) if asked.reaches(attempt) else ""

    def _counting(self, slot: Slot) -> Sequence[Attempt]:
        attempts = self.by_slot.get(slot, ())
        checked = self.checked.get(slot)
        providers = {attempt.known_intent.provider for attempt in attempts}
        providers |= set() if checked is None else {checked.provider}
        if not any(self.environment.endpoint(name).is_loopback for name in providers):
            return [a for a in attempts if not is_rehearsal(a.known_intent.endpoint)]
        return attempts

    @property
    def known(self) -> Iterable[Slot]:
        """Every slot of the film or the ledger."""
        return self.by_slot

    @property
    def shots(self) -> Sequence[Shot]:
        """The shots of the film."""
        return [checked.shot for checked in self.checked.values()]

    def slot_of(self, attempt: Attempt) -> Slot | None:
        """The slot that an attempt of the ledger belongs to today."""
        for slot, attempts in self.by_slot.items():
            if any(each.id == attempt.id for each in attempts):
                return slot
        return None

    def owners_of(self, task_id: str) -> list[Slot]:
        """The slots that a task belongs to, as far as the ledger knows.

        Not where it was let go of, or collected and then another attempt granted: then it may
        be another's.
        """
        return [
            slot
            for slot, attempts in self.by_slot.items()
            for attempt in attempts
            if any(key.task_id == task_id for key in attempt.tasks)
            and not (state_of(attempt) is State.COLLECTED and is_granted(attempt))
            and state_of(attempt) is not State.ABANDONED
        ]

    def slots(self, patterns: Sequence[str], exclude: Sequence[str] = ()) -> list[Slot]:
        """The slots that `patterns` name and `exclude` does not, in the order of the film.

        Each names slots of the profile in use; others only where it names none of those.
        Raise `UsageError` where it is not clear which profile is meant: a decision may
        let money go.
        """
        shots = self.shots
        chosen: set[Slot] = set()
        for pattern in patterns:
            hits = select_slots(self.by_slot, select=(pattern,), shots=shots)
            chosen |= {slot for slot in hits if slot.profile == self.profile} or hits
        if exclude:
            chosen &= select_slots(self.by_slot, exclude=exclude, shots=shots)
        profiles = sorted({slot.profile or "none" for slot in chosen})
        if len(profiles) > 1:
            raise UsageError(
                f"{' '.join(patterns)} names shots of several profiles: {', '.join(profiles)}",
                "say which is meant by --profile",
            )
        return [slot for slot in self.by_slot if slot in chosen]

    def unsent(self, slot: Slot, *, apart: str = "") -> Attempt | None:
        """An attempt for a slot that this ledger never sent, as the manifest has it now.

        None where the manifest cannot say what it would be. One that is only to carry a
        mark is kept `apart`, by any words: that of a run is another, wherever it was made.
        """
        checked = self.checked.get(slot)
        if checked is None:
            return None
        account = self.environment.account(checked.provider, self.book.batch)
        last = tip_of(self.by_slot.get(slot, ()))  # a rehearsed one: see plan's `_last`
        intent = Intent(
            slot=slot,
            after=None if last is None else last.id,
            digest=checked.digest,
            provider=checked.provider,
            account=account.name if account is not None else UNKNOWN_ACCOUNT,
            endpoint=self.environment.endpoint(checked.provider).name,
            price=None if checked.price is None else str(checked.price),
            target=checked.shot.target,
            intended_at=now(),
        )
        made = attempt_id(
            self.book.batch,
            slot,
            f"{intent.digest}{apart}",
            intent.after,
            provider=intent.provider,
            account=intent.account,
            endpoint=intent.endpoint,
        )
        return Attempt(id=made, intent=intent)


@contextmanager
def deciding(chosen: Chosen, ledger: Path | None, *, wait: bool) -> Iterator[Desk]:
    """Hold the ledger for one decision; then project the lockfile, and say what to type next.

    Where another process holds it, `wait` or raise `LedgerHeld`.
    """
    from omnibatch.ledger import Book  # --help records nothing

    place = place_of(chosen, ledger)
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
        say_notices(book.notices)
        by_slot = attempts_by_slot(batch, book.attempts)
        shots = () if batch is None else batch.shots
        environment = read_environment(chosen.manifest)
        yield Desk(
            book=book,
            environment=environment,
            checked=closed_shots(shots, by_slot, clip_in(place.root)),
            profile=batch.batch.profile if batch is not None else chosen.profile,
            is_valid=batch is not None,
            lost_run=lost_run_of(book),
            undecided={
                step.slot
                for step in undecided({"": batch}, book, environment.endpoint_names, whatever=True)
            },
            by_slot=by_slot,
        )
        book.close()
        _say_next(reading, book, environment, Typed(chosen=chosen, ledger=ledger))


def _say_next(reading: Reading, book: "Book", environment: Environment, typed: Typed) -> None:
    """The next command and its price, as after a run."""
    batch = reading.batch
    if batch is None:
        say(f"next: {typed.validate()}   (free; the manifest has problems)")
        return
    endpoints = environment.endpoint_names
    providers = {attempt.known_intent.provider for attempt in book.attempts.values()}
    providers |= {checked.provider for checked in batch.shots}
    lost_run = lost_run_of(book)
    plan = make_plan(batch, book.ledger, book.place, endpoints(providers), lost_run=lost_run)
    if lost_run is None:
        options = "--journal-lost " if book.was_damaged else ""
        say(next_line(plan, typed, options=options))
        return
    films = films_of(reading, typed.chosen)
    plan = with_undecided(plan, films, book, endpoints)
    say(next_line(plan, typed, options="--journal-lost ", unread=unread(films)))
