"""The queries of both dialects: where a task stands, by its id or by the user's own."""

from typing import Literal

from starlette.requests import Request
from starlette.types import ASGIApp

from omnibatch.emulator.dialects.dialect import Dialect
from omnibatch.emulator.faults.interference import disturb, forestall
from omnibatch.emulator.serving.replies import Reply
from omnibatch.emulator.studio import Studio
from omnibatch.emulator.task import Task

__all__ = ["query"]

Way = Literal["query", "lookup"]


async def query(request: Request, key: str, dialect: Dialect, studio: Studio) -> ASGIApp:
    """Answer a query for `key`: a task id, or at CometAPI an external id (a lookup)."""
    account = studio.account(request)
    way, task = _find(key, account, dialect, studio)
    studio.store.count("lookups" if way == "lookup" else "queries")
    fault = studio.script.take(way, dialect.name, task.prompt if task else "")
    await studio.latency()
    instead = forestall(fault, dialect)
    if instead is not None:
        return instead
    if fault is not None and fault.do == "unknown_state" and task is not None:
        return dialect.unknown_state(task)
    return await disturb(fault, _answer(account, way, task, dialect, studio), studio)


def _find(
    key: str, account: str | None, dialect: Dialect, studio: Studio
) -> tuple[Way, Task | None]:
    """Return how `key` was meant, and the account's own task that it names."""
    if account is None:
        return "query", None
    task = studio.store.find(key)
    if task is not None and (task.account, task.dialect) == (account, dialect.name):
        return "query", task
    if dialect.name != "comet":
        return "query", None
    # Kling's task ids are numbers; whatever else stands in their place is an external id.
    task = studio.store.find_external(dialect.name, account, key)
    return ("query" if task is None and key.isdigit() else "lookup"), task


def _answer(
    account: str | None, way: Way, task: Task | None, dialect: Dialect, studio: Studio
) -> Reply:
    now = studio.now()
    settings = studio.settings
    if account is None:
        return dialect.unauthorized()
    if task is None:
        return dialect.not_found()
    if way == "lookup" and not settings.lookup:
        return dialect.not_found()
    if way == "lookup" and now < task.created_at + settings.lookup_lag_s:
        return dialect.not_found()
    if task.phase(now) == "succeeded":
        task = studio.store.renew_link(task)
    return dialect.status(task, now, studio.link(task))
