"""How much of a ledger is done, under way or in doubt, as far as an account can be asked."""

from collections.abc import Collection, Container, Iterable
from itertools import chain

from omnibatch.ledger import (
    Attempt,
    State,
    askable_doubts,
    awaited_tasks,
    given_up,
    state_of,
)

__all__ = ["collected_among", "has_doubts", "unfinished_among"]


def collected_among(attempts: Iterable[Attempt]) -> int:
    """How many attempts have a clip."""
    return sum(state_of(attempt) is State.COLLECTED for attempt in attempts)


def unfinished_among(attempts: Iterable[Attempt], accounts: Container[str]) -> int:
    """How many tasks are paid for and not collected, be they one of two of an attempt."""
    return sum(
        len(awaited_tasks(attempt))
        for attempt in attempts
        if attempt.known_intent.provider in accounts
    )


def has_doubts(attempts: Collection[Attempt], accounts: Container[str]) -> bool:
    """Tell whether a provider may be asked about a lost reply, or about a clip that was given up."""
    asked = chain(askable_doubts(attempts), given_up(attempts))
    return any(attempt.known_intent.provider in accounts for attempt in asked)
