"""Which addresses a download may come from: public ones over https, or a known loopback.

A result's URL is the provider's word, and a redirect anybody's; neither may make this
machine ask its own network for something. A name is looked up once: whoever is admitted
here is dialled at the addresses that were judged, whatever the name may mean by then.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from socket import SOCK_STREAM, gaierror

import anyio
import httpx

__all__ = ["Admitted", "admit"]

# RFC 6052: a gateway on the way turns these into the IPv4 address in their last bytes.
_NAT64 = IPv6Network("64:ff9b::/96")
# All that is given out of IPv6 so far; `is_global` also admits what merely is not reserved.
_GIVEN_OUT = IPv6Network("2000::/3")
_EXAMPLES = IPv6Network("3fff::/20")  # RFC 9637, newer than some Pythons
_PORT = 443
_LONGEST_SCHEME = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """A URL that may be fetched, and the only addresses it may be fetched from, best first.

    `here` tells that they are this machine's own.
    """

    url: httpx.URL
    port: int
    addresses: tuple[str, ...]
    here: bool


async def admit(url: str, *, loopback: bool) -> Admitted | str:
    """Judge `url` and look its host up; say in words why it may not be fetched.

    `loopback` admits this machine too, by http and at any port. A name of which one
    address is not public is refused with all of them.
    """
    try:
        read = httpx.URL(url)
        host, port = read.raw_host.decode("ascii"), read.port
    except (httpx.InvalidURL, ValueError):
        return "it is not a URL"
    if read.userinfo:
        return "it carries credentials"
    if read.scheme not in ("http", "https") or not host:
        return f"its scheme is {read.scheme[:_LONGEST_SCHEME] or 'missing'!r}, not https"
    if "%" in host:
        return "its host is none"  # characters that no name holds, spelt out by httpx
    if port is None:
        port = _PORT if read.scheme == "https" else 80
    if not 0 < port <= 0xFFFF:
        return "its port is none"
    try:
        found = await anyio.getaddrinfo(host, port, type=SOCK_STREAM)
    except (gaierror, UnicodeError, OSError) as error:
        return f"its host cannot be resolved ({error})"
    literals = tuple(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))
    addresses = [_inner(ip_address(literal)) for literal in literals]
    here = bool(addresses) and all(address.is_loopback for address in addresses)
    admitted = Admitted(url=read, port=port, addresses=literals, here=here)
    if loopback and here:
        return admitted
    if read.scheme != "https":
        return "its scheme is http, not https"
    if not addresses or not all(map(_is_public, addresses)):
        return "its host is not on the public internet"
    if port != _PORT:
        return f"its port is {port}, not {_PORT}"
    return admitted


def _inner(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 one only wraps, where it does: that is who answers."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if not address.is_global or address.is_multicast:
        return False
    if isinstance(address, IPv4Address):
        return True
    return address in _GIVEN_OUT and address not in _EXAMPLES
