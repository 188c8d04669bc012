"""How much of a ledger is done, under way or in doubt, as far as an account can be asked."""

from collections.abc import Collection, Container, Iterable
from itertools import chain

from omnibatch.ledger import (
    Attempt,
    State,
    TaskState,
    askable_doubts,
    given_up,
    is_written_off,
    state_of,
)

__all__ = ["collected_among", "has_doubts", "unfinished_among"]

_PAID = (TaskState.RUNNING, TaskState.SUCCEEDED)


def collected_among(attempts: Iterable[Attempt]) -> int:
    """How many attempts have a clip."""
    return sum(state_of(attempt) is State.COLLECTED for attempt in attempts)


def unfinished_among(attempts: Iterable[Attempt], accounts: Container[str]) -> int:
    """How many tasks are paid for and not collected, be they one of two of an attempt."""
    return sum(
        task.state in _PAID and not is_written_off(attempt, task)
        for attempt in attempts
        if attempt.known_intent.provider in accounts and state_of(attempt) is not State.ABANDONED
        for task in attempt.tasks.values()
    )


def has_doubts(attempts: Collection[Attempt], accounts: Container[str]) -> bool:
    """Tell whether a provider may be asked about a lost reply, or about a clip that was given up."""
    asked = chain(askable_doubts(attempts), given_up(attempts))
    return any(attempt.known_intent.provider in accounts for attempt in asked)
