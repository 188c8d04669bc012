"""Data with positions: what a YAML text is before anybody has said what it means.

The reader makes these, `shape` judges them, `expansion` turns them into shots. A
scalar keeps the text as it was written, since `id: 010` means the text `010` where a
key takes text; `core_value` gives the YAML 1.2 core reading where a key does not.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from omnibatch.problems import Place

__all__ = ["Mapping", "Node", "Scalar", "Sequence", "Style", "core_value"]

Style = Literal["plain", "single", "double", "literal", "folded"]


@dataclass(frozen=True, slots=True)
class Scalar:
    """One scalar: its text after YAML's unescaping, how it was written, and where.

    `body` is the place of the text's first character, or None where characters of the
    text do not stand one for one in the source (escapes, folds): then only the start
    of the scalar is known. For a `|` block, `indent` is the column of its lines.
    """

    text: str
    style: Style
    place: Place
    body: Place | None = None
    indent: int = 0

    def place_at(self, offset: int) -> Place:
        """The place of the character at `offset` of the text, as exactly as is known."""
        if self.body is None:
            return self.place
        before = self.text[:offset]
        line = before.count("\n")
        if line == 0:
            return Place(self.body.file, self.body.line, self.body.column + offset)
        column = offset - (before.rfind("\n") + 1)
        return Place(self.body.file, self.body.line + line, self.indent + column)


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple["Node", ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Mapping:
    """A map from text to nodes, in the order written; keys are unique."""

    pairs: tuple[tuple[Scalar, "Node"], ...]
    place: Place

    def get(self, key: str) -> "Node | None":
        """The value under `key`, or None."""
        for name, value in self.pairs:
            if name.text == key:
                return value
        return None

    def key(self, key: str) -> Scalar | None:
        """The key itself, for its place."""
        for name, _ in self.pairs:
            if name.text == key:
                return name
        return None

    def __iter__(self) -> Iterator[tuple[Scalar, "Node"]]:
        return iter(self.pairs)


Node = Scalar | Sequence | Mapping

# YAML 1.2.2 section 10.3.2, the core schema.
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
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
    if text in _NULL:
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
