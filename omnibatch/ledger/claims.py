"""What copies of a ledger that met leave to be told: tasks of two shots, doubts beside tasks."""

from collections.abc import Iterable, Iterator

from omnibatch.ledger.model import Attempt, TaskKey
from omnibatch.ledger.state import has_doubt_beside, is_granted

__all__ = ["doubts_beside", "twice_claimed"]


def twice_claimed(attempts: Iterable[Attempt]) -> Iterator[str]:
    """Words for each task that two shots have, and that is the clip of at most one of them.

    Where one was granted another attempt, the user knows. Cost: one pass over the tasks.
    """
    owners: dict[TaskKey, Attempt] = {}
    for attempt in attempts:
        if is_granted(attempt):
            continue
        for key in attempt.tasks:
            owner = owners.setdefault(key, attempt)
            if owner.slot != attempt.slot:
                slots = sorted((owner.slot, attempt.slot))
                yield (
                    f"task {key.task_id} was adopted for {slots[0]} and for {slots[1]}, and is the "
                    "clip of one of them: `omnibatch retry` the other, then adopt its own task "
                    "for it, or buy it"
                )


def doubts_beside(attempts: Iterable[Attempt]) -> Iterator[str]:
    """Words for each attempt that has a task, and of which another machine's reply was lost."""
    for attempt in attempts:
        if has_doubt_beside(attempt):
            yield (
                f"{attempt.slot}: another machine sent it, too, and lost the reply: a second task "
                "may exist, and its price stays counted. `omnibatch adopt` it if the provider "
                "lists it; `omnibatch abandon` the shot if not: its clip is kept"
            )
