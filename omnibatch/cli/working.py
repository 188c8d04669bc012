"""The work of a run: what goes on in its event loop, with its progress and its connections."""

import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from omnibatch.cli.admitting import Admission
from omnibatch.cli.clocks import boot_seconds
from omnibatch.cli.interrupting import Signals
from omnibatch.cli.later import later_of
from omnibatch.cli.looping import in_loop
from omnibatch.cli.progress import Progress, ticking
from omnibatch.cli.reading import Reading, now
from omnibatch.cli.remaining import unfinished_among
from omnibatch.cli.replanning import Replanning
from omnibatch.cli.stage import Stage
from omnibatch.endpoints import Account
from omnibatch.ledger import AttemptId, Book
from omnibatch.plan import Names, Plan
from omnibatch.run import Outcome, RunSetup, Stopper, settle_and_submit
from omnibatch.shots import RunSettings, Slot
from omnibatch.wire import HttpWire

__all__ = ["Work"]

Part = Callable[[RunSetup, Stopper], Awaitable[Outcome]]
_NOTHING = Admission()


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a conducted run works with. `stop_after` is in seconds."""

    reading: Reading
    stage: Stage
    signals: Signals
    book: Book
    accounts: Mapping[str, Account]
    stop_after: float | None

    def settle(self) -> Outcome:
        """Collect all that is paid for, and buy nothing."""
        return self.settle_and_submit(_NOTHING, lambda _: Plan(steps=()))

    def settle_and_submit(
        self,
        admission: Admission,
        replan: Callable[[frozenset[Slot]], Plan],
        *,
        fetch_again: frozenset[AttemptId] = frozenset(),
    ) -> Outcome:
        """Collect all that is paid for, and buy what was admitted; see `later_of` for `replan`."""

        async def part(setup: RunSetup, stopper: Stopper) -> Outcome:
            return await settle_and_submit(
                setup,
                admission.purchases,
                later=later_of(admission.later, replan),
                again=Replanning(admission, self.book, replan),
                fetch_again=fetch_again,
                stopper=stopper,
            )

        waiting = unfinished_among(self.book.attempts.values(), self.accounts)
        total = admission.count + waiting + len(fetch_again)
        return self._in_loop(part, admission, total=total, rendering=waiting)

    def look(self, part: Callable[[RunSetup, Stopper], Awaitable[None]]) -> None:
        """Ask the providers about something, and neither wait for tasks nor buy."""

        async def looking(setup: RunSetup, stopper: Stopper) -> Outcome:
            await part(setup, stopper)
            return Outcome()

        self._in_loop(looking, _NOTHING)

    def _in_loop(
        self, part: Part, admission: Admission, *, total: int = 0, rendering: int = 0
    ) -> Outcome:
        settings = RunSettings()
        if self.reading.batch is not None:
            settings = self.reading.batch.batch.run
        names = Names.of(self.reading.batch, self.book.attempts)

        async def main(stopper: Stopper) -> Outcome:
            with Progress(total, names, rendering=rendering) as progress:
                async with HttpWire(self.stage.wire) as wire, ticking(progress.tick):
                    setup = RunSetup(
                        book=self.book,
                        wire=wire,
                        accounts=self.accounts,
                        settings=self.stage.pace(settings),
                        observe=progress,
                        now=now,
                        random=random.Random(),
                        boot=boot_seconds,
                        caps=admission.caps,
                        stop_after_s=self.stop_after,
                    )
                    return await part(setup, stopper)

        return in_loop(main, self.signals)
