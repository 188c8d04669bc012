"""Addresses that somebody else's server must reach: references and callbacks."""

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from omnibatch.checks.codes import Code

__all__ = ["AddressFault", "address_fault"]

# RFC 6761, RFC 6762, RFC 8375 and ICANN's `internal`: names that mean nothing elsewhere.
_PRIVATE_ENDINGS = (".localhost", ".local", ".internal", ".home.arpa", ".lan")


_CONTROL = re.compile(r"[\x00-\x20\x7f]")


@dataclass(frozen=True, slots=True)
class AddressFault:
    """Why a provider could not, or should not, use an address."""

    code: Code
    message: str
    hint: str


@lru_cache(maxsize=1024)  # a cast of references is judged once, not in every shot
def address_fault(url: str, schemes: tuple[str, ...] = ("http", "https")) -> AddressFault | None:
    """Judge an address by its text alone: form, scheme, and a host that may be public.

    Nothing is resolved. The messages hold no more than the host, since the rest of an
    address may be a secret.
    """
    wanted = " or ".join(schemes)
    if _CONTROL.search(url):
        return AddressFault(
            Code.ADDRESS_MALFORMED,
            "the address holds a space or a control character",
            "write a space as %20",
        )
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        _ = parts.port  # raises where it is no number
    except ValueError:
        # Some of Python's messages quote the address, which may hold a secret.
        return AddressFault(
            Code.ADDRESS_MALFORMED,
            "the host or the port of the address cannot be read",
            "copy the address again, whole",
        )
    if parts.scheme.lower() not in schemes or not host:
        return AddressFault(
            Code.ADDRESS_MALFORMED,
            f"the address is not one of {wanted}://host/...",
            f"write it in full, beginning with {schemes[-1]}://",
        )
    if "@" in parts.netloc:
        return AddressFault(
            Code.ADDRESS_WITH_PASSWORD,
            f"the address at {host} carries a user name or a password",
            "use an address that needs none; a manifest is no place for secrets",
        )
    if not _may_be_public(host):
        return AddressFault(
            Code.ADDRESS_NOT_PUBLIC,
            f"{host} cannot be reached from the provider's servers",
            "use a public address",
        )
    return None


def _may_be_public(host: str) -> bool:
    """Whether a host is a public IP address, or a name with a dot that is not private."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        last = host.rpartition(".")[2]
        # `127.1` and `0x7f.1` are addresses too, to those who read them as C does.
        is_odd_number = last.isdigit() or last.startswith("0x")
        return "." in host and not is_odd_number and not host.endswith(_PRIVATE_ENDINGS)
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    real = mapped or address
    return real.is_global and not real.is_multicast
