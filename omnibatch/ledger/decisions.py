"""The user's decisions as deltas: grant one more attempt, abandon, adopt a task. Pure.

Each is idempotent. Marks carry the time and the writer; a mark is always later than the
one it takes back, even where the clock has been set back in between. Each decision ends
the others also where this copy of the ledger has none: another may have an older one.
"""

from datetime import datetime, timedelta

from omnibatch.ledger.model import Attempt, Mark, SendState, Task, TaskKey, TaskState
from omnibatch.ledger.state import doubtful_sends

__all__ = ["abandon", "adopt", "grant", "revoke"]


def grant(attempt: Attempt, *, now: str, by: str, after: str | None = None) -> Attempt:
    """One more attempt may be bought after this one; it is no longer abandoned.

    The grant is later than `after`: an older one may be used up by what began then.
    """
    held = attempt.granted
    if held is not None and held.on and after is not None and held.at <= after:
        held = Mark(held.at, held.by, on=False)
    if after is not None:
        now = max(now, _just_after(after))
    return Attempt(
        id=attempt.id,
        granted=_mark(held, on=True, now=now, by=by),
        abandoned=_end(attempt.abandoned, now=now, by=by),
    )


def abandon(attempt: Attempt, *, now: str, by: str) -> Attempt:
    """No run takes the slot up again, until it is granted another attempt."""
    return Attempt(
        id=attempt.id,
        abandoned=_mark(attempt.abandoned, on=True, now=now, by=by),
        granted=_end(attempt.granted, now=now, by=by),
    )


def revoke(attempt: Attempt, *, now: str, by: str) -> Attempt:
    """The grant of one more attempt is taken back, be it another copy's; nothing else changes."""
    return Attempt(id=attempt.id, granted=_end(attempt.granted, now=now, by=by))


def adopt(
    attempt: Attempt, key: TaskKey, *, now: str, by: str, failed: str | None = None
) -> Attempt:
    """The task `key` came of this attempt: that ends one doubt, and its marks are moot.

    One task answers for one send, once. Where two machines each sent, the other doubt stays.
    `failed` are the provider's words for one that has failed by now.
    """
    is_known = key in attempt.tasks
    task = Task(state=TaskState.RUNNING)
    if failed is not None:
        task = Task(state=TaskState.FAILED, error=failed, finished_at=now)
    return Attempt(
        id=attempt.id,
        tasks={key: task},
        sends={} if is_known else dict.fromkeys(doubtful_sends(attempt)[:1], SendState.CREATED),
        abandoned=_end(attempt.abandoned, now=now, by=by),
        granted=_end(attempt.granted, now=now, by=by),
    )


def _mark(held: Mark | None, *, on: bool, now: str, by: str) -> Mark:
    if held is not None and held.on is on:
        return held
    return Mark(now if held is None else max(now, _just_after(held.at)), by, on)


def _end(held: Mark | None, *, now: str, by: str) -> Mark:
    return Mark(now if held is None else max(now, _just_after(held.at)), by, on=False)


def _just_after(at: str) -> str:
    try:
        later = datetime.fromisoformat(at) + timedelta(seconds=1)
    except ValueError:
        return at + "+"  # unreadable, so only its order counts
    return later.strftime("%Y-%m-%dT%H:%M:%SZ")
