"""Where a provider is reached: the name that is recorded, and the address that is dialled."""

import re
from dataclasses import dataclass, field
from hmac import compare_digest
from ipaddress import ip_address
from urllib.parse import urlsplit

__all__ = [
    "EMULATOR",
    "Account",
    "Endpoint",
    "Secret",
    "is_loopback",
    "is_rehearsal",
    "without_queries",
    "without_secrets",
]

EMULATOR = "emulator:"

_STARS = "***"
_SHORTEST_KEY = 8
_known: set[str] = set()
# What may be secret in an address: user and password, and what follows the path, where
# a signed one carries its signature.
_PASSWORD = re.compile(r"(\b[a-z][a-z0-9+.-]*://)[^\s/?#\"'<>@]*@", re.IGNORECASE)
_QUERY = re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s?#\"'<>]*)[?#][^\s\"'<>]+", re.IGNORECASE)


class Secret:
    """A key that cannot be printed by accident: every spelling of it is stars.

    It is not written out either: pickling raises `TypeError`, JSON knows no such type,
    and a copy is the same object. Two of one value are equal; none equals a text.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value
        if self.is_telling:
            _known.add(value)

    @property
    def is_telling(self) -> bool:
        """Tell whether it is replaced in the words of others: a shorter one may be any word."""
        return len(self._value) >= _SHORTEST_KEY

    def reveal(self) -> str:
        """The key itself, for the one header that carries it."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret('{_STARS}')"

    def __str__(self) -> str:
        return _STARS

    def __format__(self, spec: str) -> str:
        return format(_STARS, spec)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return compare_digest(self._value.encode(), other._value.encode())

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __copy__(self) -> "Secret":
        return self

    def __deepcopy__(self, memo: object) -> "Secret":
        return self

    def __reduce_ex__(self, protocol: object) -> str:
        raise TypeError("a secret is not pickled: its file would hold the key")


def without_secrets(text: str) -> str:
    """`text` with stars for every key that this process has made a `Secret` of.

    For the report of a bug, whose words are not ours: a foreign exception may quote a
    whole request. Keys of fewer than 8 characters stay, since they may be any word.
    """
    for value in sorted(_known, key=len, reverse=True):
        text = text.replace(value, _STARS)
    return text


def without_queries(text: str) -> str:
    """`text` with stars for the query, fragment, user and password of each address in it.

    Results lie at signed addresses: whoever reads one in a log may fetch the clip.
    """
    if "://" not in text:
        return text
    return _QUERY.sub(rf"\1?{_STARS}", _PASSWORD.sub(rf"\1{_STARS}@", text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """`name` stands in the ledger and is only ever compared; `base_url` is dialled.

    For a provider both are the same. A rehearsal is recorded under `emulator:`, since
    the emulator has another port each time.
    """

    name: str
    base_url: str

    @classmethod
    def at(cls, base_url: str) -> "Endpoint":
        """The endpoint at an address."""
        base_url = base_url.rstrip("/")
        return cls(name=base_url, base_url=base_url)

    @property
    def is_loopback(self) -> bool:
        """Tell whether the address is on this machine."""
        return is_loopback(self.base_url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who pays at a provider: its endpoint and key, and the short name of both's account."""

    provider: str
    endpoint: Endpoint
    key: Secret = field(repr=False)
    name: str


def is_loopback(url: str) -> bool:
    """Tell whether the host of `url` is this machine: localhost, 127.0.0.0/8 or ::1."""
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def is_rehearsal(recorded: str) -> bool:
    """Tell whether an attempt recorded at this endpoint cost nothing real."""
    return recorded == EMULATOR or is_loopback(recorded)
