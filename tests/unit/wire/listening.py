"""Small servers on loopback that do to a connection exactly what a test says."""

import os
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from types import TracebackType
from typing import Self

NAME = "clips.example"
"""A name that no resolver knows; the tests' own resolver and certificates do."""

Handler = Callable[["Call"], None]


class Call:
    """One accepted connection: what came in, and words for what goes back."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.received = b""

    def read(self) -> bytes:
        """Read one whole request: its head, and as much body as it announces."""
        while b"\r\n\r\n" not in self.received and self._more():
            pass
        head, _, _ = self.received.partition(b"\r\n\r\n")
        while len(self.received) < len(head) + 4 + _length(head) and self._more():
            pass
        return self.received

    def wait(self) -> None:
        """Wait until something has come, and leave it unread."""
        self._connection.recv(1, socket.MSG_PEEK)

    def _more(self) -> bool:
        piece = self._connection.recv(65536)
        self.received += piece
        return bool(piece)

    def start_tls(self, context: ssl.SSLContext) -> None:
        """Speak TLS from here on, as the server; what came before is forgotten."""
        self.received = b""
        self._connection = context.wrap_socket(self._connection, server_side=True)

    def send_beneath(self, data: bytes) -> None:
        """Send these bytes past TLS, as somebody on the way could."""
        os.write(self._connection.fileno(), data)

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def answer(self, status: int = 200, body: bytes = b"{}", **headers: str) -> None:
        """Send a whole answer; header names are written with `_` for `-`."""
        named = {"content_length": str(len(body)), **headers}
        lines = "".join(f"{n.replace('_', '-')}: {value}\r\n" for n, value in named.items())
        self.send(f"HTTP/1.1 {status} Status\r\n{lines}\r\n".encode("latin-1") + body)

    def send(self, data: bytes) -> None:
        """Send these bytes; whoever has gone away does not matter."""
        with suppress(OSError):
            self._connection.sendall(data)

    def reset(self) -> None:
        """End the connection with a reset instead of an orderly end."""
        linger = struct.pack("ii", 1, 0)
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


class Listener:
    """Takes connections until the block ends, each in a thread of its own."""

    def __init__(
        self, handler: Handler, *, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None
    ) -> None:
        self._handler = handler
        self._tls = tls
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        self._socket.bind((host, 0))
        self._socket.listen(32)
        self._threads: list[threading.Thread] = []
        self._serving = threading.Thread(target=self._serve, daemon=True)
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"
        self.calls: list[Call] = []

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            call = Call(connection)
            self.calls.append(call)
            thread = threading.Thread(target=self._handle, args=(connection, call), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _handle(self, connection: socket.socket, call: Call) -> None:
        connection.settimeout(10)
        with closing(call), suppress(OSError):
            if self._tls is not None:
                call.start_tls(self._tls)
            self._handler(call)

    def __enter__(self) -> Self:
        self._serving.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # A plain close leaves the thread in accept().
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._serving.join(5)
        for thread in self._threads:
            thread.join(5)

    @property
    def tls_url(self) -> str:
        """The address of a server that speaks TLS, by the name in its certificate."""
        return f"https://{NAME}:{self.port}"

    @property
    def requests(self) -> list[bytes]:
        """What each connection received."""
        return [call.received for call in self.calls]


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name == b"content-length":
            return int(value)
    return 0
