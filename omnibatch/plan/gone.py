"""What a ledger wants by itself: slots that the film does not have, or a film that is broken."""

from collections.abc import Set
from dataclasses import replace

from omnibatch.checks import CheckedBatch
from omnibatch.ledger import State, state_of
from omnibatch.plan.asked import Asked
from omnibatch.plan.history import History
from omnibatch.plan.paid import paid_for
from omnibatch.plan.steps import Action, Step
from omnibatch.shots import Slot

__all__ = ["all_paid_for", "gone"]

_FREE = frozenset({Action.RESUME, Action.COLLECT, Action.RECONCILE})


def all_paid_for(history: History, asked: Asked) -> list[Step]:
    """A step for each slot of the ledger with something paid for or in doubt."""
    return [step for slot in _known(history) for step in _wants(history, slot, asked)]


def gone(history: History, asked: Asked, batch: CheckedBatch, here: Set[Slot]) -> list[Step]:
    """Steps for slots that are not `here`, as long as they want something.

    Those of another profile of the film are as they are; the rest are orphans.
    """
    ids = {slot.shot for slot in here}
    others = set(batch.batch.profiles) - {batch.batch.profile}
    steps = []
    for slot in _known(history):
        if slot in here:
            continue
        for step in _wants(history, slot, asked):
            if slot.shot in ids and slot.profile in others:
                steps.append(replace(step, reason=f"of profile {slot.profile}: {step.reason}"))
                continue
            action = Action.ORPHAN if step.action in _FREE else step.action
            reason = f"no longer in the manifest: {step.reason}"
            steps.append(replace(step, action=action, reason=reason))
    return steps


def _known(history: History) -> list[Slot]:
    return sorted({*history.real, *history.rehearsed})


def _wants(history: History, slot: Slot, asked: Asked) -> list[Step]:
    """What a slot's attempts want by themselves. Rehearsed ones only where they can be asked."""
    real = history.real.get(slot, ())
    rehearsed = history.rehearsed.get(slot, ())
    reachable = tuple(attempt for attempt in rehearsed if asked.reaches(attempt))
    paid = paid_for((*real, *reachable), asked)
    if paid is not None:
        action, reason, attempt = paid
        return [Step(slot=slot, action=action, reason=reason, attempt=attempt.id)]
    if any(state_of(attempt) is State.RUNNING for attempt in rehearsed):
        reason = "a rehearsal's task, at an endpoint that is not asked now"
        return [Step(slot=slot, action=Action.REHEARSED, reason=reason)]
    return []
