"""JSON and JSON Lines: the objects in them, with the lines they begin in."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from omnibatch.manifest.rows import codes
from omnibatch.manifest.rows.decoding import STRANGE
from omnibatch.manifest.rows.objects import Item, rows_of
from omnibatch.manifest.rows.table import Rows
from omnibatch.problems import Place, Problem

__all__ = ["read_json", "read_json_lines"]

_BLANK = re.compile(r"[ \t\r\n]*")
_ESCAPE: Final = "\\u"  # by which JSON writes what the text itself may not hold
_LIST: Final = "write a list of objects: [{...}, {...}]"


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
                end = _blank(line, end)
                if end < len(line):
                    hint = "write one object a line"
                    raise _Flaw(number, end + 1, "there is more behind the object", hint)
                yield _item(value, number, may_be_strange)

    return _rows(items, file, problems)


def read_json(text: str, file: str, problems: list[Problem]) -> Rows | None:
    """A list of objects, alone or as the one value of an object."""
    return _rows(lambda: _listed(text), file, problems)


def _rows(items: Callable[[], Iterator[Item]], file: str, problems: list[Problem]) -> Rows | None:
    try:
        return rows_of(items(), file, problems)
    except _Flaw as flaw:
        place = Place(file, flaw.line, flaw.column)
        problems.append(Problem(place=place, code=flaw.code, message=flaw.message, hint=flaw.hint))
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
