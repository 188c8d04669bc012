"""What an attempt's facts amount to, in the words of the design; derived, never stored."""

from collections.abc import Collection, Iterator
from enum import Enum

from omnibatch.ledger.model import (
    Attempt,
    Mark,
    Opening,
    SendKey,
    SendState,
    Task,
    TaskKey,
    TaskState,
)

__all__ = [
    "State",
    "askable_doubts",
    "awaited_tasks",
    "best_task",
    "doubtful_sends",
    "given_up",
    "granted_since",
    "has_doubt_beside",
    "is_granted",
    "is_of_lost_run",
    "is_picked",
    "lost_send",
    "may_have_cost",
    "next_send_number",
    "only_carries",
    "state_of",
]


# No process has such a name: they have no dash.
_LOST = "lost-"
_LONGEST_WRITER = 40


class State(Enum):
    """The state words. `released`: nothing was created, so it may be sent again."""

    RELEASED = "released"
    UNCONFIRMED = "unconfirmed"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    COLLECTED = "collected"
    FAILED = "failed"
    REFUSED = "refused"
    ABANDONED = "abandoned"


_BY_TASK = {
    TaskState.RUNNING: State.RUNNING,
    TaskState.SUCCEEDED: State.SUCCEEDED,
    TaskState.COLLECTED: State.COLLECTED,
    TaskState.FAILED: State.FAILED,
}
# Of several tasks of one attempt the most useful one speaks for it: a clip in hand, then
# one to fetch, then one that may still become a clip. Between equals, the first by id.
_USE = (TaskState.FAILED, TaskState.RUNNING, TaskState.SUCCEEDED, TaskState.COLLECTED)


def best_task(attempt: Attempt) -> tuple[TaskKey, Task] | None:
    """The task that speaks for the attempt, or None where it has none."""
    if not attempt.tasks:
        return None
    return max(sorted(attempt.tasks.items()), key=lambda item: _USE.index(item[1].state))


def doubtful_sends(attempt: Attempt) -> tuple[SendKey, ...]:
    """The sends of which nobody knows whether they created a task, in order."""
    return tuple(
        key
        for key, state in sorted(attempt.sends.items())
        if state in (SendState.OPEN, SendState.IN_DOUBT)
    )


def awaited_tasks(attempt: Attempt) -> tuple[TaskKey, ...]:
    """The tasks that are paid for and not collected, by id.

    An abandoned attempt waits for none that may render for ever, be it beside a clip; one
    that is rendered is fetched all the same.
    """
    awaited = {TaskState.SUCCEEDED}
    if not _is_on(attempt.abandoned):
        awaited.add(TaskState.RUNNING)
    return tuple(
        key
        for key, task in sorted(attempt.tasks.items())
        if task.state in awaited and not _is_written_off(attempt, task)
    )


def state_of(attempt: Attempt) -> State:
    """Derive the state word. What was paid for speaks first: tasks, then doubts."""
    best = best_task(attempt)
    if best is not None and best[1].state is not TaskState.FAILED:
        # A task that never ends, or that the provider denies, can be let go of; one that
        # has made a clip cannot.
        if best[1].state is TaskState.RUNNING and _is_on(attempt.abandoned):
            return State.ABANDONED
        return _BY_TASK[best[1].state]
    if _is_on(attempt.abandoned):
        return State.ABANDONED
    # A failed task does not answer for another send of the same attempt, by another
    # machine: that one may be a clip.
    if doubtful_sends(attempt):
        return State.UNCONFIRMED
    if best is not None:
        return State.FAILED
    if SendState.CREATED in attempt.sends.values():
        return State.UNCONFIRMED
    if attempt.refusal is not None:
        return State.REFUSED
    return State.RELEASED


def is_granted(attempt: Attempt) -> bool:
    """Tell whether the user granted one more attempt after this one."""
    return _is_on(attempt.granted)


def granted_since(attempt: Attempt, moment: str) -> bool:
    """Tell whether that was granted after `moment` (UTC, ISO 8601)."""
    return attempt.granted is not None and attempt.granted.on and attempt.granted.at > moment


def only_carries(attempt: Attempt) -> bool:
    """Tell whether nothing was sent by an attempt: it carries a decision about a lost run alone.

    It has a doubtful send where that run may have bought its slot. Nobody can be asked about
    it, since the task of such a send carries another id.
    """
    return not attempt.tasks and all(is_of_lost_run(key) for key in attempt.sends)


def is_of_lost_run(key: SendKey) -> bool:
    """Tell whether a send stands for what a run may have sent whose journal is lost."""
    return key.writer.startswith(_LOST)


def lost_send(opening: Opening) -> SendKey:
    """The name of the send that stands for what the runs of `opening` may have sent for a slot."""
    return SendKey(1, f"{_LOST}{'-'.join(sorted(opening.writers))}"[:_LONGEST_WRITER])


def is_picked(attempt: Attempt) -> bool:
    """Tell whether the user picked this attempt's clip."""
    return _is_on(attempt.picked)


def may_have_cost(attempt: Attempt) -> bool:
    """Tell whether money may have gone: any task, or any send not certainly without one.

    Failed tasks count, since no provider's document says that they are free; so do
    abandoned doubts.
    """
    return bool(attempt.tasks) or any(
        state is not SendState.NOT_CREATED for state in attempt.sends.values()
    )


def next_send_number(attempt: Attempt) -> int:
    """The number of the attempt's next POST, from 1."""
    return 1 + max((key.number for key in attempt.sends), default=0)


def _is_on(mark: Mark | None) -> bool:
    return mark is not None and mark.on


def has_doubt_beside(attempt: Attempt) -> bool:
    """Tell whether a reply was lost beside a task that speaks for the attempt, and nobody let go of it."""
    best = best_task(attempt)
    has_task = best is not None and best[1].state is not TaskState.FAILED
    is_let_go = _is_on(attempt.abandoned) or is_granted(attempt)
    return has_task and bool(doubtful_sends(attempt)) and not is_let_go


def askable_doubts(attempts: Collection[Attempt]) -> Iterator[Attempt]:
    """The attempts whose reply was lost, and which a run asks about.

    One that was granted another attempt is asked about until that is bought: what is found
    by then need not be bought again.
    """
    used = {attempt.known_intent.after for attempt in attempts}
    for attempt in attempts:
        is_over = is_granted(attempt) and attempt.id in used
        is_doubt = state_of(attempt) is State.UNCONFIRMED or has_doubt_beside(attempt)
        if is_doubt and not is_over and not only_carries(attempt):
            yield attempt


def given_up(attempts: Collection[Attempt]) -> Iterator[Attempt]:
    """The attempts with a task to wait for, for which another is granted and not yet bought."""
    used = {attempt.known_intent.after for attempt in attempts}
    for attempt in attempts:
        is_waiting = state_of(attempt) in (State.RUNNING, State.SUCCEEDED)
        if is_waiting and is_granted(attempt) and attempt.id not in used:
            yield attempt


def _is_written_off(attempt: Attempt, task: Task) -> bool:
    """Tell whether a task's clip can no longer be had by its provider's word, and another is granted.

    It is asked about once more before that is bought, and not by every run from then on.
    """
    return is_granted(attempt) and task.state is not TaskState.FAILED and bool(task.error)
