"""A run in miniature: real ledger, real files, real checks and plan; a fake provider.

Runs go through trio on a virtual clock that jumps to the next thing due, so that hours
pass in milliseconds. Nothing in here uses threads: the clock would jump over them.
"""

import os
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import anyio
import trio
from trio.testing import MockClock

from omnibatch.checks import CheckedBatch, Clip, check
from omnibatch.cli.later import later_of
from omnibatch.endpoints import Account, Endpoint, Secret
from omnibatch.ledger import Attempt, Book, Ledger, LedgerPlace, State, read_ledger, state_of
from omnibatch.ledger.reading import replay
from omnibatch.ledger.records import read_journal
from omnibatch.plan import Asked, Plan, plan_batch
from omnibatch.problems import Place
from omnibatch.providers import provider_named
from omnibatch.run import (
    Cap,
    Event,
    Kind,
    Outcome,
    Purchase,
    RunSetup,
    Stopper,
    find_doubts,
    settle_and_submit,
)
from omnibatch.shots import Batch, RunSettings, Shot, Slot

from .fake import FakeWire

T = TypeVar("T")
NOW = "2026-11-22T10:00:00Z"
_draws = count(1)


def on_virtual_clock(main: Callable[[], Awaitable[T]]) -> T:
    """Run `main` on trio, with time that costs none. What waits for ever fails after ten days."""

    async def bounded() -> T:
        with anyio.fail_after(10 * 24 * 3600):
            return await main()

    clock = MockClock(autojump_threshold=0)
    return anyio.run(bounded, backend="trio", backend_options={"clock": clock})


def stop_process(seconds: float) -> None:
    """Let the clock of the loop run on while nothing else does, as SIGSTOP and SIGCONT would."""
    clock = trio.lowlevel.current_clock()
    assert isinstance(clock, MockClock)
    clock.jump(seconds)


def a_shot(shot_id: str, **changes: Any) -> Shot:
    """A sound shot whose prompt is its id, so that a create tells whose it is."""
    fields: dict[str, Any] = {
        "slot": Slot(shot_id),
        "place": Place("film.yaml", 10, 5),
        "providers": ("apimodels",),
        "model": "kling-video-o1",
        "prompt": shot_id,
        "mode": "std",
        "duration": 5,
        "aspect_ratio": "16:9",
        "target": f"renders/{shot_id}.mp4",
    }
    return Shot(**{**fields, **changes})


def an_account(provider: str, *, key: str = "test-key", name: str = "a1b2c3") -> Account:
    """An account at the provider's built-in endpoint."""
    endpoint = Endpoint.at(provider_named(provider).endpoint)
    return Account(provider=provider, endpoint=endpoint, key=Secret(key), name=name)


class Lab:
    """One manifest's folder, its ledger, and a provider; `run` is what the command does."""

    def __init__(self, folder: Path, clip: bytes, provider: str = "apimodels") -> None:
        self.folder = folder
        self.provider = provider
        self.place = LedgerPlace.beside(folder / "film.yaml")
        self.wire = FakeWire(clip)
        self.accounts = {provider: an_account(provider)}
        self.settings = RunSettings()
        self.caps: tuple[Cap, ...] = ()
        self.events: list[Event] = []
        self.now: Callable[[], str] = lambda: NOW
        self.is_virtual = True
        self.suspended_s = 0.0
        self.stop_after_s: float | None = None
        self.elapsed = 0.0
        self.syncs = 0
        self.syncs_disk = True
        self.durable_bytes = 0
        self.at_sync: Callable[[], None] = lambda: None
        self.at_event: Callable[[Event], None] = lambda event: None
        self.open()

    def open(self) -> None:
        """Take the ledger, as a process does at its start."""
        self.book = Book.open(
            self.place,
            name="film",
            now=self.now,
            randomness=lambda length: next(_draws).to_bytes(length, "big"),
            sync=self._sync,
        )

    async def _sync(self, fd: int) -> None:
        self.at_sync()
        if self.syncs_disk:
            os.fsync(fd)
        self.syncs += 1
        self.durable_bytes = os.fstat(fd).st_size

    def restart(self) -> None:
        """End the process in good order, and begin another."""
        self.book.close()
        self.book.release()
        self.open()

    def crash(self) -> None:
        """End the process with nothing tidied up, and begin another."""
        self.book.release()
        self.open()

    def check(self, *shots: Shot) -> CheckedBatch:
        """Admit a batch, by the real checks."""
        batch = Batch(
            name="film", manifest=self.folder / "film.yaml", folder=self.folder, shots=shots
        )
        result = check(batch)
        assert result.batch is not None, result.problems
        return result.batch

    def shots(self, number: int, **changes: Any) -> CheckedBatch:
        """That many shots, called `s0000` and so on, for this lab's provider."""
        fields = {"providers": (self.provider,), **changes}
        return self.check(*(a_shot(f"s{n:04d}", **fields) for n in range(number)))

    def plan(
        self, batch: CheckedBatch, *, wanted: frozenset[Slot] | None = None, **flags: bool
    ) -> Plan:
        """Plan as the command line does."""
        asked = Asked(
            endpoints={name: account.endpoint.name for name, account in self.accounts.items()},
            can_look_up=lambda name: provider_named(name).lookup.by != "none",
            clip_exists=lambda output: (self.folder / output.path).is_file(),
            clip_at=lambda output: Clip(
                path=self.folder / output.path, shown=output.path, sha256=output.sha256
            ),
            **flags,
        )
        return plan_batch(batch, self.book.ledger, asked, wanted=wanted)

    def purchases(self, batch: CheckedBatch, **flags: bool) -> list[Purchase]:
        """What a plan would buy."""
        return [
            Purchase(checked=step.checked, attempt=step.attempt, after=step.after)
            for step in self.plan(batch, **flags).submits
            if step.checked is not None and not step.waits_for
        ]

    def run_film(self, batch: CheckedBatch, **more: Any) -> Outcome:
        """Run a batch with frames of its own shots, as the command line does."""
        waiting = [step for step in self.plan(batch).submits if step.waits_for]
        later = later_of(waiting, lambda slots: self.plan(batch, wanted=slots))
        return self.run(batch, later=later, **more)

    def run(
        self,
        batch: CheckedBatch | None = None,
        *,
        purchases: Iterable[Purchase] | None = None,
        stop_at: float | None = None,
        **more: Any,
    ) -> Outcome:
        """Plan, buy and settle; `stop_at` is when somebody presses Ctrl-C, in virtual seconds."""
        if purchases is None:
            purchases = [] if batch is None else self.purchases(batch)
        wanted = tuple(purchases)
        stopper = Stopper()
        run = on_virtual_clock if self.is_virtual else anyio.run

        async def work() -> Outcome:
            outcome = await settle_and_submit(self.setup(), wanted, stopper=stopper, **more)
            self.elapsed = anyio.current_time()
            return outcome

        async def main() -> Outcome:
            if stop_at is None:
                return await work()
            async with anyio.create_task_group() as group:
                group.start_soon(_stop, stopper, stop_at)
                outcome = await work()
                group.cancel_scope.cancel()
            return outcome

        return run(main)

    def find_doubts(self) -> None:
        """Look lost sends up."""

        async def main() -> None:
            await find_doubts(self.setup())
            self.elapsed = anyio.current_time()

        on_virtual_clock(main)

    def setup(self) -> RunSetup:
        """What a run is given here."""
        return RunSetup(
            book=self.book,
            wire=self.wire,
            accounts=self.accounts,
            settings=self.settings,
            observe=self._observe,
            now=self.now,
            random=Random(7),
            boot=lambda: anyio.current_time() + self.suspended_s,
            caps=self.caps,
            stop_after_s=self.stop_after_s,
        )

    def _observe(self, event: Event) -> None:
        self.events.append(event)
        self.at_event(event)

    def set(self, **settings: Any) -> None:
        """Change run settings."""
        self.settings = replace(self.settings, **settings)

    def told(self, kind: Kind) -> list[Event]:
        """The events of one kind."""
        return [event for event in self.events if event.kind is kind]

    def states(self) -> dict[str, State]:
        """The state of each attempt, by its shot."""
        return {a.slot.shot: state_of(a) for a in self.book.attempts.values()}

    def attempt(self, shot_id: str = "s0000") -> Attempt:
        """The one attempt of a shot."""
        (found,) = [a for a in self.book.attempts.values() if a.slot.shot == shot_id]
        return found

    def recorded(self) -> dict[str, State]:
        """The states as another process would read them from the disk now."""
        return {a.slot.shot: state_of(a) for a in read_ledger(self.place).attempts.values()}

    def durable(self) -> Ledger:
        """The ledger that a power cut would leave of the journal: what was synced."""
        kept = self.folder / "kept.journal"
        kept.write_bytes(self.place.journal.read_bytes()[: self.durable_bytes])
        return replay(read_journal(kept))


async def _stop(stopper: Stopper, seconds: float) -> None:
    await anyio.sleep(seconds)
    stopper.stop()
