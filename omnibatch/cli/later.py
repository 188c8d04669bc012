"""What waits for clips of the same run: planned again after each, within what was agreed to."""

from collections.abc import Callable, Sequence

from omnibatch.cli.admitting import purchase_of
from omnibatch.plan import Plan, Step
from omnibatch.run import Later, Purchase
from omnibatch.shots import Slot

__all__ = ["later_of"]


def later_of(steps: Sequence[Step], replan: Callable[[frozenset[Slot]], Plan]) -> Later | None:
    """The waiting `steps` as the run room is given them; None where there are none.

    `replan` makes the plan anew, as the ledger is then, for some slots alone.
    """
    waiting = {step.slot for step in steps}
    providers = frozenset(step.checked.provider for step in steps if step.checked is not None)
    if not waiting:
        return None

    def released() -> list[Purchase]:
        if not waiting:
            return []
        submits = replan(frozenset(waiting)).submits
        ready = [step for step in submits if not step.waits_for and step.slot in waiting]
        waiting.difference_update(step.slot for step in ready)
        return [purchase_of(step) for step in ready]

    return Later(providers=providers, released=released)
