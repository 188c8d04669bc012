"""What every part of a run shares: ledger, wire, accounts, clock, purse, observer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random

import anyio

from omnibatch.endpoints import Account
from omnibatch.ledger import Attempt, Book, TaskKey, TaskState, is_asked_at, made_elsewhere
from omnibatch.plan import expired
from omnibatch.providers import provider_named
from omnibatch.run.agenda import Agenda
from omnibatch.run.awake import Awake
from omnibatch.run.budget import Purse
from omnibatch.run.events import Event, Kind, Observer
from omnibatch.run.governor import Governor
from omnibatch.run.work import Fetch, Poll
from omnibatch.shots import RunSettings, Slot
from omnibatch.wire import Wire

__all__ = ["Office"]


@dataclass(slots=True, kw_only=True)
class Office:
    """One run's shared things.

    `accounts` and `governors` are by provider name. `now` gives UTC in ISO 8601 for the
    record; pauses are measured by the event loop's own clock, deadlines by `awake`. `random`
    only spreads pauses. `claimed` holds the paths of clips that are being fetched, `recorded`
    those that the ledger knew already, `collected` counts those that were fetched.
    """

    book: Book
    wire: Wire
    accounts: Mapping[str, Account]
    settings: RunSettings
    purse: Purse
    observe: Observer
    now: Callable[[], str]
    random: Random
    awake: Awake
    governors: Mapping[str, Governor] = field(default_factory=dict)
    polls: Agenda[Poll] = field(default_factory=Agenda)
    fetches: Agenda[Fetch] = field(default_factory=Agenda)
    claimed: set[str] = field(default_factory=set)
    recorded: set[str] = field(default_factory=set)
    collected: int = 0

    def tell(
        self, kind: Kind, slot: Slot | None, text: str = "", task_id: str | None = None
    ) -> None:
        """Tell the observer what happened."""
        self.observe(Event(kind=kind, slot=slot, text=text, task_id=task_id))

    def account_for(self, attempt: Attempt) -> Account | None:
        """The account that an attempt is asked about at: today's of its provider, or none.

        An endpoint that stands in a ledger is compared, never dialled: a file that came
        by git must not tell us where to send a key. So what was made elsewhere is asked
        about here, where it may be found; `elsewhere` tells that not finding it proves
        nothing.
        """
        account = self.accounts.get(attempt.known_intent.provider)
        if account is None or not is_asked_at(attempt, account.endpoint.name):
            return None
        return account

    def elsewhere(self, attempt: Attempt) -> str:
        """How the place where an attempt was made differs from its `account_for`, or nothing."""
        account = self.account_for(attempt)
        if account is None:
            return ""
        return made_elsewhere(attempt, endpoint=account.endpoint.name, account=account.name)

    def holds_slot(self, attempt: Attempt, key: TaskKey) -> bool:
        """Tell whether a task takes one of the places that the provider gives this account.

        One of another endpoint does not; one of another key may, since keys share accounts.
        """
        account = self.account_for(attempt)
        return (
            account is not None
            and account.endpoint.name == attempt.known_intent.endpoint
            and attempt.tasks[key].state is TaskState.RUNNING
        )

    def expired(self, attempt: Attempt, key: TaskKey) -> str:
        """Why a task's clip can most likely no longer be had, or nothing."""
        kept_days = provider_named(attempt.known_intent.provider).lookup.kept_days
        return expired(attempt, key, now=self.now(), kept_days=kept_days)

    def add_fetch(self, fetch: Fetch) -> None:
        """Queue a download. While it lasts, pollers wait: a failed one asks for a new URL."""
        self.polls.expect()
        self.fetches.add(fetch, due=anyio.current_time())

    def fetch_done(self) -> None:
        """A download that was taken is over, well or ill."""
        self.fetches.done()
        self.polls.finish()

    def spread(self, seconds: float) -> float:
        """`seconds`, give or take a fifth, so that many pauses do not end together."""
        return seconds * self.random.uniform(0.8, 1.2)
