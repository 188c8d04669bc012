"""Time limits that a sleeping machine or a stopped process does not use up."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

__all__ = ["move_on_after_awake"]

_STEPS = 16


@asynccontextmanager
async def move_on_after_awake(seconds: float) -> AsyncIterator[None]:
    """Cancel the body after `seconds`, counted in steps: a sleep is one step, however long.

    A deadline would be over at the moment of waking up, with the reply that came meanwhile
    still unread.
    """

    async def count(scope: anyio.CancelScope) -> None:
        for _ in range(_STEPS):
            await anyio.sleep(seconds / _STEPS)
        scope.cancel()

    async with anyio.create_task_group() as group:
        with anyio.CancelScope() as body:
            group.start_soon(count, body)
            yield
        group.cancel_scope.cancel()
