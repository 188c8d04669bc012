"""In which order the attempts of a ledger are told and written."""

from collections.abc import Callable, Iterable, Mapping

from omnibatch.ledger.model import Attempt, AttemptId

__all__ = ["order_of"]

Order = tuple[str, int, AttemptId]


def order_of(attempts: Iterable[Attempt]) -> Callable[[Attempt], Order]:
    """A key that sorts by time, and within one second each after the one it followed.

    It is for the attempts given: of one that followed none of them nothing is known but its
    time. Equals are sorted by id, so that every machine sorts alike.
    """
    followed = {
        attempt.id: attempt.known_intent.after
        for attempt in attempts
        if attempt.known_intent.after is not None
    }
    turns = _turns(followed)
    return lambda attempt: (attempt.known_intent.intended_at, turns.get(attempt.id, 0), attempt.id)


def _turns(followed: Mapping[AttemptId, AttemptId]) -> Mapping[AttemptId, int]:
    """How many came before each in its chain. Cost: one step for each that followed one."""
    turns: dict[AttemptId, int] = {}
    for start in sorted(followed):  # in one order, lest a ring that somebody wrote has several
        chain: dict[AttemptId, None] = {}
        at = start
        while at in followed and at not in turns and at not in chain:
            chain[at] = None
            at = followed[at]
        before = turns.get(at, 0)
        for attempt in reversed(chain):
            before += 1
            turns[attempt] = before
    return turns
