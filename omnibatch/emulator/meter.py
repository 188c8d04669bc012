"""The meter: what clients did and what it would have cost."""

from collections import Counter

from omnibatch.emulator.orders.prices import dollars
from omnibatch.emulator.store import Store
from omnibatch.emulator.task import Task

__all__ = ["read_meter"]


def read_meter(store: Store, now: float) -> dict[str, object]:
    """Return the meter as its JSON document.

    `creates.received` counts complete requests; `accepted` those that became tasks;
    `refused` those answered without one. A request dropped before any work is only received.
    """
    tasks = store.metered()
    counters = store.counters()
    external_ids = Counter(task.external_id for task in tasks if task.external_id is not None)
    return {
        "creates": {
            "received": counters.get("creates.received", 0),
            "accepted": len(tasks),
            "refused": counters.get("creates.refused", 0),
        },
        "charged": dollars(sum(task.charge for task in tasks)),
        "queries": counters.get("queries", 0),
        "lookups": counters.get("lookups", 0),
        "downloads": counters.get("downloads", 0),
        "callbacks": {
            name: counters.get(f"callbacks.{name}", 0)
            for name in ("delivered", "failed", "withheld")
        },
        "accounts": _accounts(tasks, now),
        "tasks": [_entry(task, now) for task in tasks],
        "accepted_by_external_id": dict(external_ids),
        "accepted_by_prompt": dict(Counter(task.prompt for task in tasks)),
    }


def _accounts(tasks: list[Task], now: float) -> dict[str, object]:
    found: dict[str, list[Task]] = {}
    for task in tasks:
        found.setdefault(task.account, []).append(task)
    return {
        account: {
            "accepted": len(own),
            "running": sum(task.ends_at > now for task in own),
            "charged": dollars(sum(task.charge for task in own)),
        }
        for account, own in found.items()
    }


def _entry(task: Task, now: float) -> dict[str, object]:
    return {
        "task_id": task.task_id,
        "dialect": task.dialect,
        "external_task_id": task.external_id,
        "prompt": task.prompt,
        "model": task.model,
        "mode": task.mode,
        "duration": task.seconds,
        "state": task.phase(now),
        "charged": dollars(task.charge),
        "account": task.account,
        "created_at": task.created_at,
    }
