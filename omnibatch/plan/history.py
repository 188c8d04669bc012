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
    """Attempts by slot, and collected ones by digest, each in order of time.

    `rehearsed` ones were made at a loopback endpoint and cost nothing; they count only
    towards a plan for such an endpoint.
    """

    real: Mapping[Slot, tuple[Attempt, ...]]
    rehearsed: Mapping[Slot, tuple[Attempt, ...]]
    _collected: Mapping[str, tuple[Attempt, ...]]

    @classmethod
    def of(cls, ledger: Ledger) -> "History":
        """Arrange a ledger in one pass, after one sort."""
        real: dict[Slot, list[Attempt]] = defaultdict(list)
        rehearsed: dict[Slot, list[Attempt]] = defaultdict(list)
        collected: dict[str, list[Attempt]] = defaultdict(list)
        for attempt in sorted(ledger.attempts.values(), key=_by_time):
            (rehearsed if _is_rehearsed(attempt) else real)[attempt.slot].append(attempt)
            if state_of(attempt) is State.COLLECTED:
                collected[attempt.known_intent.digest].append(attempt)
        return cls(real=_frozen(real), rehearsed=_frozen(rehearsed), _collected=_frozen(collected))

    def attempts(self, slot: Slot, endpoint: str | None) -> tuple[Attempt, ...]:
        """The attempts of `slot` that count towards a plan for `endpoint`."""
        real = self.real.get(slot, ())
        if endpoint is None or not is_rehearsal(endpoint):
            return real
        return tuple(sorted((*real, *self.rehearsed.get(slot, ())), key=_by_time))

    def collected(self, digest: str, endpoint: str | None) -> tuple[Attempt, ...]:
        """The collected attempts of one request, by the same rule."""
        found = self._collected.get(digest, ())
        if endpoint is not None and is_rehearsal(endpoint):
            return found
        return tuple(attempt for attempt in found if not _is_rehearsed(attempt))


def _is_rehearsed(attempt: Attempt) -> bool:
    return is_rehearsal(attempt.known_intent.endpoint)


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
