"""A run from end to end, in the two movements of the design: settle, and submit.

`find_doubts` looks lost sends up, and `find_lost` those of a lost run, so that a plan can be
made; `settle_and_submit` then resumes and collects while it buys what the plan says. Both are async and know neither
the command line nor any provider by name.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from random import Random

import anyio

from omnibatch.endpoints import Account
from omnibatch.ledger import AttemptId, Book, State, state_of
from omnibatch.run.awake import Awake
from omnibatch.run.budget import Cap, Purse
from omnibatch.run.closing import Closing
from omnibatch.run.events import Observer
from omnibatch.run.given_up import ask_for_given_up
from omnibatch.run.governor import Governor
from omnibatch.run.halts import Halt
from omnibatch.run.lost_run import Search, search
from omnibatch.run.office import Office
from omnibatch.run.reconcile import reconcile
from omnibatch.run.settle import go_on_after_sleep, queue_unfinished, run_settlers, unfinished
from omnibatch.run.submit import Bought, run_submitters
from omnibatch.run.targets import recorded_paths
from omnibatch.run.unwrapping import unwrapped
from omnibatch.run.work import Later, Purchase
from omnibatch.shots import RunSettings
from omnibatch.wire import Wire

__all__ = ["Outcome", "RunSetup", "Stopper", "find_doubts", "find_lost", "settle_and_submit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSetup:
    """All that a run is given: see `Office` for the parts. `accounts` are by provider.

    `boot` is a clock in seconds that nobody can set and that counts on while the machine
    sleeps. After `stop_after_s` seconds by it nothing more is sent, and what is under way
    is waited for.
    """

    book: Book
    wire: Wire
    accounts: Mapping[str, Account]
    settings: RunSettings
    observe: Observer
    now: Callable[[], str]
    random: Random
    boot: Callable[[], float]
    caps: tuple[Cap, ...] = ()
    stop_after_s: float | None = None


@dataclass(slots=True)
class Outcome:
    """What a run came to, beside what the ledger now says."""

    bought: Bought = field(default_factory=Bought)
    halts: tuple[Halt, ...] = ()


class Stopper:
    """Lets a signal handler end a run softly: no new sends, open ones end, then out.

    `asked` may be set at any moment, by a handler that runs between any two steps: from
    then on nothing is sent. `stop` belongs to the event loop.
    """

    def __init__(self) -> None:
        self._governors: tuple[Governor, ...] = ()
        self._scope: anyio.CancelScope | None = None
        self.asked = False

    def attach(self, governors: Iterable[Governor], scope: anyio.CancelScope) -> None:
        """Point at what is to be stopped."""
        self._governors = tuple(governors)
        self._scope = scope
        if self.asked:
            self.stop()

    def stop(self) -> None:
        """Send nothing more and end the run. Sends that are open are shielded until recorded."""
        self.asked = True
        for governor in self._governors:
            governor.stop()
        if self._scope is not None:
            self._scope.cancel()


async def find_doubts(setup: RunSetup, *, stopper: Stopper | None = None) -> None:
    """Look up every send whose reply was lost, and every clip that was given up for another.

    Free; records what is found.
    """
    with unwrapped(), anyio.CancelScope() as scope:
        if stopper is not None:
            stopper.attach((), scope)
        office = _office(setup, Closing(None, setup.boot), stopper)
        await reconcile(office)
        await ask_for_given_up(office)


async def find_lost(
    setup: RunSetup,
    suspects: Iterable[Purchase],
    done: Search,
    *,
    stopper: Stopper | None = None,
) -> None:
    """Look up what a run may have bought whose journal is gone. Free; records what is found."""
    with unwrapped(), anyio.CancelScope() as scope:
        if stopper is not None:
            stopper.attach((), scope)
        await search(_office(setup, Closing(None, setup.boot), stopper), suspects, done)


async def settle_and_submit(
    setup: RunSetup,
    purchases: Iterable[Purchase] = (),
    *,
    later: Later | None = None,
    fetch_again: frozenset[AttemptId] = frozenset(),
    stopper: Stopper | None = None,
) -> Outcome:
    """Resume and collect all that is paid for, and buy `purchases` in their order.

    What waits for a clip of this run comes `later`.
    `fetch_again` names collected attempts whose clip is gone from the disk. Raise
    `LedgerUnwritable` as soon as anything cannot be recorded; nothing is sent after.
    """
    closing = Closing(setup.stop_after_s, setup.boot)
    office = _office(setup, closing, stopper)
    outcome = Outcome()
    with unwrapped(), anyio.CancelScope() as scope:
        if stopper is not None:
            stopper.attach(office.governors.values(), scope)
        async with anyio.create_task_group() as clocks:
            clocks.start_soon(office.awake.pulse, partial(go_on_after_sleep, office))
            clocks.start_soon(_close, office, closing)
            office.polls.expect()
            await queue_unfinished(office, unfinished(office.book.attempts.values(), fetch_again))
            async with anyio.create_task_group() as group:
                group.start_soon(run_settlers, office)
                # Counted in place: a run that is stopped returns from nothing.
                await run_submitters(office, purchases, outcome.bought, later)
                office.polls.finish()
            clocks.cancel_scope.cancel()
    outcome.halts = tuple(g.halt for g in office.governors.values() if g.halt is not None)
    return outcome


async def _close(office: Office, closing: Closing) -> None:
    await closing.wait()
    for governor in office.governors.values():
        governor.close()


def _office(setup: RunSetup, closing: Closing, stopper: Stopper | None) -> Office:
    office = Office(
        book=setup.book,
        wire=setup.wire,
        accounts=setup.accounts,
        settings=setup.settings,
        purse=Purse(setup.caps),
        observe=setup.observe,
        now=setup.now,
        random=setup.random,
        awake=Awake(setup.boot),
        recorded=recorded_paths(setup.book.attempts.values()),
    )
    running = dict.fromkeys(setup.accounts, 0)
    for attempt in setup.book.attempts.values():
        held = sum(office.holds_slot(attempt, key) for key in attempt.tasks)
        if held and state_of(attempt) is not State.ABANDONED:
            running[attempt.known_intent.provider] += held
    office.governors = {
        name: Governor(
            name,
            setup.settings,
            running=count,
            awake=office.awake.now,
            is_closed=closing.has_come,
            is_stopped=lambda: stopper is not None and stopper.asked,
        )
        for name, count in running.items()
    }
    return office
