"""The purse: money is reserved before each send, and comes back only if nothing was created.

Running, unconfirmed and failed attempts of the past count as spent, since each of them
may have cost its price.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from omnibatch.endpoints import is_rehearsal
from omnibatch.ledger import Attempt, SendState, TaskKey
from omnibatch.money import Money, parse_money
from omnibatch.plan import total_of

__all__ = ["Cap", "Purse", "spent_on", "unpriced_among"]


def spent_on(attempts: Iterable[Attempt], *, rehearsing: bool = False) -> Money | None:
    """What attempts may have cost so far, by their recorded prices; None where none is known."""
    return total_of(
        parse_money(attempt.known_intent.price)
        for attempt, times in _may_have_cost(attempts)
        if attempt.known_intent.price is not None
        and (rehearsing or not is_rehearsal(attempt.known_intent.endpoint))
        for _ in range(times)
    )


def unpriced_among(attempts: Iterable[Attempt], *, rehearsing: bool = False) -> int:
    """How many clips may have been paid for at a price that is not known."""
    return sum(
        times
        for attempt, times in _may_have_cost(attempts)
        if attempt.known_intent.price is None
        and (rehearsing or not is_rehearsal(attempt.known_intent.endpoint))
    )


def _may_have_cost(attempts: Iterable[Attempt]) -> Iterator[tuple[Attempt, int]]:
    """How many clips each may have paid for: two machines may each have sent one attempt.

    A task that was moved to the shot it belongs to is counted where it was sent.
    """
    adopted = []
    claimed: set[TaskKey] = set()
    for attempt in attempts:
        if attempt.sends:
            sends = sum(state is not SendState.NOT_CREATED for state in attempt.sends.values())
            claimed.update(attempt.tasks)
            yield attempt, max(sends, len(attempt.tasks))
        else:
            adopted.append(attempt)
    for attempt in adopted:
        yield attempt, len(attempt.tasks.keys() - claimed)
        claimed.update(attempt.tasks)


@dataclass(slots=True)
class Cap:
    """One limit: `limit`, under the `name` the user gave it by, and what is used of it."""

    name: str
    limit: Money
    used: Money | None = None

    def fits(self, price: Money) -> bool:
        """Tell whether `price` more stays within the limit."""
        return (price if self.used is None else self.used + price) <= self.limit


class Purse:
    """All caps together; with none, everything fits."""

    def __init__(self, caps: Iterable[Cap]) -> None:
        self._caps = tuple(caps)

    def reserve(self, price: Money | None) -> Cap | None:
        """Set `price` aside under every cap, or return the cap that it does not fit.

        An unknown price is only ever asked for where the user allowed it: it is not
        counted, since any number would be invented.
        """
        if price is None:
            return None
        for cap in self._caps:
            if not cap.fits(price):
                return cap
        self.charge(price)
        return None

    def charge(self, price: Money | None) -> None:
        """Count money that turned out to be spent, whether any cap has room for it or not."""
        if price is None:
            return
        for cap in self._caps:
            cap.used = price if cap.used is None else cap.used + price

    def give_back(self, price: Money | None) -> None:
        """Return what was reserved for a send that certainly created nothing."""
        if price is None:
            return
        for cap in self._caps:
            if cap.used is not None:
                cap.used = cap.used - price
