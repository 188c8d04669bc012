"""A mistake: what the parser said when it gave up, and how far it had come.

A parser notices a mistake some way after it was made, at the first word it cannot place.
`layout` and `quoting` look back from there for what was really written.
"""

from dataclasses import dataclass
from typing import Any

from omnibatch.manifest.text.source import Source
from omnibatch.problems import Place, Problem

__all__ = ["Block", "Mistake", "Spot"]


@dataclass(frozen=True, slots=True)
class Spot:
    """A point of the source: line and column as the parser counts them, from 0."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Block:
    """A list or map: its place, its kind, and whether brackets hold it."""

    place: Place
    is_map: bool
    is_flow: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """Where the parser gave up (`at`), on what that began at `start`, and its trail.

    `last` is the last event before, `opened` the lists and maps around it, outermost
    first, `closed` the one that ended last.
    """

    source: Source
    said: str
    at: Spot
    start: Spot
    last: Any = None
    opened: tuple[Block, ...] = ()
    closed: Block | None = None

    def problem(self, spot: Spot, code: str, message: str, hint: str) -> Problem:
        """A problem at `spot`."""
        place = self.source.place(spot.line, spot.column)
        return Problem(place=place, code=code, message=message, hint=hint)

    def text(self, spot: Spot) -> str:
        """The rest of the line from `spot` on."""
        return self.source.line(spot.line)[spot.column :]

    def last_is(self, *styles: str | None) -> bool:
        """Tell whether the last event is a scalar in one of `styles`."""
        return hasattr(self.last, "style") and self.last.style in styles

    def last_start(self) -> Spot:
        """Where the last event starts."""
        return Spot(self.last.start_mark.line, self.last.start_mark.column)

    def last_end_line(self) -> int:
        """The line in which the last event ends; -1 before the first."""
        return self.last.end_mark.line if self.last is not None else -1

    def blocks(self) -> tuple[Block, ...]:
        """The lists and maps that the parser was in, without those in brackets."""
        return tuple(block for block in self.opened if not block.is_flow)

    def brackets(self) -> tuple[Block, ...]:
        """The lists and maps in brackets: those still open, and the one that ended last."""
        closed = (self.closed,) if self.closed else ()
        return tuple(block for block in (*self.opened, *closed) if block.is_flow)
