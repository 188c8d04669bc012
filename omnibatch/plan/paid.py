"""What attempts want by themselves: doubts, and tasks under way, whatever a manifest says."""

from collections.abc import Sequence

from omnibatch.ledger import Attempt, State, best_task, is_granted, state_of
from omnibatch.plan.asked import Asked
from omnibatch.plan.steps import Action

__all__ = ["Verdict", "is_waited_for", "paid_for"]

Verdict = tuple[Action, str, Attempt]


def paid_for(attempts: Sequence[Attempt], asked: Asked) -> Verdict | None:
    """What is to be done first about a slot with these attempts: the doubts before the rest."""
    waiting = [attempt for attempt in attempts if is_waited_for(attempt)]
    for attempt in waiting:
        if state_of(attempt) is State.UNCONFIRMED:
            return _doubt(attempt, asked)
    for attempt in waiting:
        return _under_way(attempt, asked)
    return None


def is_waited_for(attempt: Attempt) -> bool:
    """Tell whether a clip may still come of an attempt, so that none is bought beside it.

    A granted one is asked about as before, but no longer waited for.
    """
    state = state_of(attempt)
    if state is State.SUCCEEDED:
        return True
    return state in (State.UNCONFIRMED, State.RUNNING) and not is_granted(attempt)


def _doubt(attempt: Attempt, asked: Asked) -> Verdict:
    provider = attempt.known_intent.provider
    lost = "its reply was lost, a task may exist"
    if asked.can_look_up(provider) and asked.reaches(attempt):
        return (Action.RECONCILE, f"{lost}: {provider} is asked for it", attempt)
    return (Action.DECIDE, f"{lost}: adopt, retry or abandon it", attempt)


def _under_way(attempt: Attempt, asked: Asked) -> Verdict:
    best = best_task(attempt)
    task_id = best[0].task_id if best else "unknown"
    if not asked.reaches(attempt):
        endpoint = attempt.known_intent.endpoint
        return (
            Action.BLOCKED,
            f"paid for at {endpoint}, which is not asked now (task {task_id})",
            attempt,
        )
    if state_of(attempt) is State.RUNNING:
        return (Action.RESUME, f"rendering, paid for (task {task_id})", attempt)
    return (Action.COLLECT, f"rendered, not fetched yet (task {task_id})", attempt)
