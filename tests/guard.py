"""Tests stay at home: the network ends at this machine, and the home folder is a fresh one.

An audit hook sees every connection that Python code makes, whichever library makes it.
The tests' own process has it, and so has every command line that they start.
"""

import sys
from collections.abc import MutableMapping
from ipaddress import ip_address
from pathlib import Path

__all__ = ["RealNetwork", "keep_in", "move_out"]

_HOMES = ("HOME", "USERPROFILE", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME")
_OURS = ("COMETAPI_", "APIMODELS_", "KLING_", "OMNIBATCH_")
_WAYS_OUT = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "ssl_cert_file")

_on = False


class RealNetwork(BaseException):
    """A test was about to reach beyond this machine. No handler of errors may swallow that."""


def keep_in() -> None:
    """Refuse, from now on and for good, to connect beyond this machine or to look names up."""
    global _on  # noqa: PLW0603 - an audit hook cannot be taken off, so it is put on once
    if not _on:
        _on = True
        sys.addaudithook(_watch)


def move_out(environment: MutableMapping[str, str], home: Path) -> None:
    """Give `environment` another home, and take from it all that steers omnibatch."""
    for name in list(environment):
        if name.startswith(_OURS) or name.lower() in _WAYS_OUT:
            del environment[name]
    for name in _HOMES:
        environment[name] = str(home)


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        # A Unix socket's address is its path, and stays on this machine.
        if isinstance(address, tuple) and not _is_here(str(address[0])):
            raise RealNetwork(f"{event} to {address[0]}")
    elif event == "socket.getaddrinfo":
        host = arguments[0]
        name = host.decode() if isinstance(host, bytes) else host
        if isinstance(name, str) and not (_is_here(name) or _is_number(name)):
            raise RealNetwork(f"{event} of {name}")


def _is_here(host: str) -> bool:
    return host in ("", "localhost") or (_is_number(host) and ip_address(host).is_loopback)


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
