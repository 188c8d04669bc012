"""What the shots of a ledger are called today: a renamed one keeps what was paid for.

An attempt's intent never changes, so it names the shot as it was when it was bought. The
manifest says what became of a name (`was`); so does the ledger, where a renamed shot was
bought again after its old attempts. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from omnibatch.checks import CheckedBatch
from omnibatch.ledger import Attempt, AttemptId, order_of
from omnibatch.shots import Slot

__all__ = ["Names"]


@dataclass(frozen=True, slots=True)
class Names:
    """Former ids and the shots of the film that had them; with none, each name is its own."""

    _today: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, batch: CheckedBatch | None, attempts: Mapping[AttemptId, Attempt]) -> "Names":
        """Read off the shots' `was`, and off attempts made after those of another id.

        An id that the film has today is nobody's former one. Without a batch nothing is
        known to be renamed. Cost: linear in shots plus attempts.
        """
        if batch is None:
            return cls()
        here = {checked.shot.slot.shot for checked in batch.shots}
        steps = _links(attempts)
        for checked in reversed(batch.shots):  # of two that claim one id the first has it
            if checked.shot.was:
                steps[checked.shot.was] = checked.shot.slot.shot
        found = {former: _end(former, steps, here) for former in steps if former not in here}
        return cls({former: today for former, today in found.items() if today is not None})

    def today(self, slot: Slot) -> Slot:
        """The slot under today's name of its shot. Profile and take stay what they are."""
        name = self._today.get(slot.shot)
        return slot if name is None else replace(slot, shot=name)

    @property
    def former(self) -> Mapping[str, str]:
        """Today's ids by former ones."""
        return self._today


def _links(attempts: Mapping[AttemptId, Attempt]) -> dict[str, str]:
    """From an id to the one that went on after it; where there are two, to the later one."""
    latest: dict[str, tuple[str, int, AttemptId, str]] = {}
    order = order_of(attempts.values())
    for attempt in attempts.values():
        intent = attempt.known_intent
        before = attempts.get(intent.after) if intent.after is not None else None
        if before is not None and before.slot.shot != intent.slot.shot:
            link = (*order(attempt), intent.slot.shot)
            latest[before.slot.shot] = max(link, latest.get(before.slot.shot, link))
    return {former: link[-1] for former, link in latest.items()}


def _end(former: str, steps: Mapping[str, str], here: set[str]) -> str | None:
    """Where the steps from `former` end in the film, or None where they do not."""
    seen: set[str] = set()
    name = former
    while name not in here:
        if name in seen or name not in steps:
            return None
        seen.add(name)
        name = steps[name]
    return name
