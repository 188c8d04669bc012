"""Connections that can be cut: how the emulator loses an answer the way a network does.

ASGI has no word for closing a socket without a reply. The protocol class below hands its
transport to the application under a key of `scope["extensions"]`, the place that ASGI
keeps for what a server adds.
"""

import asyncio
import socket
import struct
import sys
from typing import Any

from starlette.types import Receive, Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

__all__ = ["CuttableProtocol", "cut"]

_KEY = "omnibatch.transport"
_LINGER = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class CuttableProtocol(H11Protocol):
    """uvicorn's HTTP/1.1 protocol, with its transport in the reach of the application."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # passed on to uvicorn untouched
        super().__init__(*args, **kwargs)
        inner: Any = self.app  # uvicorn's own ASGI types differ from starlette's in name only

        async def app(scope: Any, receive: Any, send: Any) -> None:
            scope.setdefault("extensions", {})[_KEY] = self.transport
            await inner(scope, receive, send)

        self.app = app


async def cut(scope: Scope, receive: Receive, *, reset: bool) -> None:
    """Close the connection of a request now, and wait until it is closed.

    What was written before still goes out, followed by an orderly end (FIN). With `reset`
    it is thrown away and the client gets a reset (RST).
    """
    transport: asyncio.Transport = scope["extensions"][_KEY]
    if reset:
        # Lingering for 0 seconds turns the close into a reset on every system.
        raw = transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
        transport.abort()
    else:
        transport.close()
    # Until uvicorn has seen the end it would answer 500 for an application that returns.
    while (await receive())["type"] != "http.disconnect":
        pass
