"""Connections to addresses that were judged before, straight or by way of a proxy.

httpx takes only an address or a name to dial, and inside a proxy's tunnel checks the
certificate against whatever it dialled. Downloads need both: the address that the guard
has judged, and the certificate of the name. So they speak through httpcore, the layer
beneath, whose network backend is asked for each connection and is ours here. It reads
nothing of the environment, keeps no cookies, and follows no redirects.
"""

import base64
import ssl
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpcore
import httpx

from omnibatch.wire.guard import Admitted

__all__ = ["Dialling", "open_reply"]

# Seconds. Connecting to the last address may take the whole of the first.
_TIMEOUT = {"connect": 10.0, "write": 20.0, "read": 60.0, "pool": 10.0}
_NEXT_AFTER = 4.0
_MOST_ADDRESSES = 6
_OWN = ((b"user-agent", b"omnibatch"), (b"accept-encoding", b"identity"), (b"connection", b"close"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialling:
    """How connections leave this machine: whom to trust, and by which proxy, if any."""

    context: ssl.SSLContext
    proxy: httpx.Proxy | None = None


@asynccontextmanager
async def open_reply(
    dialling: Dialling, to: Admitted, headers: Iterable[tuple[bytes, bytes]]
) -> AsyncIterator[httpcore.Response]:
    """GET an admitted URL over a connection of its own; raise httpcore's errors."""
    url = httpcore.URL(
        scheme=to.url.raw_scheme, host=to.url.raw_host, port=to.port, target=to.url.raw_path
    )
    request = httpcore.Request(
        "GET",
        url,
        headers=[(b"host", to.url.netloc), *_OWN, *headers],
        extensions={"timeout": dict(_TIMEOUT)},
    )
    backend = _Backend(to.addresses, None if to.here else dialling.proxy, dialling.context)
    async with httpcore.AsyncHTTPConnection(
        origin=url.origin, ssl_context=dialling.context, network_backend=backend
    ) as connection:
        reply = await connection.handle_async_request(request)
        try:
            yield reply
        finally:
            await reply.aclose()


class _Backend(httpcore.AsyncNetworkBackend):
    """Connects to the first of some addresses that answers, and to no other.

    TLS comes on top of what this opens, with the name of the URL as the one to prove.
    """

    def __init__(
        self, addresses: Sequence[str], proxy: httpx.Proxy | None, context: ssl.SSLContext
    ) -> None:
        self._addresses = addresses[:_MOST_ADDRESSES]
        self._proxy = proxy
        self._context = context
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,  # noqa: ARG002 - the name was looked up once, by the guard
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Open a stream to the server (httpcore's own interface)."""
        whole = timeout or _TIMEOUT["connect"]
        for address in self._addresses[:-1]:
            try:
                return await self._reach(
                    address, port, min(whole, _NEXT_AFTER), local_address, socket_options
                )
            except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProxyError):
                continue
        return await self._reach(self._addresses[-1], port, whole, local_address, socket_options)

    async def _reach(
        self,
        address: str,
        port: int,
        seconds: float,
        local_address: str | None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None,
    ) -> httpcore.AsyncNetworkStream:
        if self._proxy is not None:
            return await self._tunnel(self._proxy, address, port, seconds)
        return await self._network.connect_tcp(
            address, port, seconds, local_address, socket_options
        )

    async def _tunnel(
        self, proxy: httpx.Proxy, address: str, port: int, seconds: float
    ) -> httpcore.AsyncNetworkStream:
        """Have `proxy` connect to `address`; return the stream through it."""
        target = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
        url = httpcore.URL(
            scheme=proxy.url.raw_scheme,
            host=proxy.url.raw_host,
            port=proxy.url.port or (443 if proxy.url.scheme == "https" else 80),
            target=target.encode(),
        )
        headers = [(b"host", target.encode()), (b"accept", b"*/*")]
        if proxy.raw_auth is not None:
            word = base64.b64encode(b":".join(proxy.raw_auth))
            headers.append((b"proxy-authorization", b"Basic " + word))
        connection = httpcore.AsyncHTTPConnection(
            origin=url.origin, ssl_context=proxy.ssl_context or self._context
        )
        limits = {**_TIMEOUT, "connect": seconds, "read": max(seconds, _NEXT_AFTER)}
        request = httpcore.Request("CONNECT", url, headers=headers, extensions={"timeout": limits})
        try:
            reply = await connection.handle_async_request(request)
            if not 200 <= reply.status < 300:
                raise httpcore.ProxyError(f"the proxy answered {reply.status} to CONNECT")
        except BaseException:
            await connection.aclose()
            raise
        stream: httpcore.AsyncNetworkStream = reply.extensions["network_stream"]
        return stream
