"""The clip of a slot that is fetched again although a run does something else about it. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from omnibatch.ledger import Attempt
from omnibatch.plan.asked import Asked
from omnibatch.plan.paid import missing_clip
from omnibatch.plan.sources import clip_of, output_of
from omnibatch.plan.steps import Action, Step

__all__ = ["besides"]

# What is bought anew has a clip of its own soon; of the others the action is about the clip.
_ENOUGH = frozenset({Action.SUBMIT, Action.KEEP, Action.COLLECT, Action.LOST})


def besides(step: Step, attempts: Sequence[Attempt], digest: str, asked: Asked) -> Step:
    """The step, with the clip that stands for its slot fetched besides, if it is not here.

    As that of a shot which has changed since: it is paid for, and fetching is free. A shot
    that is left out on purpose has no run ask again and again for what is presumed gone.
    """
    if step.action in _ENOUGH:
        return step
    clip = clip_of(attempts, digest)
    output = None if clip is None else output_of(clip)
    if clip is None or output is None or asked.clip_exists(output):
        return step
    if not asked.reaches(clip) or (step.action is Action.SKIP and asked.gone(clip)):
        return step
    _, why, _ = missing_clip(clip, asked)
    return replace(step, fetch=(clip.id,), reason=f"{step.reason}; {why}")
