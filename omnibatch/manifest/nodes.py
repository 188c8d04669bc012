"""Data with positions: what a YAML text is before anybody has said what it means.

The reader makes these, `shape` judges them, `expansion` turns them into shots. A
scalar keeps the text as it was written, since `id: 010` means the text `010` where a
key takes text; `core_value` gives the YAML 1.2 core reading where a key does not.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from omnibatch.problems import Place

__all__ = [
    "NULL",
    "Mapping",
    "Node",
    "Scalar",
    "Sequence",
    "Style",
    "core_value",
    "mapping",
    "scalar_at",
]

Style = Literal["plain", "single", "double", "literal", "folded"]


class _Kept(NamedTuple):
    """A scalar as it is kept: its place in pieces, since there are millions of them."""

    text: str
    style: Style
    file: str
    line: int
    column: int
    inside: int | tuple[Place, int] | None


class Scalar(_Kept):
    """One scalar: its text after YAML's unescaping, how it was written, and where.

    Where characters of the text stand one for one in the source, `inside` tells where the
    first one is: so many columns behind the scalar's own place, or for a `|` block, its
    place and the column of the block's lines. None (escapes, folds) means that only the
    start of the scalar is known.
    """

    __slots__ = ()

    @property
    def place(self) -> Place:
        """Where it begins: with its quote, its `|`, or its first character."""
        return Place(self[2], self[3], self[4])

    @property
    def body(self) -> Place | None:
        """The place of the text's first character, if it is known."""
        inside = self.inside
        if isinstance(inside, tuple):
            return inside[0]
        return None if inside is None else Place(self.file, self.line, self.column + inside)

    @property
    def indent(self) -> int:
        """The column of a `|` block's lines; 0 for all others."""
        return self.inside[1] if isinstance(self.inside, tuple) else 0

    def place_at(self, offset: int) -> Place:
        """The place of the character at `offset` of the text, as exactly as is known."""
        body = self.body
        if body is None:
            return self.place
        before = self.text[:offset]
        line = before.count("\n")
        if line == 0:
            return Place(body.file, body.line, body.column + offset)
        column = offset - (before.rfind("\n") + 1)
        return Place(body.file, body.line + line, self.indent + column)


def scalar_at(
    place: Place, text: str, style: Style = "plain", inside: int | tuple[Place, int] | None = None
) -> Scalar:
    """The scalar that begins at `place`."""
    return Scalar(text, style, *place, inside)


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple["Node", ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Mapping:
    """A map from text to nodes, in the order written; keys are unique."""

    keys: tuple[Scalar, ...]
    values: tuple["Node", ...]
    place: Place

    @property
    def pairs(self) -> tuple[tuple[Scalar, "Node"], ...]:
        """Each key with its value."""
        return tuple(zip(self.keys, self.values, strict=True))

    def get(self, key: str) -> "Node | None":
        """The value under `key`, or None."""
        for name, value in zip(self.keys, self.values, strict=True):
            if name[0] == key:
                return value
        return None

    def key(self, key: str) -> Scalar | None:
        """The key itself, for its place."""
        for name in self.keys:
            if name[0] == key:
                return name
        return None

    def __iter__(self) -> Iterator[tuple[Scalar, "Node"]]:
        return zip(self.keys, self.values, strict=True)


Node = Scalar | Sequence | Mapping


def mapping(pairs: Iterable[tuple[Scalar, Node]], place: Place) -> Mapping:
    """The map of these pairs."""
    written = tuple(pairs)
    keys = tuple([key for key, _ in written])
    return Mapping(keys, tuple([value for _, value in written]), place)


# YAML 1.2.2 section 10.3.2, the core schema.
NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_INT = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEX = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
# Python refuses to convert longer digit strings, and no key of a manifest needs them.
_LONGEST_NUMBER = 400


def core_value(scalar: Scalar) -> bool | int | float | str | None:
    """Read a scalar by the YAML 1.2 core rules: `16:9`, `on` and dates stay text."""
    text = scalar.text
    if scalar.style != "plain" or len(text) > _LONGEST_NUMBER:
        return text
    if text in NULL:
        return None
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    if _INT.fullmatch(text):
        return int(text)
    if _OCTAL.fullmatch(text):
        return int(text[2:], 8)
    if _HEX.fullmatch(text):
        return int(text[2:], 16)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
