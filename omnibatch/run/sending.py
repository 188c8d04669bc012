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
from omnibatch.errors import LedgerFull, LedgerUnwritable, LockfileUnwritable
from omnibatch.failpoints import reach
from omnibatch.ledger import (
    Attempt,
    AttemptId,
    SendKey,
    SendState,
    Task,
    TaskKey,
    TaskState,
    keep_reply,
    next_send_number,
)
from omnibatch.media import MediaFault
from omnibatch.providers import CreateReply, Request, Verdict, legible, provider_named
from omnibatch.run.office import Office
from omnibatch.shots import Slot
from omnibatch.wire import Lost, NotSent

__all__ = ["Sent", "TaskUnrecorded", "send"]

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


class TaskUnrecorded(LedgerUnwritable):
    """A task was made for `slot`, and its id may stand in no file."""

    def __init__(self, error: LedgerUnwritable, slot: Slot, task_id: str) -> None:
        super().__init__(
            f"{error.message}; and task {task_id} was just created for {slot}",
            "note that id, mend the disk, and adopt it",
        )
        self.slot = slot
        self.task_id = task_id


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
    except (LedgerFull, LockfileUnwritable):
        raise  # and the task is recorded
    except LedgerUnwritable as error:
        if reply is None or reply.task_id is None:
            raise
        raise TaskUnrecorded(error, attempt.slot, reply.task_id) from error
    reach("create.recorded")
