"""Doubts: a send whose reply was lost is looked up where the provider can be asked.

`Found` ends the doubt with the task. `Absent` ends it only where the provider's row says
that this may be believed, after its lag, and at the send's own endpoint and account.
Everything else leaves it `unconfirmed`, for the user to decide. Nothing is sent here.
"""

from collections.abc import Sequence

import anyio

from omnibatch.endpoints import Account
from omnibatch.ledger import (
    Attempt,
    AttemptId,
    SendState,
    State,
    Task,
    TaskKey,
    TaskState,
    doubtful_sends,
    is_granted,
    state_of,
)
from omnibatch.providers import LookupReply, Provider, provider_named
from omnibatch.run.events import Kind
from omnibatch.run.office import Office
from omnibatch.wire import Lost, NotSent

__all__ = ["look_up", "reconcile"]

_WORKERS = 4
_TRIES = 3


async def reconcile(office: Office) -> None:
    """Look up every doubtful attempt of the ledger, a few at a time."""
    doubts = [
        attempt.id
        for attempt in office.book.attempts.values()
        if state_of(attempt) is State.UNCONFIRMED and not is_granted(attempt)
    ]
    waiting = iter(doubts)

    async def work() -> None:
        for attempt in waiting:
            await look_up(office, attempt)

    async with anyio.create_task_group() as group:
        for _ in range(min(_WORKERS, len(doubts))):
            group.start_soon(work)


async def look_up(office: Office, attempt_id: AttemptId) -> Sequence[TaskKey]:
    """Ask for the task of a doubtful attempt; record and return what was found."""
    attempt = office.book.attempts[attempt_id]
    account = office.account_for(attempt)
    if account is None:
        return ()
    provider = provider_named(account.provider)
    reply = await _ask_until_known(office, provider, account, attempt)
    if reply is None:
        return ()
    if reply.found == "found":
        return await _record_found(office, attempt, account, reply.task_ids)
    own_account = account.name == attempt.known_intent.account
    if reply.found == "absent" and provider.lookup.absent_is == "authoritative" and own_account:
        sends = dict.fromkeys(doubtful_sends(attempt), SendState.NOT_CREATED)
        await office.book.record(Attempt(id=attempt.id, sends=sends))
    return ()


async def _ask_until_known(
    office: Office, provider: Provider, account: Account, attempt: Attempt
) -> LookupReply | None:
    """Ask at once and again until the provider's lag has passed: a task may show up late."""
    request = provider.lookup_request(attempt.id)
    if request is None:
        return None
    reply: LookupReply | None = None
    for number in range(_TRIES):
        if number:
            await anyio.sleep(provider.lookup.lag_s / (_TRIES - 1))
        response = await office.wire.ask(account, request)
        if isinstance(response, NotSent | Lost):
            reply = None  # an earlier "absent" came before the lag had passed
            continue
        reply = provider.read_lookup(response, attempt.id)
        if reply.found == "found":
            break
    return reply


async def _record_found(
    office: Office, attempt: Attempt, account: Account, task_ids: Sequence[str]
) -> Sequence[TaskKey]:
    keys = tuple(TaskKey(account.provider, account.name, task_id) for task_id in task_ids)
    await office.book.record(
        Attempt(
            id=attempt.id,
            # One task answers for one send; another machine's doubt stays one.
            sends=dict.fromkeys(doubtful_sends(attempt)[: len(keys)], SendState.CREATED),
            tasks={key: Task(state=TaskState.RUNNING) for key in keys},
        )
    )
    more = f", and {len(keys) - 1} more: paid more than once" if len(keys) > 1 else ""
    office.tell(Kind.FOUND, attempt.slot, f"found again: task {keys[0].task_id}{more}")
    return keys
