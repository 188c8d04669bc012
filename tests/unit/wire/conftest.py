"""An account at a server of this machine, and one real wire for one call."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import anyio
import pytest

from omnibatch.endpoints import Account, Endpoint, Secret
from omnibatch.providers import Request, Response
from omnibatch.wire import Fetched, HttpWire, Lost, NotFetched, NotSent, WireSettings

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
