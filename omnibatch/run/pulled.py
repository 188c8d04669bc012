"""What a pull tells a run that is buying: purchases that need not be made any more.

Another machine may have bought, and its lockfile come here, while a shot waited for its
turn. So each purchase is looked at once more right before it is made.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from omnibatch.ledger import Attempt, TaskKey, TaskState
from omnibatch.run.events import Kind
from omnibatch.run.office import Office
from omnibatch.run.settle import queue_unfinished
from omnibatch.run.work import Known, Purchase
from omnibatch.shots import Slot

__all__ = ["Again", "Pulled"]

Again = Callable[[Slot], Purchase | Known]
"""Plans a slot anew, as the ledger is then."""


@dataclass(slots=True)
class Pulled:
    """The purchases of a run against its ledger; without `again` all stand as they are."""

    office: Office
    again: Again | None
    _before: int = field(init=False)

    def __post_init__(self) -> None:
        self._before = len(self.office.book.brought)

    async def judge(self, purchase: Purchase) -> Purchase | None:
        """The purchase as it is to be made now; None where its slot has what it wants.

        Then that is said, and what is paid for is waited for, or fetched.
        """
        book, slot = self.office.book, purchase.checked.shot.slot
        book.look()
        if self.again is None or len(book.brought) == self._before:
            return purchase
        now = self.again(slot)
        if isinstance(now, Purchase):
            return now
        self.office.tell(Kind.KNOWN, slot, now.reason)
        if now.attempt is not None and now.is_open:
            await self._settle(book.attempts[now.attempt])
        return None

    async def _settle(self, attempt: Attempt) -> None:
        """Queue the tasks that came by a pull: all others are this run's own already."""
        since = self.office.book.brought[self._before :]
        new = {key for news in since for key in news.tasks.get(attempt.id, ())}
        keys: list[TaskKey] = sorted(
            key for key in new if attempt.tasks[key].state is not TaskState.FAILED
        )
        for key in keys:
            if self.office.holds_slot(attempt, key):
                self.office.governors[key.provider].hold()
        await queue_unfinished(self.office, [(attempt, key) for key in keys], spread_s=0)
