"""The emulator as a server: a socket, a thread with an event loop, start and stop."""

import asyncio
import ipaddress
import socket
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import uvicorn

from omnibatch.emulator.faults.fault import Fault
from omnibatch.emulator.serving.app import build_app
from omnibatch.emulator.serving.connection import CuttableProtocol
from omnibatch.emulator.settings import Settings
from omnibatch.emulator.studio import Studio

__all__ = ["Emulator"]

_BACKLOG = 2048
_KEEP_ALIVE_S = 75
_GRACE_S = 0.5


class Emulator:
    """A local server for both dialects; its state is kept in `state_dir`.

    It listens on `host`, which must be a loopback address, and on `port` (0: any free one)
    from `start()` to `stop()`, or inside a `with` block. The same `state_dir` brings back
    all tasks, on whatever port. Raise `ValueError` for a host that others could reach.
    """

    def __init__(
        self,
        state_dir: Path,
        settings: Settings | None = None,
        faults: Iterable[Fault] = (),
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
        if not address.is_loopback:
            raise ValueError(f"the emulator listens on loopback addresses only, not on {host}")
        self._family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
        self._host = str(address)
        self._port = port
        self._state_dir = Path(state_dir)
        self._settings = settings or Settings()
        self._faults = tuple(faults)
        self._running: _Running | None = None

    @property
    def url(self) -> str:
        """The address without a path: `http://127.0.0.1:PORT`. Raise if it is not started."""
        if self._running is None:
            raise RuntimeError("the emulator is not started")
        return self._running.url

    def start(self) -> None:
        """Begin to serve, from a thread of its own; return when connections are taken.

        Raise `OSError` if the port or the folder cannot be had, `ValueError` if the folder
        was written by another version.
        """
        if self._running is not None:
            raise RuntimeError("the emulator is started already")
        listener = _listen(self._family, self._host, self._port)
        running = _Running(listener, self._state_dir, self._settings, self._faults)
        running.start()
        self._running = running

    def stop(self) -> None:
        """Stop serving: at most a second later all connections are closed. May be repeated."""
        running, self._running = self._running, None
        if running is not None:
            running.stop()

    def serve_forever(self) -> None:
        """Serve until Ctrl-C; for the main thread of a command."""
        try:
            if self._running is None:
                self.start()
            # Short waits: on Windows a long one would be deaf to Ctrl-C.
            while self._running is not None and not self._running.has_ended(wait_s=0.2):
                pass
        except KeyboardInterrupt:
            pass
        finally:
            self.stop()

    def __enter__(self) -> Self:
        if self._running is None:
            self.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.stop()


def _listen(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    # The protocol is named because asyncio switches Nagle's delay off only where it is:
    # without that every answer takes 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform != "win32":  # there it would let two servers share a port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


class _Running:
    """One life of the server, from its thread's start to its end."""

    def __init__(
        self,
        listener: socket.socket,
        state_dir: Path,
        settings: Settings,
        faults: tuple[Fault, ...],
    ) -> None:
        host, port = listener.getsockname()[:2]
        self.url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        self._listener = listener
        self._parts = (state_dir, settings, faults)
        self._ready = threading.Event()
        # Not Thread.join and is_alive: on Python 3.11 a Ctrl-C in a join marks a thread as
        # ended that still runs.
        self._ended = threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="emulator", daemon=True)
        self._loop: asyncio.AbstractEventLoop
        self._quit: asyncio.Event

    def start(self) -> None:
        self._thread.start()
        self._ready.wait()
        if self._error is not None:
            self._thread.join()
            raise self._error

    def stop(self) -> None:
        with suppress(RuntimeError):  # the loop is closed: it has ended by itself
            self._loop.call_soon_threadsafe(self._quit.set)
        self._ended.wait()
        self._thread.join()

    def has_ended(self, *, wait_s: float) -> bool:
        return self._ended.wait(wait_s)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except Exception as error:
            self._error = error
        finally:
            self._listener.close()
            self._ready.set()
            self._ended.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._quit = asyncio.Event()
        studio = Studio(*self._parts, self.url)
        try:
            server = _Server(_config(studio), self._quit, studio, self._ready)
            await server.serve([self._listener])
        finally:
            await studio.close()


class _Server(uvicorn.Server):
    """uvicorn's server, quick to start and to stop: it waits for events, not for ticks."""

    def __init__(
        self, config: uvicorn.Config, quit_: asyncio.Event, studio: Studio, ready: threading.Event
    ) -> None:
        super().__init__(config)
        self._quit = quit_
        self._studio = studio
        self._ready = ready

    async def main_loop(self) -> None:
        self._ready.set()
        await self._quit.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._studio.wind_down()
        await _take_in_no_more(sockets or ())
        for server in self.servers:
            server.close()
        for listener in sockets or ():
            listener.close()
        connections, tasks = self.server_state.connections, self.server_state.tasks
        for connection in list(connections):
            connection.shutdown()
        if tasks:
            await asyncio.wait(tasks, timeout=_GRACE_S)
        for connection in list(connections):
            connection.transport.abort()
        await asyncio.sleep(0)  # one turn of the loop, in which aborted transports close


async def _take_in_no_more(listeners: Iterable[socket.socket]) -> None:
    """Let the connections that asyncio is taking in become ones that can be closed.

    It takes each in by a task of its own, and one that starts after its server was
    closed fails and leaves an open socket that nobody owns (CPython 3.11).
    """
    if sys.platform != "win32":  # there the loop waits for connections in another way
        for listener in listeners:
            asyncio.get_running_loop().remove_reader(listener)
    while accepting := {
        task
        for task in asyncio.all_tasks()
        if getattr(task.get_coro(), "__name__", "") == "_accept_connection2"
    }:
        await asyncio.wait(accepting, timeout=_GRACE_S)


def _config(studio: Studio) -> uvicorn.Config:
    return uvicorn.Config(
        build_app(studio),
        http=CuttableProtocol,
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=_KEEP_ALIVE_S,
    )
