"""Asking how tasks stand, once, for a decision: free, and nothing is recorded."""

from collections.abc import Sequence

import anyio

from omnibatch.endpoints import Account
from omnibatch.providers import StatusReply, provider_named
from omnibatch.wire import Lost, NotSent, Wire

__all__ = ["ask_about_tasks"]

_WORKERS = 4
_TRIES = 3
_PAUSE_S = 1.0


async def ask_about_tasks(
    wire: Wire, tasks: Sequence[tuple[Account, str]]
) -> Sequence[StatusReply]:
    """Ask about each of `tasks`, by the account and its id; the replies in their order.

    What cannot be reached, or is busy, is asked three times; `busy` is the answer then,
    with the reason as its state, for all the rest at that provider, too.
    """
    replies: dict[int, StatusReply] = {}
    down: dict[str, StatusReply] = {}
    waiting = iter(enumerate(tasks))

    async def work() -> None:
        for number, (account, task_id) in waiting:
            replies[number] = down.get(account.provider) or await _ask(wire, account, task_id)
            if replies[number].phase == "busy":
                down[account.provider] = replies[number]

    async with anyio.create_task_group() as group:
        for _ in range(min(_WORKERS, len(tasks))):
            group.start_soon(work)
    return [replies[number] for number in range(len(tasks))]


async def _ask(wire: Wire, account: Account, task_id: str) -> StatusReply:
    provider = provider_named(account.provider)
    reply = StatusReply(phase="busy")
    for number in range(_TRIES):
        if number:
            await anyio.sleep(_PAUSE_S)
        response = await wire.ask(account, provider.query_request(task_id))
        if isinstance(response, NotSent | Lost):
            reply = StatusReply(phase="busy", state=response.reason)
            continue
        reply = provider.read_status(response)
        if reply.phase != "busy":
            break
    return reply
