"""A wire that breaks where it is told to: a TCP proxy between a run and the emulator.

It sits at a port of its own and passes bytes on in both directions. A `Cut` ends one
exchange after so many bytes of its request or of its reply: by an orderly end of the
connection, by a reset, or by silence. Links in replies are rewritten to the proxy's port,
so that downloads come this way, too.
"""

import asyncio
import contextlib
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal, Self

__all__ = ["HOWS", "Cut", "How", "Kind", "RoughWire", "Side"]

How = Literal["close", "reset", "stall"]
Kind = Literal["create", "query", "download"]
Side = Literal["request", "reply"]

HOWS: tuple[How, ...] = ("close", "reset", "stall")

_CHUNK = 65536
_NO_LINGERING = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Ends an exchange once `after` bytes of one `side` of it have passed, and `how`."""

    side: Side
    after: int
    how: How = "close"


Plan = Callable[[Kind], Cut | None]
"""Asked at the start of each exchange what is to become of it."""


@dataclass(slots=True)
class _Exchange:
    """One request and its reply, on a connection that may carry several."""

    cut: Cut | None
    passed: dict[Side, int] = field(default_factory=lambda: {"request": 0, "reply": 0})

    def room_for(self, side: Side, data: bytes) -> bytes | None:
        """How much of `data` may pass before the cut; None for all of it."""
        passed = self.passed[side]
        self.passed[side] = passed + len(data)
        if self.cut is None or self.cut.side != side or passed + len(data) < self.cut.after:
            return None
        return data[: self.cut.after - passed]


class RoughWire:
    """A proxy to a port of this machine, served from a thread of its own; a context manager.

    `plan` is called in that thread. `seen` counts exchanges by kind, `cuts` those that
    were cut.
    """

    def __init__(self, port: int, plan: Plan | None = None) -> None:
        self.plan = plan
        self.seen: Counter[Kind] = Counter()
        self.cuts = 0
        self._behind = port
        self._port = 0
        self._started = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._over: asyncio.Event | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    @property
    def url(self) -> str:
        """The address that takes the emulator's place."""
        return f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._started.wait(10), "the proxy did not start"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._loop is not None
        assert self._over is not None
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._over = asyncio.Event()
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self._port = server.sockets[0].getsockname()[1]
        self._started.set()
        await self._over.wait()
        server.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            behind = await asyncio.open_connection("127.0.0.1", self._behind)
        except OSError:
            writer.close()
            return
        link = _Link(self, reader, writer, *behind)
        pumps = [asyncio.ensure_future(pump()) for pump in (link.requests, link.replies)]
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        for pump in pumps:
            pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)
        link.close()

    def begin(self, head: bytes) -> _Exchange:
        """Say what is to become of the exchange that begins with `head`."""
        kind: Kind = "query"
        if head.startswith(b"POST "):
            kind = "create"
        elif head.startswith(b"GET /clips/"):
            kind = "download"
        self.seen[kind] += 1
        return _Exchange(self.plan(kind) if self.plan is not None else None)

    def with_own_links(self, reply: bytes) -> bytes:
        """Point the emulator's links here: the ports have five digits each."""
        return reply.replace(b":%d/" % self._behind, b":%d/" % self._port)


class _Link:
    """One connection through the proxy."""

    def __init__(
        self,
        wire: RoughWire,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        reader_behind: asyncio.StreamReader,
        writer_behind: asyncio.StreamWriter,
    ) -> None:
        self._wire = wire
        self._reader, self._writer = reader, writer
        self._reader_behind, self._writer_behind = reader_behind, writer_behind
        self._exchange: _Exchange | None = None
        self._silent = False

    async def requests(self) -> None:
        """Pass on what the run says, until the end of the connection."""
        while data := await self._read(self._reader):
            # A client that speaks after a reply has begun another exchange: none pipelines.
            if self._exchange is None or self._exchange.passed["reply"]:
                self._exchange = self._wire.begin(data)
            if await self._pass("request", data, self._writer_behind):
                return

    async def replies(self) -> None:
        """Pass on what the emulator says, likewise."""
        while data := await self._read(self._reader_behind):
            if await self._pass("reply", self._wire.with_own_links(data), self._writer):
                return
        if self._silent:
            await asyncio.Event().wait()

    async def _read(self, reader: asyncio.StreamReader) -> bytes:
        try:
            return await reader.read(_CHUNK)
        except OSError:
            return b""

    async def _pass(self, side: Side, data: bytes, to: asyncio.StreamWriter) -> bool:
        """Pass `data` on; tell whether the connection is to end now."""
        if self._silent or self._exchange is None:
            return False
        room = self._exchange.room_for(side, data)
        with contextlib.suppress(OSError):
            to.write(data if room is None else room)
            await to.drain()
        if room is None:
            return False
        self._wire.cuts += 1
        assert self._exchange.cut is not None
        how = self._exchange.cut.how
        if how == "stall":
            self._silent = True
            return False
        if how == "reset":
            raw: socket.socket = self._writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGERING)
            self._writer.transport.abort()
        return True

    def close(self) -> None:
        for writer in (self._writer, self._writer_behind):
            writer.close()
