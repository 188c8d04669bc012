"""One attempt's paid moment: recorded as open, sent once, and its verdict recorded.

From the open record to the verdict's record nothing can be cancelled: a run that is
asked to stop lets this end. What a kill leaves is an open send, which the next run takes
for a doubt.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import anyio

from omnibatch.checks import CheckedShot, load_files
from omnibatch.endpoints import Account
from omnibatch.errors import LedgerFull, LedgerUnwritable
from omnibatch.failpoints import reach
from omnibatch.ledger import (
    Attempt,
    AttemptId,
    Intent,
    SendKey,
    SendState,
    State,
    Task,
    TaskKey,
    TaskState,
    attempt_id,
    keep_reply,
    next_send_number,
    state_of,
)
from omnibatch.media import MediaFault
from omnibatch.providers import CreateReply, Request, Verdict, legible, provider_named
from omnibatch.run.office import Office
from omnibatch.run.targets import Targets
from omnibatch.run.work import Purchase
from omnibatch.shots import Slot
from omnibatch.wire import Lost, NotSent

__all__ = ["Sent", "prepare", "send"]

_MOST_KEPT_BYTES = 64 * 1024
_SEND_STATES = {
    Verdict.CREATED: SendState.CREATED,
    Verdict.WAIT: SendState.NOT_CREATED,
    Verdict.ACCOUNT: SendState.NOT_CREATED,
    Verdict.REFUSED: SendState.NOT_CREATED,
    Verdict.ELSEWHERE: SendState.NOT_CREATED,
    Verdict.DUPLICATE: SendState.IN_DOUBT,
    Verdict.IN_DOUBT: SendState.IN_DOUBT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What came of a send: its attempt, and the reply's reading or the wire's own words.

    `kept` is where a reply lies of which nobody can say what it means.
    """

    attempt: AttemptId
    outcome: CreateReply | NotSent | Lost
    kept: Path | None = None


def prepare(office: Office, targets: Targets, purchase: Purchase, account: Account) -> Attempt:
    """The attempt to send: the released one if it still says what is bought, else a new one.

    That is where it is bought, and for how much: what a ledger has spent is the sum of the
    prices that its attempts were made at.
    """
    checked = purchase.checked
    if checked.is_open:
        raise AssertionError(f"BUG: {checked.shot.slot} was to be sent without its frame")
    after = purchase.after
    price = None if checked.price is None else str(checked.price)
    if purchase.attempt is not None:
        held = office.book.attempts[purchase.attempt]
        _require_released(held)
        meant = held.known_intent
        if (meant.provider, meant.account, meant.endpoint, meant.price) == (
            account.provider,
            account.name,
            account.endpoint.name,
            price,
        ):
            return held
        after = held.id
    slot = checked.shot.slot
    new_id = attempt_id(
        office.book.batch,
        slot,
        checked.digest,
        after,
        provider=account.provider,
        account=account.name,
        endpoint=account.endpoint.name,
    )
    if new_id in office.book.attempts:
        _require_released(office.book.attempts[new_id])
    return Attempt(
        id=new_id,
        intent=Intent(
            slot=slot,
            after=after,
            digest=checked.digest,
            provider=account.provider,
            account=account.name,
            endpoint=account.endpoint.name,
            price=price,
            target=targets.choose(checked.shot.target),
            intended_at=office.now(),
        ),
    )


def _require_released(attempt: Attempt) -> None:
    """The last gate before money: only what certainly created nothing may be sent."""
    if state_of(attempt) is not State.RELEASED:
        raise AssertionError(f"BUG: {attempt.id} is {state_of(attempt).value} and was to be sent")


async def send(
    office: Office,
    attempt: Attempt,
    checked: CheckedShot,
    account: Account,
    may_send: Callable[[], bool],
) -> Sent | MediaFault | None:
    """Send `attempt` once. A `MediaFault` means that nothing was recorded or sent; so does
    None, where it may not be sent any more: that is asked last, after the files are read.

    Raise `LedgerUnwritable` where the open record cannot be made durable: then nothing
    was sent either.
    """
    files = load_files(checked)
    if isinstance(files, MediaFault):
        return files
    provider = provider_named(account.provider)
    request = provider.create_request(checked.shot, attempt.id, files)
    if not may_send():
        return None
    sent: Sent | None = None
    with anyio.CancelScope(shield=True):
        sent = await _send_and_record(office, attempt, checked, account, request)
    assert sent is not None, "BUG: a shielded send was cancelled"
    return sent


async def _send_and_record(
    office: Office, attempt: Attempt, checked: CheckedShot, account: Account, request: Request
) -> Sent:
    key = SendKey(next_send_number(attempt), office.book.writer)
    await office.book.record(
        Attempt(id=attempt.id, intent=attempt.intent, sends={key: SendState.OPEN}),
        requests={checked.digest: checked.request},
    )
    response = await office.wire.create(account, request)
    if isinstance(response, NotSent):
        await _record(office, attempt, key, SendState.NOT_CREATED)
        return Sent(attempt=attempt.id, outcome=response)
    if isinstance(response, Lost):
        await _record(office, attempt, key, SendState.IN_DOUBT)
        return Sent(attempt=attempt.id, outcome=response)
    reply = provider_named(account.provider).read_created(response)
    await _record(office, attempt, key, _SEND_STATES[reply.verdict], reply, account)
    kept = None
    if _SEND_STATES[reply.verdict] is SendState.IN_DOUBT:
        kept = keep_reply(
            office.book.place,
            attempt.id,
            key,
            status=response.status,
            headers=response.headers,
            text=legible(response.body, _MOST_KEPT_BYTES),
        )
    return Sent(attempt=attempt.id, outcome=reply, kept=kept)


def _typed(slot: Slot) -> str:
    profile = f"--profile {slot.profile} " if slot.profile else ""
    return f"{profile}{slot.shot}{'' if slot.take == 1 else f'@{slot.take}'}"


async def _record(
    office: Office,
    attempt: Attempt,
    key: SendKey,
    state: SendState,
    reply: CreateReply | None = None,
    account: Account | None = None,
) -> None:
    """Make the verdict durable before anything else is done with it.

    What may have cost money is recorded with its intent, so that no one damaged line of a
    journal can make it unknown which shot that was.
    """
    tasks = {}
    refusal = None
    if reply is not None and account is not None and reply.task_id is not None:
        task = TaskKey(account.provider, account.name, reply.task_id)
        tasks = {task: Task(state=TaskState.RUNNING)}
    if reply is not None and reply.verdict is Verdict.REFUSED:
        refusal = reply.words or "refused without words"
    reach("create.verdict")
    try:
        await office.book.record(
            Attempt(
                id=attempt.id,
                intent=None if state is SendState.NOT_CREATED else attempt.intent,
                sends={key: state},
                tasks=tasks,
                refusal=refusal,
            )
        )
    except LedgerFull:
        raise  # and the task is recorded
    except LedgerUnwritable as error:
        if reply is None or reply.task_id is None:
            raise
        raise LedgerUnwritable(
            f"{error.message}; and task {reply.task_id} was just created for {attempt.slot}",
            f"note that id, mend the disk, then: omnibatch adopt {_typed(attempt.slot)} "
            f"{reply.task_id}",
        ) from error
    reach("create.recorded")
