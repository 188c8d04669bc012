"""The counter that purchases are handed over: queues by account, open as long as more may come.

A shot that begins with a frame of another one's clip can be bought only once that clip is
there. So the counter stays open while tasks render, and asks for more after each clip.
"""

from collections import deque
from collections.abc import Callable, Container, Iterable, Sequence

import anyio

from omnibatch.run.agenda import Changed
from omnibatch.run.office import Office
from omnibatch.run.work import Later, Purchase

__all__ = ["Counter", "restock"]

# Asking for more takes a look at the whole film: at most a fifth of the time goes into it.
_PAUSES = 4


class Counter:
    """Queues of purchases by provider, and how many are being served.

    `tell` is called after each change.
    """

    def __init__(
        self, purchases: Iterable[Purchase], later: Later | None, tell: Callable[[], None]
    ) -> None:
        self.queues: dict[str, deque[Purchase]] = {}
        self.is_open = later is not None
        self._tell = tell
        self._serving = 0
        self._changed = Changed()
        for provider in sorted(later.providers) if later is not None else ():
            self.queues[provider] = deque()
        for purchase in purchases:
            self.queues.setdefault(purchase.checked.provider, deque()).append(purchase)

    def add(self, purchases: Sequence[Purchase]) -> None:
        """Queue purchases before those that are there: a chain takes the longest."""
        for purchase in reversed(purchases):
            self.queues[purchase.checked.provider].appendleft(purchase)
        self._changed.tell()
        self._tell()

    def close(self) -> None:
        """No more will come."""
        self.is_open = False
        self._changed.tell()

    async def has_work(self, queue: deque[Purchase]) -> bool:
        """Wait for something in `queue`; False once nothing can come any more."""
        while not queue and self.is_open:
            await self._changed.wait()
        return bool(queue)

    def begin(self) -> None:
        """Somebody is being served."""
        self._serving += 1

    def end(self) -> None:
        """And has been."""
        self._serving -= 1
        self._changed.tell()
        self._tell()

    def is_idle(self, halted: Container[str]) -> bool:
        """Whether none is served, and none will be of those that wait; not at `halted` ones."""
        waiting = (name for name, queue in self.queues.items() if queue)
        return not self._serving and all(name in halted for name in waiting)


async def restock(office: Office, counter: Counter, later: Later) -> None:
    """Add what `later` releases after each clip, until no clip can come any more."""
    seen = -1
    while True:
        if office.collected != seen:
            seen = office.collected
            began = anyio.current_time()
            counter.add(later.released())
            await anyio.sleep(_PAUSES * (anyio.current_time() - began))
            continue
        halted = {name for name, g in office.governors.items() if g.halt is not None}
        # One that may still add queries is the run itself, as long as it buys.
        if counter.is_idle(halted) and office.polls.is_spent(but=1):
            counter.close()
            return
        await office.polls.change()
