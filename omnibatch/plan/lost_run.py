"""A run that is not accounted for: what it may have bought is nobody's to buy unasked. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from omnibatch.ledger import Attempt, AttemptId, State, granted_since, only_carries, state_of
from omnibatch.plan.steps import Action, Step

__all__ = ["asks_for_more", "withheld"]


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


def asks_for_more(granted: Attempt, attempts: Sequence[Attempt], digest: str) -> bool:
    """Tell whether a grant is for one more clip, whatever clips of the request `digest` are here.

    Not where it was given in the face of a lost run, and a clip has turned up since.
    """
    if not only_carries(granted):
        return True
    clips = [a for a in attempts if state_of(a) is State.COLLECTED]
    same = {clip.id for clip in clips if clip.known_intent.digest == digest}
    return bool(same) and same <= _before(granted, attempts)


def _before(attempt: Attempt, attempts: Sequence[Attempt]) -> set[AttemptId]:
    """The attempts that it was made after, one after the other."""
    after = {each.id: each.known_intent.after for each in attempts}
    found: set[AttemptId] = set()
    at = attempt.known_intent.after
    while at is not None and at not in found:
        found.add(at)
        at = after.get(at)
    return found
