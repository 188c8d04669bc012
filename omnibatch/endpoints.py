"""Where a provider is reached: the name that is recorded, and the address that is dialled."""

from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

__all__ = ["EMULATOR", "Account", "Endpoint", "Secret", "is_loopback", "is_rehearsal"]

EMULATOR = "emulator:"


class Secret:
    """A key that cannot be printed by accident: every spelling of it is stars."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The key itself, for the one header that carries it."""
        return self._value

    def __repr__(self) -> str:
        return "Secret('***')"

    def __str__(self) -> str:
        return "***"


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
