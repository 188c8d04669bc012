"""The wire: the only room of a run that opens sockets. Its door, lazy for httpx."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from omnibatch.wire.bounds import FetchBounds
    from omnibatch.wire.exchange import Fetched, Lost, NotFetched, NotSent, Wire
    from omnibatch.wire.http import HttpWire, WireSettings

__all__ = [
    "FetchBounds",
    "Fetched",
    "HttpWire",
    "Lost",
    "NotFetched",
    "NotSent",
    "Wire",
    "WireSettings",
]

_HOMES = {
    "FetchBounds": "bounds",
    "Fetched": "exchange",
    "HttpWire": "http",
    "Lost": "exchange",
    "NotFetched": "exchange",
    "NotSent": "exchange",
    "Wire": "exchange",
    "WireSettings": "http",
}


def __getattr__(name: str) -> Any:  # a door hands out whatever its rooms define
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
