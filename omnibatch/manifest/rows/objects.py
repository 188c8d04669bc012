"""Rows that are objects: they need not have the same keys, and may hold others.

Objects and lists inside are columns of their own: `{"name": {"de": ...}, "photos": [...]}`
has the columns `name.de`, `photos.0` and so on.
"""

from array import array
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from omnibatch.manifest.counting import and_more
from omnibatch.manifest.rows import codes
from omnibatch.manifest.rows.table import MOST_CELLS, MOST_COLUMNS, MOST_ROWS, Rows
from omnibatch.problems import Place, Problem

__all__ = ["Item", "rows_of"]

_DEEPEST: Final = 10


class Item(NamedTuple):
    """One row: its cells as they were read, and the line it begins in."""

    cells: dict[str, Any]  # text, True, False, None, and lists and dicts of them
    line: int


def rows_of(items: Iterator[Item], file: str, problems: list[Problem]) -> Rows | None:
    """The rows that `items` make, which need not have the same columns."""
    columns: dict[str, int] = {}
    found: list[Item] = []
    flawed: dict[tuple[str, str], list[int]] = {}
    for item in items:
        if any(isinstance(value, list | dict) for value in item.cells.values()):
            cells, flaws = _flat(item.cells)
            for flaw in flaws:
                flawed.setdefault(flaw, []).append(item.line)
            item = Item(cells, item.line)
        found.append(item)
        for key in item.cells:
            columns.setdefault(key, len(columns))
        excess = _excess(len(found), len(columns))
        if excess is not None:
            _add(problems, Place(file, item.line, 1), codes.TOO_LARGE, *excess)
            return None
    for (code, message), lines in flawed.items():
        hint = "rename one of them" if code == codes.BAD_HEADER else "leave it out"
        message += and_more(len(lines) - 1)
        _add(problems, Place(file, lines[0], 1), code, message, hint)
    if flawed:
        return None
    known: dict[str, str] = {}
    records = []
    lines_of = array("I")
    for item in found:
        texts = [_text(item.cells.get(key)) for key in columns]
        records.append(tuple([known.setdefault(text, text) for text in texts]))
        lines_of.append(item.line)
        if len(known) > 100_000:
            known.clear()
    return Rows(tuple(columns), file, records, lines_of)


def _excess(rows: int, columns: int) -> tuple[str, str] | None:
    """What there is too much of, and the cure; None where there is not."""
    if columns > MOST_COLUMNS:
        what = f"there are {columns:,} columns or more, limit {MOST_COLUMNS:,}"
        return what, "leave out what no shot uses"
    if rows > MOST_ROWS:
        return f"there are {rows:,} rows or more, limit {MOST_ROWS:,}", "divide the file"
    if rows * columns > MOST_CELLS:  # each row has every column, empty or not
        what = f"there are {rows * columns:,} cells or more, limit {MOST_CELLS:,}"
        return what, "divide the file"
    return None


def _flat(cells: dict[str, Any]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Cells without lists and maps, and what is wrong with them: codes and messages."""
    flat: dict[str, Any] = {}
    flaws: dict[tuple[str, str], None] = {}
    waiting = [(key, value, 1) for key, value in reversed(cells.items())]
    while waiting:
        key, value, depth = waiting.pop()
        if not isinstance(value, list | dict):
            if key in flat:
                flaws[codes.BAD_HEADER, f"two columns are called {key[:60]}"] = None
            flat[key] = value
        elif depth > _DEEPEST:
            flaws[codes.NESTED, f"{key[:60]} is more than {_DEEPEST} deep inside its row"] = None
        elif len(flat) + len(waiting) + len(value) > MOST_COLUMNS:
            message = f"{key[:60]} holds {len(value):,} values, limit {MOST_COLUMNS:,} in a row"
            flaws[codes.TOO_LARGE, message] = None
        else:
            inner = value.items() if isinstance(value, dict) else enumerate(value)
            named = [(f"{key}.{name}", each, depth + 1) for name, each in inner]
            waiting += reversed(named)
    return flat, list(flaws)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _add(problems: list[Problem], place: Place, code: str, message: str, hint: str) -> None:
    problems.append(Problem(place=place, code=code, message=message, hint=hint))
