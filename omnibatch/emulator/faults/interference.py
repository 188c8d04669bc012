"""What a scripted fault does to one exchange of the API, before and after the work."""

import json

from starlette.types import ASGIApp

from omnibatch.emulator.dialects.dialect import Dialect
from omnibatch.emulator.faults.fault import Fault
from omnibatch.emulator.serving.replies import Cut, Halved, Reply, html_reply
from omnibatch.emulator.studio import Studio

__all__ = ["disturb", "forestall"]

_NOISE = bytes(range(0x80, 0x100))


def forestall(fault: Fault | None, dialect: Dialect) -> Cut | Reply | None:
    """Return what comes in place of any work; None if the work is to be done."""
    if fault is None:
        return None
    match fault.do:
        case "drop_before":
            return Cut()
        case "answer":
            return _scripted(fault)
        case "not_found":
            return dialect.not_found()
        case "redirect":
            return Reply(
                status=fault.status or 307, headers={**fault.headers, "location": fault.location}
            )
        case "rate_limit":
            plain = dialect.rate_limited()
            headers = dict(fault.headers)
            if fault.seconds:
                headers["retry-after"] = f"{fault.seconds:g}"
            return Reply(status=429, body=plain.body, headers=headers)
        case _:
            return None


async def disturb(fault: Fault | None, reply: Reply, studio: Studio) -> ASGIApp:
    """Return what goes back instead of `reply`, now that the work is done."""
    if fault is None:
        return reply
    match fault.do:
        case "drop_after":
            return Cut()
        case "reset_after":
            return Cut(reset=True)
        case "answer_after":
            return _scripted(fault)
        case "delay":
            await studio.pause(fault.seconds)
            return reply
        case "garbage":
            return Reply(status=reply.status, body=_NOISE, media_type=reply.media_type)
        case "html":
            return html_reply("Just a moment...")
        case "truncate":
            return Halved(whole=reply, stopping=studio.stopping, cut_off=True)
        case _:
            return reply


def _scripted(fault: Fault) -> Reply:
    return Reply(
        status=fault.status or 500,
        body=fault.body.encode(),
        media_type=_media_type(fault.body),
        headers=fault.headers,
    )


def _media_type(body: str) -> str:
    if body.lstrip().startswith("<"):
        return "text/html; charset=utf-8"
    if body.lstrip().startswith(("{", "[")):
        return "application/json"  # also when cut short: a gateway labels before it breaks
    try:
        json.loads(body)
    except ValueError:
        return "text/plain; charset=utf-8"
    return "application/json"
