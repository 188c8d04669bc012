"""The attempts of a ledger, arranged as a plan asks for them: by slot, by digest."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from typing import TypeVar

from omnibatch.endpoints import is_rehearsal
from omnibatch.ledger import (
    Attempt,
    Ledger,
    State,
    is_granted,
    only_carries,
    order_of,
    state_of,
)
from omnibatch.plan.names import Names
from omnibatch.plan.paid import is_waited_for
from omnibatch.shots import Slot

__all__ = ["History", "in_question", "tip_of"]

K = TypeVar("K")
_Request = tuple[str, int, bool]
"""A digest, a take, and whether rehearsals count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Attempts by slot in order of time, and the first clip of each request and take.

    Slots are under today's names. `rehearsed` attempts were made at a loopback endpoint
    and cost nothing; they count only towards a plan for such an endpoint. Clips are kept
    twice, with and without them. `ids` are those that shots had when they were bought.
    """

    real: Mapping[Slot, tuple[Attempt, ...]]
    rehearsed: Mapping[Slot, tuple[Attempt, ...]]
    names: Names
    ids: Set[str]
    _first_clips: Mapping[_Request, Attempt]
    _waited_for: Mapping[_Request, Attempt]

    @classmethod
    def of(cls, ledger: Ledger, names: Names, here: Set[Slot] = frozenset()) -> "History":
        """Arrange a ledger in one pass, after one sort. `here` are the slots of the film."""
        real: dict[Slot, list[Attempt]] = defaultdict(list)
        rehearsed: dict[Slot, list[Attempt]] = defaultdict(list)
        first: dict[_Request, Attempt] = {}
        waited: dict[_Request, Attempt] = {}
        attempts = ledger.attempts.values()
        for attempt in sorted(attempts, key=order_of(attempts)):
            intent = attempt.known_intent
            slot = names.today(intent.slot)
            is_real = not is_rehearsal(intent.endpoint)
            (real if is_real else rehearsed)[slot].append(attempt)
            for with_rehearsals in (True, False) if is_real else (True,):
                request = (intent.digest, intent.slot.take, with_rehearsals)
                if state_of(attempt) is State.COLLECTED:
                    first.setdefault(request, attempt)
                elif slot not in here and is_waited_for(attempt):
                    waited.setdefault(request, attempt)
        return cls(
            real=_frozen(real),
            rehearsed=_frozen(rehearsed),
            names=names,
            ids={attempt.slot.shot for attempt in ledger.attempts.values()},
            _first_clips=first,
            _waited_for=waited,
        )

    def attempts(self, slot: Slot, endpoint: str | None) -> tuple[Attempt, ...]:
        """The attempts of `slot` that count towards a plan for `endpoint`."""
        real = self.real.get(slot, ())
        if not _rehearses(endpoint):
            return real
        both = (*real, *self.rehearsed.get(slot, ()))
        return tuple(sorted(both, key=order_of(both)))

    def first_clip(self, digest: str, take: int, endpoint: str | None) -> Attempt | None:
        """The first collected attempt of a request, of whatever slot, by the same rule.

        Of that take alone: takes are meant to be several clips of one request.
        """
        return self._first_clips.get((digest, take, _rehearses(endpoint)))

    def waited_for(self, digest: str, take: int, endpoint: str | None) -> Attempt | None:
        """An attempt of a request that may still become a clip, of a slot not in the film."""
        return self._waited_for.get((digest, take, _rehearses(endpoint)))

    def several(self, here: Set[Slot] = frozenset()) -> frozenset[str]:
        """The ids of shots with more than one take, bought or `here` in the film."""
        takes: dict[str, set[int]] = defaultdict(set)
        for slot in (*here, *self.real, *self.rehearsed):
            takes[slot.shot].add(slot.take)
        return frozenset(shot for shot, numbers in takes.items() if len(numbers) > 1)


def _rehearses(endpoint: str | None) -> bool:
    return endpoint is not None and is_rehearsal(endpoint)


def _frozen(lists: Mapping[K, list[Attempt]]) -> Mapping[K, tuple[Attempt, ...]]:
    return {key: tuple(attempts) for key, attempts in lists.items()}


def tip_of(attempts: Iterable[Attempt]) -> Attempt | None:
    """The last attempt of a slot: the one that no other was made after.

    Where two machines each went on from the same attempt there are two. One that was
    granted another attempt speaks, so that the grant is used; else the later one, by time
    and then id, so that every machine picks the same. What only carried a decision that is
    moot speaks last.
    """
    attempts = tuple(attempts)
    continued = {attempt.known_intent.after for attempt in attempts}
    tips = [attempt for attempt in attempts if attempt.id not in continued]
    order = order_of(attempts)
    return max(
        tips or attempts,
        key=lambda tip: (is_granted(tip), not _is_moot(tip), order(tip)),
        default=None,
    )


def _is_moot(attempt: Attempt) -> bool:
    """Tell whether an attempt carried a decision about a lost run, and what that bought was found."""
    return only_carries(attempt) and state_of(attempt) is State.RELEASED


def in_question(attempts: Iterable[Attempt]) -> Attempt | None:
    """The attempt of a slot that a decision is about: the doubt, else the task that is waited for.

    It need not be the last one: where two machines met, the other's clip may be later. The
    order is that of a plan, which names the same one.
    """
    attempts = tuple(attempts)
    attempts = sorted(attempts, key=order_of(attempts))
    waiting = [attempt for attempt in attempts if is_waited_for(attempt)]
    doubts = [attempt for attempt in waiting if state_of(attempt) is State.UNCONFIRMED]
    return next(iter([*doubts, *waiting]), tip_of(attempts))
