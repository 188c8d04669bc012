"""An account at a server of this machine, and one real wire for one call."""

import socket
import ssl
import subprocess
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import anyio
import pytest

from omnibatch.endpoints import Account, Endpoint, Secret
from omnibatch.providers import Request, Response
from omnibatch.wire import Fetched, HttpWire, Lost, NotFetched, NotSent, WireSettings

from .listening import NAME

T = TypeVar("T")
CREATE = Request(method="POST", path="/create", body=b'{"prompt": "a lighthouse"}')
QUERY = Request(method="GET", path="/tasks", query={"task_id": "a b/c"})


class Dialled:
    """Does one thing with a wire of its own."""

    settings = WireSettings()

    def account(self, url: str, key: str = "test-key") -> Account:
        """An account at `url`."""
        return Account(
            provider="apimodels", endpoint=Endpoint.at(url), key=Secret(key), name="a1b2c3"
        )

    def use(self, act: Callable[[HttpWire], Awaitable[T]]) -> T:
        """Open a wire, act, close it."""

        async def main() -> T:
            async with HttpWire(self.settings) as wire:
                return await act(wire)

        return anyio.run(main)

    def create(
        self, url: str, request: Request = CREATE, key: str = "test-key"
    ) -> Response | NotSent | Lost:
        """Send one paid request."""
        return self.use(lambda wire: wire.create(self.account(url, key), request))

    def ask(
        self, url: str, request: Request = QUERY, key: str = "test-key"
    ) -> Response | NotSent | Lost:
        """Send one free request."""
        return self.use(lambda wire: wire.ask(self.account(url, key), request))

    def fetch(self, url: str, part: Path, *, loopback: bool = True) -> Fetched | NotFetched:
        """Download one file."""
        return self.use(lambda wire: wire.fetch(url, part, loopback=loopback))


@pytest.fixture
def dialled() -> Dialled:
    return Dialled()


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A server's certificate for `NAME`, made a moment ago, and who trusts it."""

    file: Path
    context: ssl.SSLContext


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A certificate that is its own authority; the key never leaves the temporary folder."""
    folder = tmp_path_factory.mktemp("certificate")
    file, key = folder / "cert.pem", folder / "key.pem"
    options = f"-x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN={NAME}"
    names = f"-addext subjectAltName=DNS:{NAME} -days 2 -keyout {key} -out {file}"
    subprocess.run(
        ["openssl", "req", *options.split(), *names.split()], check=True, capture_output=True
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key)
    return Certificate(file=file, context=context)


class Resolver:
    """Stands in for the system's: answers for names as a test says, one answer after another.

    The last answer of a name stays. Numbers go to the real one.
    """

    def __init__(self, real: Callable[..., Any]) -> None:
        self._real = real
        self.answers: dict[str, list[Iterable[str]]] = {}
        self.asked: list[str] = []

    def __call__(self, host: Any, port: Any, *args: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name not in self.answers:
            return self._real(host, port, *args, **options)
        self.asked.append(name)
        left = self.answers[name]
        addresses = left.pop(0) if len(left) > 1 else left[0]
        found = []
        for address in addresses:
            found += self._real(address, port, type=socket.SOCK_STREAM)
        return found


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Resolver:
    """The resolver of this process, by script; `NAME` is this machine until told otherwise."""
    resolver = Resolver(socket.getaddrinfo)
    resolver.answers[NAME] = [["127.0.0.1"]]
    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    return resolver
