"""Addresses that a provider could fetch from its own side of the world.

Nothing is looked up: what is judged is the text. An address that names this machine or
a private network is a mistake at best.
"""

import re
from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

__all__ = ["address_flaw", "scheme_of"]

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")
_LONGEST = 8192
_SPACES = re.compile(r"[\s\x00-\x1f\x7f]")
# RFC 6761, RFC 6762, RFC 8375 and ICANN's reservation of .internal (2024).
_PRIVATE_ENDINGS = (
    ".localhost",
    ".local",
    ".internal",
    ".home.arpa",
    ".invalid",
    ".onion",
    ".test",
)


def scheme_of(text: str) -> str | None:
    """The scheme that `text` begins with, in lower case; a Windows drive is none."""
    match = _SCHEME.match(text)
    return match[1].lower() if match else None


def address_flaw(text: str) -> tuple[str, str] | None:
    """What keeps a provider from fetching `text`, and the cure; None if nothing does."""
    if scheme_of(text) not in ("http", "https"):
        return f"{text[:60]!r} is not an http or https address", "use https://..."
    if len(text) > _LONGEST:
        message = f"this address has {len(text):,} characters, limit {_LONGEST:,}"
        return message, "use a shorter one"
    if _SPACES.search(text):
        return "there is a space in this address", "write %20 for a space"
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        return f"this address cannot be read: {error}", "use https://host/path"
    if not host:
        return "there is no host in this address", "use https://host/path"
    if parts.username is not None or parts.password is not None:
        return "there is a user name or password in this address", (
            "use a public or signed address; manifests go into git"
        )
    if not _public(host):
        return (
            f"{host} is not a public host",
            "use an address that can be reached from the internet",
        )
    return None


def _public(host: str) -> bool:
    try:
        literal = ip_address(host.partition("%")[0])
    except ValueError:
        name = host.rstrip(".")
        last = name.rpartition(".")[2]
        # A last label of digits is a number form of an IPv4 address (127.1, 0x7f.1).
        number = last.isdigit() or last.startswith("0x")
        return "." in name and not number and not f".{name}".endswith(_PRIVATE_ENDINGS)
    if isinstance(literal, IPv6Address) and literal.ipv4_mapped is not None:
        literal = literal.ipv4_mapped
    return literal.is_global and not literal.is_multicast
