"""A plan's values: what a run would do with each slot, why, and for how much."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from omnibatch.checks import CheckedShot
from omnibatch.ledger import AttemptId
from omnibatch.money import Money
from omnibatch.shots import Slot

__all__ = ["Action", "Plan", "Step", "total_of"]


class Action(Enum):
    """The plan actions of the design; `run` does the free ones without asking."""

    SUBMIT = "submit"
    RESUME = "resume"
    COLLECT = "collect"
    RECONCILE = "reconcile"
    KEEP = "keep"
    STALE = "stale"
    FAILED = "failed"
    DECIDE = "decide"
    BLOCKED = "blocked"
    ORPHAN = "orphan"
    LOST = "lost"
    REHEARSED = "rehearsed"
    SKIP = "skip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One row. `price` is what a new attempt would cost, None where unknown or nothing.

    `attempt` is the one that the action is about: for a submit, the released attempt to
    send again, or None for a new one, made after `after`. `changed` tells of a locked
    shot that its clip is kept although the manifest says something else by now. A submit
    that `waits_for` slots is planned again once their clips are there: until then neither
    its digest nor whether it is to be bought at all is certain. `fetch` are collected
    attempts whose clips are not here and are fetched again, for free, whatever the action:
    the one that stands for the slot, or those that a submit needs frames of.
    """

    slot: Slot
    action: Action
    reason: str
    price: Money | None = None
    attempt: AttemptId | None = None
    after: AttemptId | None = None
    checked: CheckedShot | None = None
    changed: bool = False
    waits_for: tuple[Slot, ...] = ()
    fetch: tuple[AttemptId, ...] = ()

    @property
    def costs(self) -> bool:
        """Tell whether a run would pay for this step."""
        return self.action is Action.SUBMIT


# What is left to do, or to decide, before a batch is as the manifest says.
_OPEN_WORK = frozenset(
    {
        Action.SUBMIT,
        Action.RESUME,
        Action.COLLECT,
        Action.RECONCILE,
        Action.DECIDE,
        Action.BLOCKED,
        Action.ORPHAN,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All steps, in the order of the film, orphans last.

    `several` are the ids of shots with more than one take, in the film or in the ledger: one
    of those takes has to be named as such.
    """

    steps: tuple[Step, ...]
    several: frozenset[str] = frozenset()

    @property
    def submits(self) -> tuple[Step, ...]:
        """The steps that cost money."""
        return tuple(step for step in self.steps if step.costs)

    @property
    def counts(self) -> Mapping[Action, int]:
        """How many steps of each action there are, in the order of `Action`."""
        counted = Counter(step.action for step in self.steps)
        return {action: counted[action] for action in Action if counted[action]}

    @property
    def cost(self) -> Money | None:
        """The known prices of what would be bought, added up; None where none is known."""
        return total_of(step.price for step in self.submits)

    @property
    def unpriced(self) -> int:
        """How many of the submits have no known price."""
        return sum(step.price is None for step in self.submits)

    @property
    def has_open_work(self) -> bool:
        """Tell whether a run would do anything, or somebody has to decide something."""
        return any(step.action in _OPEN_WORK or step.fetch for step in self.steps)


def total_of(prices: Iterable[Money | None]) -> Money | None:
    """Add up what is known; None where nothing is."""
    known = [price for price in prices if price is not None]
    if not known:
        return None
    total = known[0]
    for price in known[1:]:
        total = total + price
    return total
