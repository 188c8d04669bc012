"""What waits for its turn in a run, planned anew once a pull has told of more."""

from collections.abc import Callable, Mapping

from omnibatch.cli.admitting import Admission, purchase_of
from omnibatch.ledger import Book
from omnibatch.plan import Action, Plan, Step
from omnibatch.run import Known, Purchase
from omnibatch.shots import Slot

__all__ = ["Replanning"]

_OPEN = frozenset({Action.RESUME, Action.COLLECT})


class Replanning:
    """Tells of a slot of an admission whether it is still to be bought.

    `replan` makes the plan anew, as the ledger is then, for some slots alone; it is asked
    once for all of them after each news of the `book`.
    """

    def __init__(
        self, admission: Admission, book: Book, replan: Callable[[frozenset[Slot]], Plan]
    ) -> None:
        bought = (purchase.checked.shot.slot for purchase in admission.purchases)
        self._slots = frozenset(bought) | {step.slot for step in admission.later}
        self._book = book
        self._replan = replan
        self._known = -1
        self._steps: Mapping[Slot, Step] = {}

    def __call__(self, slot: Slot) -> Purchase | Known:
        """The purchase of a slot as it is now, or why there is none."""
        if self._known != len(self._book.brought):
            self._known = len(self._book.brought)
            plan = self._replan(self._slots)
            self._steps = {step.slot: step for step in plan.steps}
        step = self._steps[slot]
        if step.costs and not step.waits_for:
            return purchase_of(step)
        is_open = step.action in _OPEN or step.attempt in step.fetch
        return Known(reason=step.reason, attempt=step.attempt, is_open=is_open)
