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
    """Attempts by slot in order of time, and the first clip of each request and take.

    `rehearsed` ones were made at a loopback endpoint and cost nothing; they count only
    towards a plan for such an endpoint. Clips are kept twice, with and without them.
    """

    real: Mapping[Slot, tuple[Attempt, ...]]
    rehearsed: Mapping[Slot, tuple[Attempt, ...]]
    _first_clips: Mapping[tuple[str, int, bool], Attempt]

    @classmethod
    def of(cls, ledger: Ledger) -> "History":
        """Arrange a ledger in one pass, after one sort."""
        real: dict[Slot, list[Attempt]] = defaultdict(list)
        rehearsed: dict[Slot, list[Attempt]] = defaultdict(list)
        first: dict[tuple[str, int, bool], Attempt] = {}
        for attempt in sorted(ledger.attempts.values(), key=_by_time):
            intent = attempt.known_intent
            is_real = not is_rehearsal(intent.endpoint)
            (real if is_real else rehearsed)[intent.slot].append(attempt)
            if state_of(attempt) is State.COLLECTED:
                first.setdefault((intent.digest, intent.slot.take, True), attempt)
                if is_real:
                    first.setdefault((intent.digest, intent.slot.take, False), attempt)
        return cls(real=_frozen(real), rehearsed=_frozen(rehearsed), _first_clips=first)

    def attempts(self, slot: Slot, endpoint: str | None) -> tuple[Attempt, ...]:
        """The attempts of `slot` that count towards a plan for `endpoint`."""
        real = self.real.get(slot, ())
        if not _rehearses(endpoint):
            return real
        return tuple(sorted((*real, *self.rehearsed.get(slot, ())), key=_by_time))

    def first_clip(self, digest: str, take: int, endpoint: str | None) -> Attempt | None:
        """The first collected attempt of a request, of whatever slot, by the same rule.

        Of that take alone: takes are meant to be several clips of one request.
        """
        return self._first_clips.get((digest, take, _rehearses(endpoint)))


def _rehearses(endpoint: str | None) -> bool:
    return endpoint is not None and is_rehearsal(endpoint)


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
