"""A reply's JSON, in whatever wrapper it came, read without ever raising.

Gateways on one path wrap the same facts differently: flat, under `data`, or under
`data.data` (a relay's record around the upstream's reply). An envelope lays these
wrappers open as layers, outermost first. No provider's meaning of a field is known here.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeGuard

from omnibatch.providers.words import clean

__all__ = ["BODY_LIMIT", "Envelope", "open_envelope", "task_id_in", "whole_seconds", "word_of"]

BODY_LIMIT = 8 * 1024 * 1024
"""Bytes of a decoded body that are read as JSON; a longer one counts as unreadable."""

_DEEPEST = 3  # `data` levels below the root (CometAPI's older query envelope needs two)
_LONGEST_ID = 200  # characters of a task id; real ones have 18 to 40
_LONGEST_WHOLE = 400  # digits of a number; Python refuses to read integers beyond 4300

_TITLE = re.compile(r"<title[^>]*>([^<]{1,500})", re.IGNORECASE)
_MARKUP = re.compile(r"\s*<(?:!doctype|html|head|body|\?xml)", re.IGNORECASE)
# Where providers put what went wrong, most telling first; "message" says SUCCEED even
# for a failed task, so it comes after the fields that exist for failures alone.
_MESSAGE_KEYS = ("task_status_msg", "failMsg", "message", "msg", "detail", "error_description")

Fields = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """The parts of a reply.

    `layers` holds the JSON objects along `data`, outermost first, and is empty where the
    body is no JSON object. `rows` holds the objects of a `data` that is a list.
    `text` is the body as text where it is not JSON, bounded.
    """

    layers: tuple[Fields, ...] = ()
    rows: tuple[Fields, ...] = ()
    text: str = ""

    @property
    def readable(self) -> bool:
        """Whether the body is a JSON object."""
        return bool(self.layers)

    @property
    def code(self) -> str:
        """The wrapper's own code as a lower-case word, or "" where it has none."""
        return word_of(self.layers[0].get("code")) if self.layers else ""

    @property
    def errors(self) -> tuple[Fields, ...]:
        """The `error` objects of all layers."""
        return tuple(e for layer in self.layers if _is_fields(e := layer.get("error")))

    @property
    def has_error(self) -> bool:
        """Whether any layer carries an `error` that is not empty."""
        return any(layer.get("error") for layer in self.layers)

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code in the reply, most telling first: the errors' own, then the wrapper's."""
        words = [word_of(error.get("code")) for error in self.errors]
        return tuple(filter(None, (*words, self.code)))

    @property
    def words(self) -> str:
        """The provider's own message, cleaned; "" where there is none."""
        said = [*map(_message, self.errors)]
        said += [error for layer in self.layers if isinstance(error := layer.get("error"), str)]
        said += [message for layer in reversed(self.layers) if (message := _message(layer))]
        if not self.layers:
            said.append(_plain(self.text))
        return next((words for text in said if (words := clean(text))), "")


def open_envelope(body: bytes) -> Envelope:
    """Read a reply's decoded `body`. Any bytes whatever give an envelope; nothing raises."""
    if len(body) > BODY_LIMIT:
        return Envelope(text=f"a body of {len(body)} bytes, over the limit of {BODY_LIMIT}")
    text = body.decode("utf-8-sig", errors="replace")
    try:
        root: object = json.loads(text, parse_int=_whole)
    except (ValueError, RecursionError):
        return Envelope(text=text[:4_000])
    if not _is_fields(root):
        return Envelope(text=text[:4_000])
    layers: list[Fields] = [root]
    rows: tuple[Fields, ...] = ()
    while len(layers) <= _DEEPEST:
        inner = layers[-1].get("data")
        if isinstance(inner, list) and not rows:
            rows = tuple(filter(_is_fields, inner))
            # A batch query answers a list; about one task it says what an object would.
            inner = rows[0] if len(inner) == len(rows) == 1 else None
        if not _is_fields(inner):
            break
        layers.append(inner)
    return Envelope(layers=tuple(layers), rows=rows)


def word_of(value: object) -> str:
    """Return a code or state as a lower-case word: 0, "0" and 0.0 are one. "" for no word."""
    match value:
        case bool():
            return ""
        case float() if value.is_integer():
            return str(int(value))
        case int() | float():
            return str(value)
        case str():
            return value[:_LONGEST_ID].strip().lower()
    return ""


def whole_seconds(value: object) -> int | None:
    """Return a length such as 5, "5" or "5.041" in whole seconds; None for anything else."""
    try:
        return round(float(word_of(value)))
    except (ValueError, OverflowError):
        return None


def task_id_in(places: Iterable[tuple[Fields, str]]) -> str | None:
    """Return the task id in the first of `places` that holds anything at all.

    A place is an object and a key. If what stands there cannot be an id (too long, spaces,
    a fraction), the answer is None rather than the next place's: a reply so odd is not to
    be read by guessing.
    """
    for fields, key in places:
        value = fields.get(key)
        if value is None or value == "":
            continue
        return _task_id(value)
    return None


def _task_id(value: object) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        value = str(value)
    if not isinstance(value, str) or len(value) > _LONGEST_ID:
        return None
    return value if value.isprintable() and " " not in value else None


def _whole(digits: str) -> int | float:
    """Read a JSON integer; one too long for Python becomes infinite rather than an error."""
    return int(digits) if len(digits) <= _LONGEST_WHOLE else float(digits)


def _message(fields: Fields) -> str:
    texts = (fields.get(key) for key in _MESSAGE_KEYS)
    return next((text for text in texts if isinstance(text, str) and text.strip()), "")


def _plain(text: str) -> str:
    """The words of a body that is not JSON: of a web page only its title."""
    if not _MARKUP.match(text):
        return text
    title = _TITLE.search(text)
    return f"a web page: {title[1]}" if title else "a web page"


def _is_fields(value: object) -> TypeGuard[Fields]:
    return isinstance(value, dict)
