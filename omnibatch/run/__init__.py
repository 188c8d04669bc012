"""The run room: settle what is paid for, submit what is not yet. Its door, lazy for anyio."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from omnibatch.run.asking import ask_about_tasks
    from omnibatch.run.batch import (
        Outcome,
        RunSetup,
        Stopper,
        find_doubts,
        find_lost,
        settle_and_submit,
    )
    from omnibatch.run.budget import Cap, spent_on, unpriced_among
    from omnibatch.run.events import Event, Kind, Observer
    from omnibatch.run.halts import Halt, HaltReason
    from omnibatch.run.lost_run import Search
    from omnibatch.run.targets import inside, places, whereabouts
    from omnibatch.run.work import Later, Purchase

__all__ = [
    "Cap",
    "Event",
    "Halt",
    "HaltReason",
    "Kind",
    "Later",
    "Observer",
    "Outcome",
    "Purchase",
    "RunSetup",
    "Search",
    "Stopper",
    "ask_about_tasks",
    "find_doubts",
    "find_lost",
    "inside",
    "places",
    "settle_and_submit",
    "spent_on",
    "unpriced_among",
    "whereabouts",
]

_BEHIND = {
    "asking": ("ask_about_tasks",),
    "batch": ("Outcome", "RunSetup", "Stopper", "find_doubts", "find_lost", "settle_and_submit"),
    "budget": ("Cap", "spent_on", "unpriced_among"),
    "events": ("Event", "Kind", "Observer"),
    "halts": ("Halt", "HaltReason"),
    "lost_run": ("Search",),
    "targets": ("inside", "places", "whereabouts"),
    "work": ("Later", "Purchase"),
}
_HOMES = {name: home for home, names in _BEHIND.items() for name in names}


def __getattr__(name: str) -> Any:  # a door hands out whatever its rooms define
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
