"""Services that render: requests made, replies read, verdicts; no network.

The door of the room. Each name is loaded when it is first used, and an adapter when it is
first asked for by name.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from omnibatch.providers.cometapi import CometApi
    from omnibatch.providers.limits import Fact, Limits, Source, Span
    from omnibatch.providers.offers import fault_of, known_providers, table_with
    from omnibatch.providers.prices import Rate
    from omnibatch.providers.provider import (
        CreateReply,
        LookupReply,
        LookupRow,
        Provider,
        Request,
        Response,
        StatusReply,
        TaskFacts,
        Verdict,
    )
    from omnibatch.providers.registry import provider_named, provider_names
    from omnibatch.providers.table import TABLE, Doubt, ModelRow, Table, price_of
    from omnibatch.providers.words import clean, legible

__all__ = [
    "TABLE",
    "CometApi",
    "CreateReply",
    "Doubt",
    "Fact",
    "Limits",
    "LookupReply",
    "LookupRow",
    "ModelRow",
    "Provider",
    "Rate",
    "Request",
    "Response",
    "Source",
    "Span",
    "StatusReply",
    "Table",
    "TaskFacts",
    "Verdict",
    "clean",
    "fault_of",
    "known_providers",
    "legible",
    "price_of",
    "provider_named",
    "provider_names",
    "table_with",
]

_BEHIND = {
    "cometapi": ("CometApi",),  # for gateways of its kind (docs/providers.md)
    "limits": ("Fact", "Limits", "Source", "Span"),
    "offers": ("fault_of", "known_providers", "table_with"),
    "prices": ("Rate",),
    "provider": (
        *("CreateReply", "LookupReply", "LookupRow", "Provider", "Request", "Response"),
        *("StatusReply", "TaskFacts", "Verdict"),
    ),
    "registry": ("provider_named", "provider_names"),
    "table": ("TABLE", "Doubt", "ModelRow", "Table", "price_of"),
    "words": ("clean", "legible"),
}
_MODULE_OF = {name: module for module, names in _BEHIND.items() for name in names}


def __getattr__(name: str) -> object:
    module = _MODULE_OF.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{module}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
