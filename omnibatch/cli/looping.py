"""The event loop of a run, and how a signal reaches what runs in it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import anyio

from omnibatch.cli.interrupting import Signals
from omnibatch.run import Stopper

__all__ = ["ENDING", "in_loop"]

T = TypeVar("T")
ENDING = "stopping: what was done is being written down"
_STOPPING = "stopping: nothing new is sent, and what was sent is written down"


def in_loop(main: Callable[[Stopper], Awaitable[T]], signals: Signals) -> T:
    """Run `main` on asyncio; the first signal stops it by the `Stopper` that it is given."""
    stopper = Stopper()
    loops: list[asyncio.AbstractEventLoop] = []

    def stop() -> None:
        # At once: the loop may be about to send, before it comes to what is scheduled here.
        stopper.asked = True
        if not loops:
            stopper.stop()  # nothing has begun, and nothing will
        elif not loops[0].is_closed():
            loops[0].call_soon_threadsafe(stopper.stop)

    async def work() -> T:
        loops.append(asyncio.get_running_loop())
        return await main(stopper)

    with signals.softly(_STOPPING, stop):
        return anyio.run(work)
