"""What can come of one HTTP exchange, by the one question that matters for money.

Every foreign exception is mapped here and nowhere else. For a paid request the question
is whether a byte of it may have been received: `NotSent` is certain, `Lost` is doubt.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import httpcore
import httpx

from omnibatch.endpoints import Account
from omnibatch.providers import Request, Response, clean

__all__ = ["Fetched", "Lost", "NotFetched", "NotSent", "Wire", "meaning_of", "words_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSent:
    """No byte of the request left this machine towards the provider."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """Bytes left, and no whole reply came back: it may have been received and acted on."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A whole download in a `.part` file: its size in bytes and its SHA-256 in hex."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFetched:
    """A download that did not come to its end; `again` tells whether another try may help.

    `kept` is how much of the clip the next try need not ask for, from 0 to 1. `denied` tells
    that the server said there is none, or none for this address.
    """

    reason: str
    again: bool = True
    denied: bool = False
    kept: float = 0.0


class Wire(Protocol):
    """The network as a run sees it. `HttpWire` is the real one."""

    async def create(self, account: Account, request: Request) -> Response | NotSent | Lost:
        """Send the one paid request, once, on a connection of its own."""
        ...

    async def ask(self, account: Account, request: Request) -> Response | NotSent | Lost:
        """Send a free, repeatable request."""
        ...

    async def fetch(self, url: str, part: Path, *, loopback: bool) -> Fetched | NotFetched:
        """Download `url` to `part` with no credentials; from this machine only if `loopback`."""
        ...

    def forget_connections(self) -> None:
        """Use none of the connections that are kept open: the machine slept, and nobody told it."""
        ...


# Raised before any byte of the request was written: httpx opens a connection of its own
# for a create (no keep-alive), and names what fails before that. A proxy's refusal of
# CONNECT is one of these, since the request goes inside the tunnel.
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.InvalidURL,
    httpx.LocalProtocolError,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
# Others' words may quote the request, and with it the header that holds the key.
_QUOTABLE = (
    *(httpx.HTTPError, httpx.InvalidURL, OSError),
    *(httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProxyError),
    httpcore.RemoteProtocolError,
)
_QUOTES_REQUEST = (httpx.LocalProtocolError, httpcore.LocalProtocolError)


def meaning_of(error: Exception) -> NotSent | Lost:
    """Map what an exchange raised; whatever is not known to come first is doubt.

    httpx lets some of the errors beneath it through as they are (TLS records that cannot
    be read, h11's own), so any exception at all has a meaning here.
    """
    kind = NotSent if isinstance(error, _NOT_SENT) else Lost
    return kind(reason=words_of(error))


def words_of(error: Exception) -> str:
    """The name of an error, and its words where they can hold no key: short, and one line."""
    name = type(error).__name__
    if isinstance(error, _QUOTES_REQUEST):
        return f"{name}: the request is not valid HTTP"
    words = clean(str(error)) if isinstance(error, _QUOTABLE) else ""
    return f"{name}: {words}".rstrip(": ")
