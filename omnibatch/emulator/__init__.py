"""The emulator: a local server that speaks the providers' dialects and renders for free.

It is a second reading of the providers' pages and imports nothing from the first: where
the two disagree, a test finds out. This module is the room's door. What its names need (a
web server, an encoder) is imported when a name is first used.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from omnibatch.emulator.faults.fault import Fault
    from omnibatch.emulator.faults.fault_text import load_faults
    from omnibatch.emulator.serving.server import Emulator
    from omnibatch.emulator.settings import Settings

__all__ = ["Emulator", "Fault", "Settings", "load_faults"]

_HOMES = {
    "Emulator": "omnibatch.emulator.serving.server",
    "Fault": "omnibatch.emulator.faults.fault",
    "Settings": "omnibatch.emulator.settings",
    "load_faults": "omnibatch.emulator.faults.fault_text",
}


def __getattr__(name: str) -> object:
    """Import `name` from the module that owns it (PEP 562)."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
