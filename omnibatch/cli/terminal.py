"""Text as it may reach a terminal, and the columns that it takes there.

Characters that steer a terminal, or turn the direction of a line, are shown by their
number: nothing of a manifest is hidden, and nothing of it is obeyed.
"""

import unicodedata
from typing import Final, NamedTuple

__all__ = ["Cell", "cells_of", "clean", "width_of"]

# Marks that stand on or in the character before them, joiners, marks of direction.
_NO_WIDTH: Final = frozenset({"Mn", "Me", "Cf"})
# Control characters, halves of characters, and the line breaks that editors do not know.
_STEERING: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
_TURNING: Final = frozenset(
    "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
)
_SOFT_HYPHEN: Final = "\u00ad"  # a format character, and yet terminals show it
# The vowels and finals that Korean syllables are put together from.
_JOINED_JAMO: Final = (range(0x1160, 0x1200), range(0xD7B0, 0xD800))
_JOINER: Final = "\u200d"
_VARIATIONS: Final = ("\ufe0e", "\ufe0f")
_SKIN_TONES: Final = range(0x1F3FB, 0x1F400)
_TAGS: Final = range(0xE0020, 0xE0080)


class Cell(NamedTuple):
    """A character as it is shown, and its columns."""

    text: str
    width: int


def width_of(char: str) -> int:
    """The columns that a character takes on a terminal: none, one or two."""
    if char.isascii():
        return 1
    if char != _SOFT_HYPHEN and unicodedata.category(char) in _NO_WIDTH:
        return 0
    if any(ord(char) in part for part in _JOINED_JAMO):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def cells_of(text: str) -> list[Cell]:
    """The cells of a line, one for each character of it.

    What makes one emoji of several is left out, since terminals disagree on whether the
    whole takes two columns or more: a family of four is shown as its four members.
    """
    if text.isascii() and text.isprintable():
        return [Cell(char, 1) for char in text]
    cells: list[Cell] = []
    after_emoji = False
    for char in text:
        is_binder = char in _VARIATIONS or ord(char) in _SKIN_TONES or ord(char) in _TAGS
        if after_emoji and (is_binder or char == _JOINER):
            cells.append(Cell("", 0))
            continue
        cells.append(_cell(char))
        after_emoji = unicodedata.category(char) == "So"
    return cells


def _cell(char: str) -> Cell:
    if char in "\t\n":
        return Cell(" ", 1)
    if char in _TURNING or unicodedata.category(char) in _STEERING:
        shown = f"\\u{ord(char):04x}"
        return Cell(shown, len(shown))
    return Cell(char, width_of(char))


def clean(text: str) -> str:
    """`text` on one line, with nothing in it that could steer a terminal."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_cell(char).text for char in text)
