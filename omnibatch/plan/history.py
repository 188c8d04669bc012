"""The attempts of a ledger, arranged as a plan asks for them: by slot, by digest."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from omnibatch.endpoints import is_rehearsal
from omnibatch.ledger import Attempt, Ledger, State, state_of
from omnibatch.shots import Slot

__all__ = ["History", "tip_of"]

K = TypeVar("K")


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """`real` attempts count towards the plan; `rehearsed` ones, at a loopback, do not."""

    real: Mapping[Slot, tuple[Attempt, ...]]
    rehearsed: Mapping[Slot, tuple[Attempt, ...]]
    collected: Mapping[str, tuple[Attempt, ...]]

    @classmethod
    def of(cls, ledger: Ledger, *, rehearsing: bool) -> "History":
        """Arrange a ledger in one pass. `rehearsing`: the plan itself is for a loopback."""
        real: dict[Slot, list[Attempt]] = defaultdict(list)
        rehearsed: dict[Slot, list[Attempt]] = defaultdict(list)
        collected: dict[str, list[Attempt]] = defaultdict(list)
        for attempt in sorted(ledger.attempts.values(), key=_by_time):
            intent = attempt.known_intent
            if is_rehearsal(intent.endpoint) and not rehearsing:
                rehearsed[attempt.slot].append(attempt)
                continue
            real[attempt.slot].append(attempt)
            if state_of(attempt) is State.COLLECTED:
                collected[intent.digest].append(attempt)
        return cls(real=_frozen(real), rehearsed=_frozen(rehearsed), collected=_frozen(collected))


def _by_time(attempt: Attempt) -> tuple[str, str]:
    return (attempt.known_intent.intended_at, attempt.id)


def _frozen(lists: Mapping[K, list[Attempt]]) -> Mapping[K, tuple[Attempt, ...]]:
    return {key: tuple(attempts) for key, attempts in lists.items()}


def tip_of(attempts: Iterable[Attempt]) -> Attempt | None:
    """The last attempt of a slot: the one that no other was made after.

    Where two machines each went on from the same attempt there are two; the later one
    speaks, by time and then id, so that every machine picks the same.
    """
    attempts = tuple(attempts)
    continued = {attempt.known_intent.after for attempt in attempts}
    tips = [attempt for attempt in attempts if attempt.id not in continued]
    return max(tips or attempts, key=_by_time, default=None)
