"""omnibatch: render many video shots from one versioned manifest, and pay for each once.

For programs: read a manifest (`load_manifest`), judge it (`check`), read what was bought
(`read_ledger`), and plan (`plan_batch`). All of it is free, and none of it needs a key or
a network. What buys is the command line alone. Names are loaded when they are first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from omnibatch.checks import check
    from omnibatch.errors import Exit, OmnibatchError
    from omnibatch.ledger import LedgerPlace, read_ledger, state_of
    from omnibatch.manifest import load_manifest
    from omnibatch.money import Money
    from omnibatch.plan import Asked, plan_batch
    from omnibatch.problems import Problem
    from omnibatch.shots import Shot

__version__ = "0.1.0"

__all__ = [
    "Asked",
    "Exit",
    "LedgerPlace",
    "Money",
    "OmnibatchError",
    "Problem",
    "Shot",
    "check",
    "load_manifest",
    "plan_batch",
    "read_ledger",
    "state_of",
]

_BEHIND = {
    "checks": ("check",),
    "errors": ("Exit", "OmnibatchError"),
    "ledger": ("LedgerPlace", "read_ledger", "state_of"),
    "manifest": ("load_manifest",),
    "money": ("Money",),
    "plan": ("Asked", "plan_batch"),
    "problems": ("Problem",),
    "shots": ("Shot",),
}
_HOMES = {name: home for home, names in _BEHIND.items() for name in names}


def __getattr__(name: str) -> object:
    """Import `name` from the room that owns it (PEP 562), and keep it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
