"""Things to do when they are due: a heap of values, never a task per thing.

A hundred thousand waiting shots are a hundred thousand entries; how much runs at once is
the number of workers that `take`. Times are those of `anyio.current_time`, so a virtual
clock can drive them.
"""

import heapq
from collections.abc import Callable
from typing import Generic, TypeVar

import anyio

__all__ = ["Agenda", "Changed"]

T = TypeVar("T")


class Changed:
    """Wakes all who wait, each time something has changed."""

    def __init__(self) -> None:
        self._event = anyio.Event()

    def tell(self) -> None:
        """Wake everybody who waits now."""
        self._event.set()
        self._event = anyio.Event()

    async def wait(self, seconds: float | None = None) -> None:
        """Return at the next `tell`, or after `seconds`."""
        with anyio.move_on_after(seconds):
            await self._event.wait()


class Agenda(Generic[T]):
    """A queue by due time that knows when nothing can come any more.

    Whoever may still add announces itself with `expect` and `finish`; a taken item
    counts as one who may, until `done`.
    """

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, T]] = []
        self._order = 0
        self._adders = 0
        self._changed = Changed()

    def __len__(self) -> int:
        return len(self._heap)

    def add(self, item: T, *, due: float) -> None:
        """Have `item` taken at the time `due`, or as soon as a worker is free."""
        self._order += 1
        heapq.heappush(self._heap, (due, self._order, item))
        self._changed.tell()

    def expect(self) -> None:
        """Announce somebody who may still add."""
        self._adders += 1

    def finish(self) -> None:
        """Take an announcement back."""
        self._adders -= 1
        self._changed.tell()

    done = finish

    def is_spent(self, *, but: int) -> bool:
        """Tell whether nothing waits, and nobody may add any more `but` so many."""
        return not self._heap and self._adders <= but

    async def change(self) -> None:
        """Wait until something was added, somebody is done, or `nudge` is called."""
        await self._changed.wait()

    def nudge(self) -> None:
        """Wake those who wait for a change."""
        self._changed.tell()

    def hasten(self, due: Callable[[], float]) -> None:
        """Give every item that waits another time, each its own."""
        self._heap = [(due(), order, item) for _, order, item in self._heap]
        heapq.heapify(self._heap)
        self._changed.tell()

    async def take(self) -> T | None:
        """Wait for the next item that is due; None once there can be no more."""
        while True:
            now = anyio.current_time()
            if self._heap and self._heap[0][0] <= now:
                self._adders += 1
                return heapq.heappop(self._heap)[2]
            if not self._heap and self._adders == 0:
                self._changed.tell()
                return None
            await self._changed.wait(self._heap[0][0] - now if self._heap else None)
