"""What goes back to a client: a whole answer, half an answer, or a cut connection."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.types import Receive, Scope, Send

from omnibatch.emulator.serving.connection import cut

__all__ = ["Cut", "Halved", "Reply", "html_reply", "json_reply"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A whole HTTP answer, as a value and as an ASGI response."""

    status: int = 200
    body: bytes = b""
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)

    def head(self) -> list[tuple[bytes, bytes]]:
        """Return the headers as they go over the wire."""
        named = {
            "content-type": self.media_type,
            "content-length": str(len(self.body)),
            **{name.lower(): value for name, value in self.headers.items()},
        }
        return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in named.items()]

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send the answer (ASGI)."""
        await send({"type": "http.response.start", "status": self.status, "headers": self.head()})
        await send({"type": "http.response.body", "body": self.body})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """No answer: the connection ends, orderly or by a reset."""

    reset: bool = False

    async def __call__(self, scope: Scope, receive: Receive, _send: Send) -> None:
        """End the connection (ASGI)."""
        await cut(scope, receive, reset=self.reset)


@dataclass(frozen=True, slots=True, kw_only=True)
class Halved:
    """An answer whose second half comes late or never.

    After half of the body, or its `first` bytes, nothing is sent for `pause_s` seconds, or until `stopping` is
    set; then the rest, or with `cut_off` the end of the connection.
    """

    whole: Reply
    stopping: asyncio.Event
    pause_s: float = 0.0
    cut_off: bool = False
    first: int | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send one half, wait, and send or drop the other (ASGI)."""
        body = self.whole.body
        middle = len(body) // 2 if self.first is None else self.first
        head = self.whole.head()
        await send({"type": "http.response.start", "status": self.whole.status, "headers": head})
        await send({"type": "http.response.body", "body": body[:middle], "more_body": True})
        if self.pause_s:
            await _wait(self.stopping, self.pause_s)
        if self.cut_off:
            await cut(scope, receive, reset=False)
        else:
            await send({"type": "http.response.body", "body": body[middle:]})


async def _wait(stopping: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stopping.wait(), seconds)
    except TimeoutError:
        return


def json_reply(document: object, status: int = 200) -> Reply:
    """Return `document` as a JSON answer."""
    return Reply(status=status, body=json.dumps(document, ensure_ascii=False).encode())


def html_reply(title: str, status: int = 200) -> Reply:
    """Return the kind of page that a gateway or a site shows in place of an answer."""
    page = f"<!DOCTYPE html>\n<html><head><title>{title}</title></head><body>{title}</body></html>"
    return Reply(status=status, body=page.encode(), media_type="text/html; charset=utf-8")
