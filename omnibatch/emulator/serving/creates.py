"""The create requests of both dialects: where money would be spent."""

import asyncio
import json

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp

from omnibatch.emulator.dialects.dialect import Dialect
from omnibatch.emulator.faults.fault import Fault
from omnibatch.emulator.faults.interference import disturb, forestall
from omnibatch.emulator.orders.fields import OrderError, UnknownModel
from omnibatch.emulator.orders.order import read_order
from omnibatch.emulator.serving.replies import Cut, Reply
from omnibatch.emulator.studio import Studio
from omnibatch.emulator.task import Task

__all__ = ["create"]

_REFUSE = "[[refuse]]"
_LARGE_BYTES = 64 * 1024


async def create(request: Request, dialect: Dialect, studio: Studio) -> ASGIApp:
    """Answer a create. When the answer leaves, its task is on disk."""
    try:
        raw = await request.body()
    except ClientDisconnect:
        return Cut()  # half a request orders nothing
    large = len(raw) > _LARGE_BYTES
    # Megabytes of Base64 are read and looked at beside the loop, which others wait for.
    body = await asyncio.to_thread(_parse, raw) if large else _parse(raw)
    studio.store.count("creates.received")
    fault = studio.script.take("create", dialect.name, _prompt(body))
    await studio.latency()
    instead = forestall(fault, dialect)
    if isinstance(instead, Cut):
        return instead
    outcome = instead or await _accept(request, dialect, studio, body, fault, large=large)
    if isinstance(outcome, Reply):
        studio.store.count("creates.refused")
        return outcome if instead else await disturb(fault, outcome, studio)
    studio.announce(outcome, dialect)
    return await disturb(fault, dialect.created(outcome), studio)


async def _accept(
    request: Request,
    dialect: Dialect,
    studio: Studio,
    body: object,
    fault: Fault | None,
    *,
    large: bool,
) -> Task | Reply:
    """Return the task that was made, or the answer that says why none was."""
    account = studio.account(request)
    if account is None:
        return dialect.unauthorized()
    if not isinstance(body, dict):
        return dialect.malformed("the request body must be a JSON object")
    try:
        if large:
            order = await asyncio.to_thread(read_order, body, dialect.terms)
        else:
            order = read_order(body, dialect.terms)
    except UnknownModel as error:
        return dialect.unknown_model(str(error))
    except OrderError as error:
        return dialect.invalid(str(error))
    if _REFUSE in order.prompt:
        return dialect.refused()
    result = studio.desk.take(order, dialect.name, account, fault, dialect.moderation)
    match result:
        case "duplicate":
            return dialect.duplicate(order.external_id or "")
        case "no_credit":
            return dialect.no_credit()
        case "too_many":
            return dialect.too_many()
        case Task():
            return result


def _parse(raw: bytes) -> object:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _prompt(body: object) -> str:
    """Return the words by which a fault may choose this request."""
    if not isinstance(body, dict):
        return ""
    parts = body.get("multi_prompt")
    items = [body, *(parts if isinstance(parts, list) else [])]
    return " / ".join(
        prompt
        for item in items
        if isinstance(item, dict) and isinstance(prompt := item.get("prompt"), str) and prompt
    )
