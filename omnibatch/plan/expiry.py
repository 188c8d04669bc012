"""Clips that a provider no longer keeps: for so many days after a task they can be fetched. Pure."""

from datetime import datetime

from omnibatch.ledger import Attempt, TaskKey

__all__ = ["expired"]


def expired(attempt: Attempt, key: TaskKey, *, now: str, kept_days: int | None) -> str:
    """Words for a task whose clip is past its days at the provider; empty where it is not.

    `now` is UTC in ISO 8601, `kept_days` the provider's word, None where no page says. A
    clip may be there all the same, and asking is free: the words only say what to expect.
    """
    made = attempt.tasks[key].finished_at or attempt.known_intent.intended_at
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
