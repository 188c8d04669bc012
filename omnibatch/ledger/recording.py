"""What a process knows of attempts: in memory, and in the journal in step with it."""

from collections.abc import Iterable, Mapping
from typing import Any

from omnibatch.errors import LedgerFull, LedgerUnwritable
from omnibatch.ledger.codec import attempt_to_json
from omnibatch.ledger.journal import Journal
from omnibatch.ledger.journaling import Journaling
from omnibatch.ledger.model import Attempt, AttemptId, Ledger, Opening
from omnibatch.ledger.projecting import News
from omnibatch.ledger.reading import join_in
from omnibatch.ledger.records import snapshot
from omnibatch.ledger.scars import (
    DISK_FULL,
    never_left,
    refuse_reused_sends,
    refuse_sent_strays,
    what_happened,
)

__all__ = ["Recording"]

Requests = Mapping[str, Mapping[str, Any]]


class Recording:
    """A ledger in memory, which knows what its journal knows, and no less."""

    def __init__(self, ledger: Ledger, journaling: Journaling) -> None:
        self.batch = ledger.batch
        self.name = ledger.name
        self.attempts: dict[AttemptId, Attempt] = dict(ledger.attempts)
        self.requests: dict[str, Mapping[str, Any]] = dict(ledger.requests)
        self.journaling = journaling

    def as_ledger(self, opening: Opening | None) -> Ledger:
        """The ledger as a value, as of now."""
        return Ledger(
            batch=self.batch,
            name=self.name,
            open=opening,
            requests=self.requests,
            attempts=self.attempts,
        )

    @property
    def journal(self) -> Journal:
        """The journal, opened if need be. Raise `LedgerUnwritable`."""
        return self.journaling.current or self.journaling.opened(self.as_ledger(None))

    def append(self, deltas: tuple[Attempt, ...], requests: Requests) -> int:
        """Join `deltas` in; return the position to wait for with `durable`."""
        refuse_reused_sends(self.attempts, deltas)
        if named := self.journaling.name_strays(deltas):
            self.append(tuple(named), {})
            self.journal.sync_now()
            refuse_sent_strays(named, deltas)
        fresh = {d: r for d, r in requests.items() if d not in self.requests}
        record: dict[str, Any] = {"attempts": [attempt_to_json(delta) for delta in deltas]}
        if fresh:
            record["requests"] = fresh
        try:
            position = self.journal.append([record])
        except LedgerUnwritable as error:
            self._rescue(deltas, error)
            raise
        self.requests.update(fresh)
        self._join(deltas)
        return position

    async def durable(self, position: int, deltas: tuple[Attempt, ...]) -> None:
        """Return once `deltas`, which end at `position`, would survive a power cut.

        A send that is `open` in them has not left, and where this fails never does.
        """
        try:
            await self.journal.durable(position)
        except LedgerUnwritable as error:
            self._join(never_left(deltas))
            self._rescue(deltas, error, written=True)
            raise

    def _rescue(
        self, deltas: tuple[Attempt, ...], error: LedgerUnwritable, *, written: bool = False
    ) -> None:
        """Keep what has happened, if not in the journal then in the lockfile, at `close`.

        Raise `LedgerFull` where the journal has it, `written` before the disk was full or
        with the ballast's room.
        """
        happened = tuple(what_happened(deltas))
        self._join(happened)
        records = [] if written else snapshot(happened, {})
        if happened and self.journal.rescue(records):
            raise LedgerFull(error.message, DISK_FULL) from error

    def take_in(self, news: News) -> None:
        """Know what a lockfile knew beyond this."""
        if news.batch and not self.attempts and self.journaling.current is None:
            self.batch, self.name = news.batch, news.name or self.name
        self.requests.update(news.requests)
        self.attempts.update({attempt.id: attempt for attempt in news.attempts})
        if (journal := self.journaling.current) is not None:
            journal.append(snapshot(news.attempts, news.requests))
            journal.sync_now()

    def _join(self, deltas: Iterable[Attempt]) -> None:
        for delta in deltas:
            join_in(self.attempts, delta)
