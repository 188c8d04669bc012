"""The source line of a problem with a caret below it, as a terminal shows them."""

from collections.abc import Iterable
from typing import Final

from omnibatch.cli.terminal import Cell, cells_of
from omnibatch.credentials import without_keys
from omnibatch.problems import Place

__all__ = ["Excerpts"]

_NARROWEST: Final = 20
# Longer lines are cut before they are measured: what is shown of them stands around the
# place, which is further in than this only in files that nobody reads line by line.
_LONGEST: Final = 1_000_000


class Excerpts:
    """The source lines at `places`; each file is read once, and no more than these are kept.

    A terminal has `width` columns. A key in a line is shown as stars, since terminals are
    recorded and shared.
    """

    def __init__(self, places: Iterable[Place], width: int) -> None:
        self._width = max(width, _NARROWEST)
        self._lines: dict[tuple[str, int], str] = {}
        wanted: dict[str, set[int]] = {}
        for place in places:
            if place.line:
                wanted.setdefault(place.file, set()).add(place.line)
        for file, numbers in wanted.items():
            self._read(file, numbers)

    def of(self, place: Place) -> tuple[str, str] | None:
        """The line at `place` and the line with the caret; None where there is none."""
        line = self._lines.get((place.file, place.line))
        if line is None:
            return None
        gutter = f"{place.line:>5} | "
        cells = cells_of(line)
        at = min(max(place.column - 1, 0), len(cells))
        start, end = _window(cells, at, self._width - len(gutter) - 2)
        front = "…" if start else ""
        text = front + "".join(cell.text for cell in cells[start:end])
        text += "…" if end < len(cells) else ""
        before = len(front) + sum(cell.width for cell in cells[start:at])
        return f"{gutter}{text}".rstrip(), f"{'':>{len(gutter) - 2}}| {' ' * before}^"

    def _read(self, file: str, numbers: set[int]) -> None:
        last = max(numbers)
        try:
            with open(file, encoding="utf-8-sig", errors="replace") as stream:
                for number, line in enumerate(stream, 1):
                    if number in numbers:
                        self._lines[file, number] = without_keys(line.rstrip("\n")[:_LONGEST])
                    if number >= last:
                        break
        except (OSError, ValueError):
            return  # it was there when it was checked; the place says enough without it


def _window(cells: list[Cell], at: int, room: int) -> tuple[int, int]:
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
    while start < at and not cells[start].width:
        start += 1  # a mark without the character that it stands on
    return start, end
