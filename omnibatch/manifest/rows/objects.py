"""JSON and JSON Lines: objects whose values are cells, with the lines they begin in."""

import json
import re
from array import array
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from omnibatch.manifest.rows import codes
from omnibatch.manifest.rows.decoding import STRANGE
from omnibatch.manifest.rows.table import MOST_COLUMNS, MOST_ROWS, Rows
from omnibatch.problems import Place, Problem

__all__ = ["Item", "read_json", "read_json_lines", "rows_of"]

_BLANK = re.compile(r"[ \t\r\n]*")
_ESCAPE: Final = "\\u"  # by which JSON writes what the text itself may not hold
_LIST: Final = "write a list of objects: [{...}, {...}]"


class Item(NamedTuple):
    """One row: its cells as they were read, and the line it begins in."""

    cells: dict[str, Any]  # text, True, False, None, or a list or dict, which is a problem
    line: int


class _Flaw(Exception):
    def __init__(
        self, line: int, column: int, message: str, hint: str, code: str = codes.BROKEN
    ) -> None:
        super().__init__(message)
        self.line, self.column, self.message, self.hint = line, column, message, hint
        self.code = code


class _Twice(ValueError):
    """A key that an object has twice."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _Twice(key)
            seen.add(key)
    return found


# Numbers stay the text that they are written as: 1e3, 1.0, and ids of 18 digits.
_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=str, parse_int=str, parse_constant=str
)


def read_json_lines(text: str, file: str, problems: list[Problem]) -> Rows | None:
    """One object a line; findings are added to `problems`."""

    may_be_strange = _ESCAPE in text

    def items() -> Iterator[Item]:
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                value, end = _decoded(line, len(line) - len(line.lstrip()), number)
                if line[end:].strip():
                    raise _Flaw(number, end + 1, "there is more behind the object", "one a line")
                yield _item(value, number, may_be_strange)

    return _rows(items, file, problems)


def read_json(text: str, file: str, problems: list[Problem]) -> Rows | None:
    """A list of objects, alone or as the one value of an object."""
    return _rows(lambda: _listed(text), file, problems)


def rows_of(items: Iterator[Item], file: str, problems: list[Problem]) -> Rows | None:
    """The rows that `items` make, which need not have the same columns."""
    columns: dict[str, int] = {}
    found: list[Item] = []
    nested: dict[str, list[int]] = {}
    for item in items:
        found.append(item)
        for key, value in item.cells.items():
            columns.setdefault(key, len(columns))
            if isinstance(value, list | dict):
                nested.setdefault(key, []).append(item.line)
        if len(found) > MOST_ROWS or len(columns) > MOST_COLUMNS:
            what, most = (
                ("rows", MOST_ROWS) if len(found) > MOST_ROWS else ("columns", MOST_COLUMNS)
            )
            message = f"there are more than {most:,} {what}"
            _add(problems, Place(file, item.line, 1), codes.TOO_LARGE, message, "divide the file")
            return None
    for key, lines in nested.items():
        more = f" [and in {len(lines) - 1:,} more rows]" if len(lines) > 1 else ""
        message = f"{key[:60]} is a list or a map, and a cell is text{more}"
        hint = "write it as text, or as several columns"
        _add(problems, Place(file, lines[0], 1), codes.NESTED, message, hint)
    if nested:
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


def _rows(items: Callable[[], Iterator[Item]], file: str, problems: list[Problem]) -> Rows | None:
    try:
        return rows_of(items(), file, problems)
    except _Flaw as flaw:
        place = Place(file, flaw.line, flaw.column)
        _add(problems, place, flaw.code, flaw.message, flaw.hint)
    return None


def _listed(text: str) -> Iterator[Item]:
    at = _blank(text, 0)
    if text.startswith("{", at):
        at = _blank(text, at + 1)
        if text.startswith('"', at):
            _, at = _decoded(text, at, None)
            at = _blank(text, at)
            at = _blank(text, at + 1) if text.startswith(":", at) else at
    if not text.startswith("[", at):
        raise _flaw(text, at, "this is no list of objects", _LIST)
    may_be_strange = _ESCAPE in text
    line, counted = 1, 0
    at = _blank(text, at + 1)
    while not text.startswith("]", at):
        line, counted = line + text.count("\n", counted, at), at
        value, at = _decoded(text, at, None)
        yield _item(value, line, may_be_strange)
        at = _blank(text, at)
        if text.startswith(",", at):
            at = _blank(text, at + 1)
        elif not text.startswith("]", at):
            raise _flaw(text, at, "a comma or ] is missing here", "write a comma between objects")


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


def _item(value: Any, line: int, may_be_strange: bool) -> Item:
    if not isinstance(value, dict):
        raise _Flaw(line, 1, "a row is an object, and this is none", 'write {"column": "cell"}')
    if may_be_strange:
        for text in (*value, *value.values()):
            strange = STRANGE.search(text) if isinstance(text, str) else None
            if strange:
                message = f"an escape in this row stands for {strange[0]!a}, which no text has"
                raise _Flaw(line, 1, message, "take it out", codes.STRANGE_CHARACTER)
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
