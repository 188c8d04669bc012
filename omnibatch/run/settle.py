"""Settle: resume and collect what has been paid for. Needs the ledger and nothing else.

Neither the manifest's validity nor its files or templates play a part: a deleted
reference image must not orphan a paid task.
"""

from collections.abc import Iterable

import anyio

from omnibatch.ledger import Attempt, AttemptId, TaskKey, TaskState, awaited_tasks
from omnibatch.run.collecting import collect_known, fetch_worker
from omnibatch.run.events import Kind
from omnibatch.run.office import Office
from omnibatch.run.polling import poll_worker
from omnibatch.run.work import Poll

__all__ = ["go_on_after_sleep", "queue_unfinished", "run_settlers", "unfinished"]

# Requests out at once, whatever in_flight is: this bounds the sockets.
_POLL_WORKERS = 8
_FETCH_WORKERS = 4
# After a sleep all tasks are asked about anew, but not at once.
_QUERIES_PER_S = 20
_SHORTEST_SPREAD_S = 2.0


def unfinished(
    attempts: Iterable[Attempt], again: frozenset[AttemptId] = frozenset()
) -> list[tuple[Attempt, TaskKey]]:
    """The paid tasks with something left to do; of the attempts in `again` collected ones, too."""
    return [
        (attempt, key)
        for attempt in attempts
        for key in (*awaited_tasks(attempt), *(_clips(attempt) if attempt.id in again else ()))
    ]


def _clips(attempt: Attempt) -> Iterable[TaskKey]:
    collected = TaskState.COLLECTED
    return (key for key, task in sorted(attempt.tasks.items()) if task.state is collected)


async def queue_unfinished(
    office: Office, work: Iterable[tuple[Attempt, TaskKey]], *, spread_s: float = 1.0
) -> None:
    """Queue the first query of each task, spread over `spread_s` seconds against a burst."""
    for attempt, key in work:
        if office.account_for(attempt) is None or await collect_known(office, attempt, key):
            continue
        now = anyio.current_time()
        poll = Poll(
            attempt=attempt.id,
            task=key,
            pause=office.settings.poll_first,
            since=office.awake.now(),
            holds_slot=office.holds_slot(attempt, key),
        )
        office.polls.add(poll, due=now + office.random.uniform(0, spread_s))


def go_on_after_sleep(office: Office, seconds: float) -> None:
    """Ask soon about every task, spread against a burst, on connections that are not stale."""
    office.wire.forget_connections()
    spread_s = max(_SHORTEST_SPREAD_S, len(office.polls) / _QUERIES_PER_S)
    now = anyio.current_time()
    office.polls.hasten(lambda: now + office.random.uniform(0, spread_s))
    office.tell(
        Kind.WARNING,
        None,
        f"nothing ran here for {seconds:.0f} s (was the machine asleep?); every task is asked "
        "about again, and no time limit has come nearer",
    )


async def run_settlers(office: Office) -> None:
    """Poll and fetch until nothing can come any more from whoever has announced itself."""
    office.fetches.expect()
    async with anyio.create_task_group() as group:
        for _ in range(_FETCH_WORKERS):
            group.start_soon(fetch_worker, office)
        async with anyio.create_task_group() as pollers:
            for _ in range(_POLL_WORKERS):
                pollers.start_soon(poll_worker, office)
        office.fetches.finish()
