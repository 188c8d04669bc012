"""How long the filters of a manifest may be busy: bounded, since each shot runs them anew.

A chain of filters takes milliseconds where a text is long, and a manifest may have a
hundred thousand shots. What they do is counted, not timed: the same manifest is taken or
refused on every machine.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from omnibatch.manifest import codes
from omnibatch.manifest.template.rendering import Flaw

__all__ = ["TooMuchWork", "Work", "spend", "too_much_work"]

# A step is some 30 ns. What prompts need is not counted: that is 0.3 ms a shot.
_MOST_STEPS: Final = 30_000_000
_FREE_STEPS: Final = 10_000

_current: ContextVar["Work | None"] = ContextVar("work of filters", default=None)


class TooMuchWork(Exception):
    """The filters of a manifest have been busy for long enough."""


class Work:
    """The steps that the filters of one manifest have taken."""

    __slots__ = ("_free", "_steps")

    def __init__(self) -> None:
        self._steps = self._free = 0

    @contextmanager
    def of_one(self) -> Iterator[None]:
        """Count what filters do inside, which is one rendering."""
        self._free = _FREE_STEPS
        before = _current.set(self)
        try:
            yield
        finally:
            _current.reset(before)

    def add(self, steps: int) -> None:
        """Count steps. Raise `TooMuchWork` where they are too many in all."""
        self._free -= steps
        if self._free < 0:
            self._steps -= self._free
            self._free = 0
            if self._steps > _MOST_STEPS:
                raise TooMuchWork


def spend(steps: int) -> None:
    """Count the steps of a filter for whoever is counting."""
    work = _current.get()
    if work is not None:
        work.add(steps)


def too_much_work() -> Flaw:
    """The flaw of a template whose filters would be busy for long."""
    message = f"the filters of this manifest take more than {_MOST_STEPS:,} steps"
    hint = "filter shorter texts, or write them as they are to be"
    return Flaw(offset=0, code=codes.TEMPLATE_SIZE, message=message, hint=hint)
