"""What every part of a run shares: ledger, wire, accounts, clock, purse, observer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random

import anyio

from omnibatch.endpoints import Account
from omnibatch.ledger import Attempt, Book
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
    only spreads pauses. `claimed` holds the paths of clips that are being fetched, `collected` counts
    those that were.
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
    collected: int = 0

    def tell(
        self, kind: Kind, slot: Slot | None, text: str = "", task_id: str | None = None
    ) -> None:
        """Tell the observer what happened."""
        self.observe(Event(kind=kind, slot=slot, text=text, task_id=task_id))

    def account_for(self, attempt: Attempt) -> Account | None:
        """The account that an attempt can be asked at: its very endpoint, or none.

        An endpoint that stands in a ledger is compared, never dialled: a file that came
        by git must not tell us where to send a key.
        """
        intent = attempt.known_intent
        account = self.accounts.get(intent.provider)
        if account is None or account.endpoint.name != intent.endpoint:
            return None
        return account

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
