"""The source line of a problem with a caret below it, as a terminal shows them."""

import unicodedata
from typing import Final, NamedTuple

from omnibatch.problems import Place

__all__ = ["Excerpts", "width_of"]

_MOST_BYTES: Final = 64 * 1024 * 1024
_NARROWEST: Final = 20
# Joiners, variation selectors, marks of direction: they take no column of their own.
_NO_WIDTH: Final = frozenset({"Mn", "Me", "Cf"})
# What would turn the line around, or hide in it, is shown by its number instead.
_SHOWN_BY_NUMBER: Final = frozenset(
    "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
)


def width_of(char: str) -> int:
    """The columns that a character takes on a terminal: none, one or two."""
    if char.isascii():
        return 1
    if unicodedata.category(char) in _NO_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


class _Cell(NamedTuple):
    """A character as it is shown, and its columns."""

    text: str
    width: int


class Excerpts:
    """Reads source lines of the files that problems are in; each file once.

    A terminal has `width` columns.
    """

    def __init__(self, width: int) -> None:
        self._width = max(width, _NARROWEST)
        self._lines: dict[str, list[str]] = {}

    def of(self, place: Place) -> tuple[str, str] | None:
        """The line at `place` and the line with the caret; None where there is none."""
        lines = self._read(place.file) if place.line else []
        if not 0 < place.line <= len(lines):
            return None
        gutter = f"{place.line:>5} | "
        cells = [_cell(char) for char in lines[place.line - 1]]
        at = min(max(place.column - 1, 0), len(cells))
        start, end = _window(cells, at, self._width - len(gutter) - 2)
        front = "…" if start else ""
        text = front + "".join(cell.text for cell in cells[start:end])
        text += "…" if end < len(cells) else ""
        before = len(front) + sum(cell.width for cell in cells[start:at])
        return f"{gutter}{text}".rstrip(), f"{'':>5} | {' ' * before}^"

    def _read(self, file: str) -> list[str]:
        if file not in self._lines:
            try:
                with open(file, "rb") as stream:
                    data = stream.read(_MOST_BYTES)
            except (OSError, ValueError):
                data = b""
            text = data.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
            self._lines[file] = text.split("\n")
        return self._lines[file]


def _cell(char: str) -> _Cell:
    if char == "\t":
        return _Cell(" ", 1)
    if char in _SHOWN_BY_NUMBER or unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp"):
        shown = f"\\u{ord(char):04x}"
        return _Cell(shown, len(shown))
    return _Cell(char, width_of(char))


def _window(cells: list[_Cell], at: int, room: int) -> tuple[int, int]:
    """The part of a line that fits into `room` columns, with the place `at` in it."""
    if sum(cell.width for cell in cells) <= room:
        return 0, len(cells)
    start = at
    taken = 0
    while start > 0 and taken + cells[start - 1].width <= room // 2:
        start -= 1
        taken += cells[start].width
    end = at
    while end < len(cells) and taken + cells[end].width <= room:
        taken += cells[end].width
        end += 1
    while start > 0 and taken + cells[start - 1].width <= room:
        start -= 1
        taken += cells[start].width
    return start, end
