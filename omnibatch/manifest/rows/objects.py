"""JSON and JSON Lines: objects whose values are cells, with the lines they begin in.

Objects and lists inside are columns of their own: `{"name": {"de": ...}, "photos": [...]}`
has the columns `name.de`, `photos.0` and so on.
"""

import json
import re
from array import array
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from omnibatch.manifest.counting import and_more
from omnibatch.manifest.rows import codes
from omnibatch.manifest.rows.table import MOST_COLUMNS, MOST_ROWS, Rows
from omnibatch.problems import Place, Problem

__all__ = ["Item", "read_json", "read_json_lines", "rows_of"]

_DEEPEST: Final = 10
_BLANK = re.compile(r"[ \t\r\n]*")
_LIST: Final = "write a list of objects: [{...}, {...}]"


class Item(NamedTuple):
    """One row: its cells as they were read, and the line it begins in."""

    cells: dict[str, Any]  # text, True, False, None, and lists and dicts of them
    line: int


class _Flaw(Exception):
    def __init__(self, line: int, column: int, message: str, hint: str) -> None:
        super().__init__(message)
        self.line, self.column, self.message, self.hint = line, column, message, hint


class _Twice(ValueError):
    """A key that an object has twice."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _Twice(next(key for key in keys if keys.count(key) > 1))
    return found


# Numbers stay the text that they are written as: 1e3, 1.0, and ids of 18 digits.
_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=str, parse_int=str, parse_constant=str
)


def read_json_lines(text: str, file: str, problems: list[Problem]) -> Rows | None:
    """One object a line; findings are added to `problems`."""

    def items() -> Iterator[Item]:
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                value, end = _decoded(line, len(line) - len(line.lstrip()), number)
                end = _blank(line, end)
                if end < len(line):
                    hint = "write one object a line"
                    raise _Flaw(number, end + 1, "there is more behind the object", hint)
                yield _item(value, number)

    return _rows(items, file, problems)


def read_json(text: str, file: str, problems: list[Problem]) -> Rows | None:
    """A list of objects, alone or as the one value of an object."""
    return _rows(lambda: _listed(text), file, problems)


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
        if len(found) > MOST_ROWS or len(columns) > MOST_COLUMNS:
            message = f"there are {len(columns):,} columns or more, limit {MOST_COLUMNS:,}"
            hint = "leave out what no shot uses"
            if len(found) > MOST_ROWS:
                message = f"there are {len(found):,} rows or more, limit {MOST_ROWS:,}"
                hint = "divide the file"
            _add(problems, Place(file, item.line, 1), codes.TOO_LARGE, message, hint)
            return None
    for (code, message), lines in flawed.items():
        hint = "leave it out" if code == codes.NESTED else "rename one of them"
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
        else:
            inner = value.items() if isinstance(value, dict) else enumerate(value)
            named = [(f"{key}.{name}", each, depth + 1) for name, each in inner]
            waiting += reversed(named)
    return flat, list(flaws)


def _rows(items: Callable[[], Iterator[Item]], file: str, problems: list[Problem]) -> Rows | None:
    try:
        return rows_of(items(), file, problems)
    except _Flaw as flaw:
        place = Place(file, flaw.line, flaw.column)
        _add(problems, place, codes.BROKEN, flaw.message, flaw.hint)
    return None


def _listed(text: str) -> Iterator[Item]:
    """The objects of the list that `text` is, or that is the one list in the object it is."""
    at = _blank(text, 0)
    if text.startswith("{", at):
        lists = [(start, value) for start, value in _members(text, at) if isinstance(value, list)]
        of_objects = [start for start, value in lists if value and isinstance(value[0], dict)]
        found = of_objects or [start for start, _ in lists]
        if len(found) > 1:
            message = f"this object has {len(found)} lists, and rows are one"
            raise _flaw(text, found[1], message, _LIST)
        at = found[0] if found else at
    if not text.startswith("[", at):
        raise _flaw(text, at, "this is no list of objects", _LIST)
    is_alone = at == _blank(text, 0)
    line, counted = 1, 0
    at = _blank(text, at + 1)
    while not text.startswith("]", at):
        line, counted = line + text.count("\n", counted, at), at
        value, at = _decoded(text, at, None)
        yield _item(value, line)
        at = _blank(text, at)
        if text.startswith(",", at):
            at = _blank(text, at + 1)
        elif not text.startswith("]", at):
            raise _flaw(text, at, "a comma or ] is missing here", "write a comma between objects")
    at = _blank(text, at + 1)
    if is_alone and at < len(text):
        hint = "one list is all there may be; for one object a line, call the file .jsonl"
        raise _flaw(text, at, "there is more behind the list", hint)


def _members(text: str, at: int) -> list[tuple[int, Any]]:
    """Where each value of the object at `at` begins, and what it is."""
    found: list[tuple[int, Any]] = []
    whole, end = _decoded(text, at, None)
    if (end := _blank(text, end)) < len(text):
        hint = "write a list of objects; for one object a line, call the file .jsonl"
        raise _flaw(text, end, "there is more behind the object", hint)
    at = _blank(text, at + 1)
    for _ in whole:
        _, at = _decoded(text, at, None)  # the key
        at = _blank(text, _blank(text, at) + 1)
        start = at
        value, at = _decoded(text, at, None)
        found.append((start, value))
        at = _blank(text, _blank(text, at) + 1)
    return found


def _blank(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _decoded(text: str, at: int, line: int | None) -> tuple[Any, int]:
    """The value at `at`, and where it ends; `line` is for a text that is one line of many."""
    try:
        return _DECODER.raw_decode(text, at)
    except json.JSONDecodeError as error:
        message = f"this is not JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        hint = "write it the way JSON is written: double quotes, no comma at the end"
        if line is not None:
            raise _Flaw(line, error.pos + 1, message, hint) from None
        raise _flaw(text, error.pos, message, hint) from None
    except _Twice as error:
        message = f"an object has the key {str(error)[:60]} twice"
        if line is not None:
            raise _Flaw(line, at + 1, message, "leave one out") from None
        raise _flaw(text, at, message, "leave one out") from None
    except RecursionError:
        raise _flaw(text, at, "this is nested too deep", _LIST) from None


def _item(value: Any, line: int) -> Item:
    if not isinstance(value, dict):
        raise _Flaw(line, 1, "a row is an object, and this is none", 'write {"column": "cell"}')
    return Item(value, line)


def _flaw(text: str, at: int, message: str, hint: str) -> _Flaw:
    line = text.count("\n", 0, at) + 1
    return _Flaw(line, at - text.rfind("\n", 0, at), message, hint)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _add(problems: list[Problem], place: Place, code: str, message: str, hint: str) -> None:
    problems.append(Problem(place=place, code=code, message=message, hint=hint))
