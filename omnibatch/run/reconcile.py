"""Doubts: a send whose reply was lost is looked up where the provider can be asked.

`Found` ends the doubt with the task. `Absent` ends it only where the provider's row says
that this may be believed, after its lag, and at the send's own endpoint and account.
Everything else leaves it `unconfirmed`, for the user to decide. Nothing is sent here.

The lag is waited out by this process's own clock, which nobody sets: a send found at the
start is at least as old as the run, since its process has left the lock. The time of day
only ever shortens a wait after which nothing is believed.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import inf
from typing import Any

import anyio

from omnibatch.endpoints import Account
from omnibatch.ledger import (
    Attempt,
    AttemptId,
    SendState,
    Task,
    TaskKey,
    TaskState,
    askable_doubts,
    doubtful_sends,
    has_doubt_beside,
    is_granted,
    revoke,
)
from omnibatch.money import parse_money
from omnibatch.plan import total_of
from omnibatch.providers import LookupReply, Provider, provider_named
from omnibatch.run.events import Kind
from omnibatch.run.office import Office
from omnibatch.wire import Lost, NotSent

__all__ = ["ask_until_known", "look_up", "reconcile", "record_found"]

_WORKERS = 4
_TRIES = 3
_PAUSE_S = 1.0
# An attempt is recorded before its bytes leave, and its exchange may take so long.
_LONGEST_SEND_S = 240.0
_SAME_MOMENT_S = 0.01  # clocks of event loops wake a little early


async def reconcile(office: Office) -> None:
    """Look up every doubtful attempt of the ledger, a few at a time."""
    began = anyio.current_time()
    doubts = [attempt.id for attempt in askable_doubts(office.book.attempts.values())]
    waiting = iter(doubts)

    async def work() -> None:
        for attempt in waiting:
            age_s = _age_s(office, attempt)
            held = office.book.attempts[attempt]
            is_extra = is_granted(held) or has_doubt_beside(held)
            if is_extra and _proves_nothing(office, attempt):
                age_s = inf  # asked once more, and waited for no longer
            await look_up(office, attempt, since=began - age_s)

    async with anyio.create_task_group() as group:
        for _ in range(min(_WORKERS, len(doubts))):
            group.start_soon(work)


async def look_up(
    office: Office, attempt_id: AttemptId, *, since: float | None = None
) -> Sequence[TaskKey]:
    """Ask for the task of a doubtful attempt; record and return what was found.

    `since` is when its send was over at the latest, by the event loop's clock; by default
    that is now.
    """
    attempt = office.book.attempts[attempt_id]
    account = office.account_for(attempt)
    if account is None:
        return ()
    provider = provider_named(account.provider)
    over = anyio.current_time() if since is None else since
    reply = await ask_until_known(office, provider, account, attempt.id, over)
    if reply is None:
        return ()
    if reply.found == "found":
        return await record_found(office, attempt, account, reply.task_ids)
    if reply.found == "absent" and _may_be_believed(provider, account, attempt):
        sends = dict.fromkeys(doubtful_sends(attempt), SendState.NOT_CREATED)
        await office.book.record(Attempt(id=attempt.id, sends=sends))
    return ()


def _proves_nothing(office: Office, attempt_id: AttemptId) -> bool:
    """Whether "not found" is no answer at the provider of an attempt."""
    name = office.book.attempts[attempt_id].known_intent.provider
    return name in office.accounts and provider_named(name).lookup.absent_is != "authoritative"


def _may_be_believed(provider: Provider, account: Account, attempt: Attempt) -> bool:
    """Whether "not found" at `account` is worth anything: by the row, and where it was sent."""
    intent = attempt.known_intent
    return (
        provider.lookup.absent_is == "authoritative"
        and account.name == intent.account
        and account.endpoint.name == intent.endpoint
    )


def _age_s(office: Office, attempt_id: AttemptId) -> float:
    """How long ago a send was over at the latest, in seconds; 0 where that is not certain.

    The time of day may have been set since. So it counts only where "not found" is not
    believed anyhow, and only for a first and single send: others have no time on record.
    """
    attempt = office.book.attempts[attempt_id]
    provider = office.accounts.get(attempt.known_intent.provider)
    if provider is None or provider_named(provider.provider).lookup.absent_is == "authoritative":
        return 0.0
    if [key.number for key in attempt.sends] != [1]:
        return 0.0
    try:
        made, now = map(datetime.fromisoformat, (attempt.known_intent.intended_at, office.now()))
        return max(0.0, (now - made).total_seconds() - _LONGEST_SEND_S)
    except (ValueError, TypeError):
        return 0.0


async def ask_until_known(
    office: Office, provider: Provider, account: Account, attempt_id: AttemptId, since: float
) -> LookupReply | None:
    """Ask at once and again until the provider's lag has passed: a task may show up late.

    None where no answer came after that: what was said before is worth nothing.
    """
    request = provider.lookup_request(attempt_id)
    if request is None:
        return None
    visible_at = since + provider.lookup.lag_s
    for left in reversed(range(_TRIES)):
        asked_at = anyio.current_time()
        response = await office.wire.ask(account, request)
        if not isinstance(response, NotSent | Lost):
            reply = provider.read_lookup(response, attempt_id)
            if reply.found == "found" or asked_at >= visible_at - _SAME_MOMENT_S:
                return reply
        if left:
            now = anyio.current_time()
            await anyio.sleep((visible_at - now) / left if now < visible_at else _PAUSE_S)
    return None


async def record_found(
    office: Office,
    attempt: Attempt,
    account: Account,
    task_ids: Sequence[str],
    requests: Mapping[str, Mapping[str, Any]] | None = None,
) -> Sequence[TaskKey]:
    """Record every task found that is news; the oldest comes first, and is the clip.

    With it what the attempt is, which the ledger may not know yet, and what it asked for.
    """
    known = {key.task_id for key in attempt.tasks}
    keys = tuple(
        TaskKey(account.provider, account.name, task_id)
        for task_id in task_ids
        if task_id not in known
    )
    if not keys:
        return ()  # a task of another send: it answers for that one alone
    await office.book.record(
        Attempt(
            id=attempt.id,
            intent=attempt.intent,
            # One task answers for one send; another machine's doubt stays one.
            sends=dict.fromkeys(doubtful_sends(attempt)[: len(keys)], SendState.CREATED),
            tasks={key: Task(state=TaskState.RUNNING) for key in keys},
            # What was granted for want of it is not wanted any more.
            granted=revoke(attempt, now=office.now(), by=office.book.writer).granted,
        ),
        requests=requests,
    )
    text = f"found again: task {keys[0].task_id}{_paid_twice(attempt, keys[1:])}"
    office.tell(Kind.FOUND, attempt.slot, text)
    return keys


def _paid_twice(attempt: Attempt, more: Sequence[TaskKey]) -> str:
    """What to tell of tasks beside the first: each was paid for, and is collected, too."""
    if not more:
        return ""
    price = attempt.known_intent.price
    cost = total_of(None if price is None else parse_money(price) for _ in more)
    over = "at a price unknown here" if cost is None else f"{cost} over"
    names = ", ".join(key.task_id for key in more)
    return f", and {len(more)} more ({names}): paid more than once, {over}; each is collected"
