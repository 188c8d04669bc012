"""The real wire: httpx, with sockets bounded by its callers and never by its pool.

Nothing queues inside httpx's pool (it leaks slots when a waiting request is cancelled),
so pools are unlimited and the run bounds how many requests are out at once. A create
uses a client that keeps no connection alive: each paid request has a fresh one, and a
stale connection can never turn it into a doubt. No client carries credentials; each
request is given its own.
"""

import ssl
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from types import TracebackType

import httpx

from omnibatch.endpoints import Account, Secret, is_loopback
from omnibatch.failpoints import reach
from omnibatch.providers import Request, Response, clean, provider_named
from omnibatch.wire.bounds import FetchBounds
from omnibatch.wire.dialling import Dialling
from omnibatch.wire.download import download
from omnibatch.wire.exchange import Fetched, Lost, NotFetched, NotSent, meaning_of, words_of
from omnibatch.wire.tunnel import TunnelWatch
from omnibatch.wire.unpacking import CannotUnpack, TooLong, unpack
from omnibatch.wire.waking import move_on_after_awake

__all__ = ["HttpWire", "WireSettings"]

_LONGEST_REPLY = 8 * 1024 * 1024
# Seconds. httpx's own 5 s would turn a slow accepted create into a doubt.
_CREATE = httpx.Timeout(connect=10, write=60, read=120, pool=None)
_ASK = httpx.Timeout(connect=10, write=20, read=30, pool=None)
_HEADERS = {"accept": "application/json", "accept-encoding": "identity", "user-agent": "omnibatch"}


@dataclass(frozen=True, slots=True, kw_only=True)
class WireSettings:
    """What the environment says about the way out: a proxy's URL, a CA bundle's path.

    Neither applies to loopback addresses, which are always dialled directly.
    `create_within_s` bounds a whole paid exchange, in seconds: a server that drips its
    reply would else hold the send, and with it a soft stop, for ever. `ask_within_s` does
    the same for a free one, `fetch` for downloads.
    """

    proxy: Secret | None = None  # it may hold a password
    ca_file: str | None = None
    create_within_s: float = 240.0
    ask_within_s: float = 90.0
    fetch: FetchBounds = field(default_factory=FetchBounds)


class HttpWire:
    """An async context manager; see `Wire` for what it promises."""

    def __init__(self, settings: WireSettings | None = None) -> None:
        settings = settings or WireSettings()
        # One context for all: building it loads the CA bundle, some 20 ms each time.
        context = ssl.create_default_context(cafile=settings.ca_file)
        unlimited = httpx.Limits(max_connections=None, max_keepalive_connections=16)
        fresh = httpx.Limits(max_connections=None, max_keepalive_connections=0)
        self._settings = settings
        proxy = None if settings.proxy is None else httpx.Proxy(settings.proxy.reveal())
        self._creates = _client(context, proxy, fresh, _CREATE)
        self._free = partial(_client, context, proxy, unlimited)
        self._asks = self._free(_ASK)
        self._retired: list[httpx.AsyncClient] = []
        self._dialling = Dialling(context=context, proxy=proxy)

    async def __aenter__(self) -> "HttpWire":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for client in (self._creates, self._asks, *self._retired):
            await client.aclose()

    async def create(self, account: Account, request: Request) -> Response | NotSent | Lost:
        """Send the one paid request, once, on a connection of its own."""
        reach("create.send")
        within = self._settings.create_within_s
        reply = await _bounded(self._creates, account, request, within)
        reach("create.replied")
        return reply

    async def ask(self, account: Account, request: Request) -> Response | NotSent | Lost:
        """Send a free, repeatable request."""
        reach("ask.send")
        reply = await _bounded(self._asks, account, request, self._settings.ask_within_s)
        reach("ask.replied")
        return reply

    async def fetch(self, url: str, part: Path, *, loopback: bool) -> Fetched | NotFetched:
        """Download `url` to `part` with no credentials; from this machine only if `loopback`."""
        reach("fetch.send")
        bounds = self._settings.fetch
        fetched = await download(self._dialling, url, part, loopback=loopback, bounds=bounds)
        reach("fetch.replied")
        return fetched

    def forget_connections(self) -> None:
        """Use none of the connections that are kept open; requests that are out go on."""
        self._retired.append(self._asks)
        self._asks = self._free(_ASK)


class _Ways(httpx.AsyncBaseTransport):
    """Takes loopback addresses directly, all of 127.0.0.0/8, and the others by the proxy."""

    def __init__(self, direct: httpx.AsyncHTTPTransport, outside: httpx.AsyncHTTPTransport) -> None:
        self._direct = direct
        self._outside = outside

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a request on (httpx's own interface)."""
        way = self._direct if is_loopback(str(request.url)) else self._outside
        return await way.handle_async_request(request)

    async def aclose(self) -> None:
        """Close both ways (httpx's own interface)."""
        await self._direct.aclose()
        await self._outside.aclose()


def _client(
    context: ssl.SSLContext, proxy: httpx.Proxy | None, limits: httpx.Limits, timeout: httpx.Timeout
) -> httpx.AsyncClient:
    """Build a client that ignores the environment and never follows a redirect."""
    direct = httpx.AsyncHTTPTransport(verify=context, limits=limits)
    outside = httpx.AsyncHTTPTransport(verify=context, limits=limits, proxy=proxy)
    return httpx.AsyncClient(
        transport=_Ways(direct, outside),
        timeout=timeout,
        follow_redirects=False,
        trust_env=False,
        headers=_HEADERS,
    )


async def _bounded(
    client: httpx.AsyncClient, account: Account, request: Request, seconds: float
) -> Response | NotSent | Lost:
    reply: Response | NotSent | Lost = Lost(reason=f"no whole reply within {seconds:g} s")
    async with move_on_after_awake(seconds):
        reply = await _exchange(client, account, request)
    if isinstance(reply, Response):
        return reply
    return replace(reply, reason=_without_key(reply.reason.encode(), account).decode())


async def _exchange(
    client: httpx.AsyncClient, account: Account, request: Request
) -> Response | NotSent | Lost:
    content_type = {} if request.body is None else {"content-type": "application/json"}
    authorized = provider_named(account.provider).auth_headers
    watch = TunnelWatch()
    try:
        # The key is put in where it leaves: no name of ours holds it for a traceback to show.
        built = client.build_request(
            request.method,
            account.endpoint.base_url + request.path,
            params=dict(request.query) or None,
            content=request.body,
            headers={**authorized(account.key.reveal()), **content_type},
            extensions={"trace": watch},
        )
    except UnicodeEncodeError:
        # The error itself holds the header, and the header the key: it ends here.
        return NotSent(reason="the key holds characters that no header can carry")
    except Exception as error:  # nothing has been dialled yet
        return NotSent(reason=words_of(error))
    try:
        reply = await client.send(built, stream=True)
        try:
            return await _read(reply, account)
        finally:
            with suppress(Exception):  # a whole reply counts, however its connection ends
                await reply.aclose()
    except (TooLong, CannotUnpack) as error:
        return Lost(reason=str(error))
    except Exception as error:  # bytes may have left: nothing flies past the record of that
        if watch.saw_fail(error):
            return NotSent(reason=f"no tunnel through the proxy: {words_of(error)}")
        return meaning_of(error)


async def _read(reply: httpx.Response, account: Account) -> Response:
    """Read a reply whole, within bounds before and after it is unpacked."""
    raw = bytearray()
    async for chunk in reply.aiter_raw():
        raw += chunk
        if len(raw) > _LONGEST_REPLY:
            raise TooLong(_LONGEST_REPLY)
    coding = reply.headers.get("content-encoding", "")
    body = unpack(bytes(raw), coding, longest=_LONGEST_REPLY)
    headers = {name: clean(value) for name, value in reply.headers.items()}
    return Response(status=reply.status_code, headers=headers, body=_without_key(body, account))


def _without_key(text: bytes, account: Account) -> bytes:
    """A gateway that echoes the key in its error must not bring it into a ledger or a log."""
    if not account.key.is_telling:
        return text
    return text.replace(account.key.reveal().encode(), b"***")
