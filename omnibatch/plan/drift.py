"""How a slot has drifted from what was paid for, in one word each. Pure.

A plan says what a run would do; this says what has come apart since the last one, whether
or not any run can mend it.
"""

from enum import Enum

from omnibatch.endpoints import is_rehearsal
from omnibatch.ledger import Attempt, State, state_of
from omnibatch.plan.asked import Asked
from omnibatch.plan.paid import is_waited_for
from omnibatch.plan.steps import Action, Step

__all__ = ["ClipFile", "Drift", "drifts_of"]


class ClipFile(Enum):
    """What stands on the disk where a collected clip should."""

    SAME = "same"
    EDITED = "edited"
    MISSING = "missing"


class Drift(Enum):
    """The words of drift, the most urgent first. A slot may have several."""

    LOST = "lost"
    """It may have been paid for, and nobody knows, or its provider cannot be asked from here."""
    EXPIRED = "expired"
    """Its clip is not here, and the provider has let go of it, or most likely so."""
    MISSING = "missing"
    """Its clip is not here, and the provider has it."""
    EDITED = "edited"
    """Its clip's file does not hold the bytes that were collected."""
    STALE = "stale"
    """Its clip was made of another request than the manifest's."""
    ORPHAN = "orphan"
    """The manifest does not have the slot any more."""


def drifts_of(
    attempt: Attempt,
    step: Step | None,
    asked: Asked,
    *,
    clip: ClipFile | None,
    is_orphan: bool,
) -> tuple[Drift, ...]:
    """The drift of a slot that `attempt` speaks for, in the order of `Drift`.

    `step` is what a plan says of the slot, None where it says nothing; `clip` is what was
    found on the disk, None for an attempt without a clip. Whoever takes a shot out of the
    manifest may take its clip away: of an orphan neither its clip nor its request is told.
    What was made on this machine cost nothing, and cannot be lost.
    """
    found = {Drift.ORPHAN} if is_orphan else set()
    state = state_of(attempt)
    is_local = is_rehearsal(attempt.known_intent.endpoint)
    is_asked = asked.reaches(attempt)
    if is_waited_for(attempt):
        if state is State.UNCONFIRMED or not (is_asked or is_local):
            found.add(Drift.LOST)
        elif asked.gone(attempt):
            found.add(Drift.EXPIRED)
    if is_orphan:
        return tuple(drift for drift in Drift if drift in found)
    if clip is ClipFile.MISSING:
        if asked.gone(attempt):
            found.add(Drift.EXPIRED)
        elif is_asked:
            found.add(Drift.MISSING)
        elif not is_local:
            found.add(Drift.LOST)
    if clip is ClipFile.EDITED:
        found.add(Drift.EDITED)
    if step is not None and step.action is Action.STALE:
        found.add(Drift.STALE)
    return tuple(drift for drift in Drift if drift in found)
