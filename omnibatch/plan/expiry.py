"""Clips that can most likely no longer be had. Pure.

By the provider's word, which is on record with the task, or by age: for so many days after
a task its clip can be fetched.
"""

from datetime import datetime

from omnibatch.ledger import Attempt, TaskKey, TaskState

__all__ = ["expired"]


def expired(attempt: Attempt, key: TaskKey, *, now: str, kept_days: int | None) -> str:
    """Words for a task whose clip is presumed gone at the provider; empty where it is not.

    `now` is UTC in ISO 8601, `kept_days` the provider's word, None where no page says. A
    clip may be there all the same, and asking is free: the words only say what to expect.
    """
    task = attempt.tasks[key]
    if task.error and task.state is not TaskState.FAILED:
        return task.error
    made = task.finished_at or attempt.known_intent.intended_at
    if kept_days is None:
        return ""
    try:
        days = (datetime.fromisoformat(now) - datetime.fromisoformat(made)).days
    except (ValueError, TypeError):
        return ""
    if days <= kept_days:
        return ""
    provider = attempt.known_intent.provider
    return f"expired: rendered {days} days ago, and {provider} keeps clips for {kept_days}"
