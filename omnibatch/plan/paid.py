"""What attempts want by themselves: doubts, and tasks under way, whatever a manifest says."""

from collections.abc import Sequence

from omnibatch.ledger import Attempt, State, best_task, is_granted, state_of
from omnibatch.plan.asked import Asked
from omnibatch.plan.steps import Action

__all__ = ["Verdict", "failure", "is_waited_for", "missing_clip", "paid_for"]

Verdict = tuple[Action, str, Attempt]
_WAITING = frozenset({State.UNCONFIRMED, State.RUNNING, State.SUCCEEDED})
_BUY_ANOTHER = "asked for all the same; `omnibatch retry` buys another"


def paid_for(attempts: Sequence[Attempt], asked: Asked) -> Verdict | None:
    """What is to be done first about a slot with these attempts: the doubts before the rest."""
    waiting = [attempt for attempt in attempts if is_waited_for(attempt)]
    for attempt in waiting:
        if state_of(attempt) is State.UNCONFIRMED:
            return _doubt(attempt, asked)
    for attempt in waiting:
        return _under_way(attempt, asked)
    return None


def missing_clip(attempt: Attempt, asked: Asked) -> Verdict:
    """What can be done about a collected attempt whose clip is not here."""
    if not asked.reaches(attempt):
        return (Action.LOST, "its clip is not here, and its endpoint not asked", attempt)
    if gone := asked.gone(attempt):
        return (Action.LOST, f"its clip is not here; {gone}: {_BUY_ANOTHER}", attempt)
    elsewhere = asked.elsewhere(attempt)
    more = f"; {elsewhere}" if elsewhere else ""
    return (Action.COLLECT, f"its clip is not here: fetched again, for free{more}", attempt)


def is_waited_for(attempt: Attempt) -> bool:
    """Tell whether a clip may still come of an attempt, so that none is bought beside it.

    A granted one is asked about as before, but no longer waited for.
    """
    return state_of(attempt) in _WAITING and not is_granted(attempt)


def _doubt(attempt: Attempt, asked: Asked) -> Verdict:
    provider = attempt.known_intent.provider
    lost = "its reply was lost, a task may exist"
    elsewhere = asked.elsewhere(attempt)
    made = f" (it was {elsewhere})" if elsewhere else ""
    if asked.can_look_up(provider) and asked.reaches(attempt):
        return (Action.RECONCILE, f"{lost}: {provider} is asked for it{made}", attempt)
    return (Action.DECIDE, f"{lost}: adopt, retry or abandon it{made}", attempt)


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
    is_running = state_of(attempt) is State.RUNNING
    known = (
        f"{'rendering, paid for' if is_running else 'rendered, not fetched yet'} (task {task_id})"
    )
    # What was made elsewhere is never called lost: here it is only not to be had.
    if gone := asked.gone(attempt):
        return (Action.LOST, f"{known}; {gone}: {_BUY_ANOTHER}", attempt)
    elsewhere = asked.elsewhere(attempt)
    action = Action.RESUME if is_running else Action.COLLECT
    return (action, f"{known}; {elsewhere}" if elsewhere else known, attempt)


def failure(attempt: Attempt) -> str:
    """Why an attempt has no clip, in the provider's words."""
    best = best_task(attempt)
    if best is not None:
        return f"failed: {best[1].error or 'no reason given'}"
    return f"refused: {attempt.refusal or 'no reason given'}"
