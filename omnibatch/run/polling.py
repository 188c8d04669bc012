"""Asking how tasks stand, by few workers from one queue, until each is at its end.

Pauses grow from task to task's own start, with jitter; a failed or unreadable answer is
never the task's failure. A task that takes too long is stalled: it stays running in the
ledger, for a later run to go on with.
"""

from dataclasses import replace

import anyio

from omnibatch.ledger import Attempt, State, Task, TaskKey, TaskState, is_granted, state_of
from omnibatch.providers import StatusReply, provider_named
from omnibatch.run.events import Kind
from omnibatch.run.office import Office
from omnibatch.run.work import Poll
from omnibatch.wire import Lost, NotSent

__all__ = ["begin_polling", "poll_worker", "presume_gone", "unknown_words"]

_GROWTH = 1.4
# A task that the provider does not know is most likely not yet visible: it is asked about
# so many times at least, and a new one for as long as the provider's row says.
_MISSING_TIMES = 6


def begin_polling(office: Office, poll: Poll) -> None:
    """Queue a task's next query after its pause."""
    office.polls.add(poll, due=anyio.current_time() + office.spread(poll.pause))


async def poll_worker(office: Office) -> None:
    """Ask about tasks as they are due, until none can come any more."""
    while (poll := await office.polls.take()) is not None:
        try:
            await _ask(office, poll)
        finally:
            office.polls.done()


async def _ask(office: Office, poll: Poll) -> None:
    attempt = office.book.attempts[poll.attempt]
    account = office.account_for(attempt)
    if account is None:
        _give_up(office, poll, attempt, "its endpoint is not asked in this run")
        return
    provider = provider_named(account.provider)
    response = await office.wire.ask(account, provider.query_request(poll.task.task_id))
    if isinstance(response, NotSent | Lost):
        reply = StatusReply(phase="busy", state=response.reason)
    else:
        reply = provider.read_status(response)
    if reply.phase == "succeeded" and reply.urls:
        await _succeeded(office, poll, attempt, reply)
    elif reply.phase == "failed":
        await _failed(office, poll, attempt, reply)
    elif reply.phase == "account":
        _key_refused(office, poll, attempt, reply)
    else:
        await _again(office, poll, attempt, reply, lag_s=provider.lookup.lag_s)


async def _succeeded(office: Office, poll: Poll, attempt: Attempt, reply: StatusReply) -> None:
    if attempt.tasks[poll.task].state is TaskState.RUNNING:
        done = Task(state=TaskState.SUCCEEDED, finished_at=office.now())
        await office.book.record(Attempt(id=attempt.id, tasks={poll.task: done}))
        office.tell(Kind.SUCCEEDED, attempt.slot, task_id=poll.task.task_id)
    _free(office, poll)
    office.add_fetch(poll.fetch(reply.urls))


async def _failed(office: Office, poll: Poll, attempt: Attempt, reply: StatusReply) -> None:
    error = reply.error or "failed without words"
    if attempt.tasks[poll.task].state is not TaskState.RUNNING:
        # A terminal state is sticky: what once succeeded is not unmade by a later answer.
        await presume_gone(office, attempt, poll.task, error)
        cure = _cure(office, attempt)
        _give_up(office, poll, attempt, f"its clip can no longer be had: {error}{cure}")
        return
    failed = Task(state=TaskState.FAILED, error=error, finished_at=office.now())
    await office.book.record(Attempt(id=attempt.id, tasks={poll.task: failed}))
    office.tell(Kind.FAILED, attempt.slot, error, poll.task.task_id)
    _free(office, poll)


async def presume_gone(office: Office, attempt: Attempt, key: TaskKey, words: str) -> None:
    """Put the provider's word on record that a clip cannot be had, so that another may be granted.

    The first word stays. It is asked about all the same, and what comes after all wipes it.
    Elsewhere, or with another key than the task's own, it proves nothing.
    """
    task = office.book.attempts[attempt.id].tasks[key]
    account = office.account_for(attempt)
    is_its_own = account is not None and account.name == key.account
    if not is_its_own or office.elsewhere(attempt):
        return
    if not task.error and task.state is not TaskState.FAILED:
        await office.book.record(Attempt(id=attempt.id, tasks={key: replace(task, error=words)}))


async def _again(
    office: Office, poll: Poll, attempt: Attempt, reply: StatusReply, *, lag_s: float
) -> None:
    """Ask later: still running, or an answer that says nothing certain."""
    missing = poll.missing + 1 if reply.phase == "missing" else 0
    may_be_late = poll.is_new and office.awake.now() - poll.since < lag_s
    has_patience = missing <= _MISSING_TIMES or may_be_late
    if missing and (not has_patience or _is_not_awaited(office, poll)):
        if not has_patience or office.expired(attempt, poll.task):
            await presume_gone(office, attempt, poll.task, unknown_words(poll.task))
        _give_up(office, poll, attempt, _unknown_to(office, poll, attempt))
        return
    if office.awake.now() - poll.since > office.settings.stalled_after:
        _give_up(office, poll, attempt, f"still {reply.state or 'running'} after a long time")
        return
    odd = reply.phase in ("unclear", "busy") or (missing > 1 and not may_be_late)
    if odd and not poll.warned:
        told = f"task {poll.task.task_id}: {reply.state or reply.phase}; asked again"
        office.tell(Kind.WARNING, attempt.slot, told)
    pause = min(office.settings.poll_longest, poll.pause * _GROWTH)
    if reply.retry_after_s is not None:
        pause = min(max(pause, reply.retry_after_s), 2 * office.settings.poll_longest)
    begin_polling(office, replace(poll, pause=pause, missing=missing, warned=poll.warned or odd))


def _is_not_awaited(office: Office, poll: Poll) -> bool:
    """Whether one "not known" is enough: it will hardly turn up, or nobody waits for it."""
    attempt = office.book.attempts[poll.attempt]
    has_other_clip = (
        state_of(attempt) is State.COLLECTED
        and attempt.tasks[poll.task].state is not TaskState.COLLECTED
    )
    return bool(
        has_other_clip
        or is_granted(attempt)
        or office.elsewhere(attempt)
        or _is_presumed_gone(office, attempt, poll.task)
    )


def _is_presumed_gone(office: Office, attempt: Attempt, key: TaskKey) -> bool:
    """Whether a clip is presumed gone. A task on whose end there was no word yet may turn up late."""
    task = attempt.tasks[key]
    is_doubted = task.state is TaskState.RUNNING and bool(task.error)
    return bool(office.expired(attempt, key)) and not is_doubted


def _key_refused(office: Office, poll: Poll, attempt: Attempt, reply: StatusReply) -> None:
    words = reply.error or reply.state or "the key is refused"
    elsewhere = office.elsewhere(attempt)
    if elsewhere:
        # Refused for this task alone, for all we know: today's key may be good for today's.
        _give_up(office, poll, attempt, f"the provider does not answer: {words}; {elsewhere}")
        return
    _give_up(office, poll, attempt, f"the provider does not answer this key: {words}")
    governor = office.governors.get(poll.task.provider)
    if governor is not None:
        governor.key_refused(words)


def _unknown_to(office: Office, poll: Poll, attempt: Attempt) -> str:
    unknown = unknown_words(poll.task)
    elsewhere = office.elsewhere(attempt)
    if elsewhere:
        return (
            f"{unknown}; but it was {elsewhere}, so that proves nothing: "
            "set endpoint and key back, or adopt, or abandon it"
        )
    gone = office.expired(attempt, poll.task)
    is_running = attempt.tasks[poll.task].state is TaskState.RUNNING
    if is_running and state_of(attempt) is State.COLLECTED:
        return f"{unknown}; its shot has a clip: `omnibatch abandon` ends the asking"
    if not is_running or (gone and not attempt.tasks[poll.task].error):
        return f"its clip can no longer be had: {gone or unknown}{_cure(office, attempt)}"
    return f"{unknown}; if its id is wrong, adopt the right one{_cure(office, attempt)}"


def unknown_words(key: TaskKey) -> str:
    """What to say of a task that its provider does not know."""
    return f"{key.provider} does not know the task"


def _cure(office: Office, attempt: Attempt) -> str:
    is_decided = is_granted(office.book.attempts[attempt.id])
    return "" if is_decided else "; `omnibatch retry` buys another"


def _give_up(office: Office, poll: Poll, attempt: Attempt, why: str) -> None:
    """Leave a task for a later run; what it holds at the provider stays held."""
    office.tell(Kind.STALLED, attempt.slot, why, poll.task.task_id)
    governor = office.governors.get(poll.task.provider)
    if poll.holds_slot and governor is not None:
        governor.stick()


def _free(office: Office, poll: Poll) -> None:
    governor = office.governors.get(poll.task.provider)
    if poll.holds_slot and governor is not None:
        governor.free()
