"""A run that is not accounted for: what it may have bought is nobody's to buy unasked. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from omnibatch.ledger import Attempt, granted_since
from omnibatch.plan.steps import Action, Step

__all__ = ["withheld"]


def withheld(step: Step, attempts: Iterable[Attempt], lost_run: str | None) -> Step:
    """A purchase as a decision, where a run that began at `lost_run` may have made it.

    Not where the user has granted an attempt of the slot since: that answers for it.
    """
    if lost_run is None or not step.costs or any(granted_since(a, lost_run) for a in attempts):
        return step
    reason = (
        f"the run that began at {lost_run} may have bought it, and its journal is not here: "
        "adopt, retry or abandon it"
    )
    return replace(step, action=Action.DECIDE, reason=reason, price=None, waits_for=())
