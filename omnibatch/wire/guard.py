"""Which addresses a download may come from: public ones over https, or a known loopback.

A result's URL is the provider's word, and a redirect anybody's; neither may make this
machine ask its own network for something.
"""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from socket import SOCK_STREAM, gaierror
from urllib.parse import urlsplit

import anyio

__all__ = ["objection_to"]

# RFC 6052: a gateway on the way turns these into the IPv4 address in their last bytes.
_NAT64 = IPv6Network("64:ff9b::/96")


async def objection_to(url: str, *, loopback: bool) -> str | None:
    """Say why `url` may not be fetched, or None. `loopback` admits this machine by http."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "it is not a URL"
    if parts.username or parts.password:
        return "it carries credentials"
    if parts.scheme not in ("http", "https") or not host:
        return f"its scheme is {parts.scheme or 'missing'!r}, not https"
    try:
        found = await anyio.getaddrinfo(host, port or 443, type=SOCK_STREAM)
    except (gaierror, UnicodeError, OSError) as error:
        return f"its host cannot be resolved ({error})"
    addresses = [_inner(ip_address(str(entry[4][0]).partition("%")[0])) for entry in found]
    if loopback and all(address.is_loopback for address in addresses):
        return None
    if parts.scheme != "https":
        return "its scheme is http, not https"
    if not all(address.is_global and not address.is_multicast for address in addresses):
        return "its host is not on the public internet"
    return None


def _inner(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 one only wraps, where it does: that is who answers."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address
