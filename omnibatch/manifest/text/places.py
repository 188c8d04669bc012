"""Where a scalar and its characters stand in the file.

A character's place can be told wherever the text stands in the source as it is: in
unquoted and quoted scalars on one line, if nothing in them is escaped, and in `|`
blocks. Folded and escaped text has only the place where it starts.
"""

import re
from typing import Any

from omnibatch.manifest.nodes import Scalar, Style, scalar_at
from omnibatch.manifest.text.source import Source
from omnibatch.problems import Place

__all__ = ["FLOW", "STYLES", "UNKNOWN", "locate"]

# libyaml says "" for an unquoted scalar, PyYAML's own parser says None.
STYLES: dict[str | None, Style] = {
    "": "plain",
    None: "plain",
    "'": "single",
    '"': "double",
    "|": "literal",
    ">": "folded",
}

# Of what stands on one line: its style, and how far behind the scalar its text begins
# where nothing is escaped.
FLOW: dict[str | None, tuple[Style, int | None]] = {
    "": ("plain", 0),
    None: ("plain", 0),
    "'": ("single", 1),
    '"': ("double", 1),
}
UNKNOWN: tuple[Style, int | None] = ("plain", None)

# An anchor and a tag may stand before the scalar, each with spaces or comments behind it.
_PROPERTIES = re.compile(r"(?:(?:&[0-9A-Za-z_-]+|!\S*)(?:\s|#[^\n]*(?=\n))*)+")


def locate(event: Any, source: Source, text: str) -> Scalar:
    """The scalar of `event`, with its place and, where it can be told, its body's."""
    style = STYLES[event.style]
    start, end = event.start_mark, event.end_mark
    if start.index > len(source.text):  # nothing, after the line break that the parser was given
        return scalar_at(source.place_of(len(source.text)), text, style)
    index, line, column = start.index, start.line, start.column
    if event.anchor is not None or event.tag is not None:
        index, line, column = _past_properties(source, index, end.index, line, column)
    place = Place(source.file, line + 1, column + 1)
    if not text and index >= len(source.text):
        # libyaml has nothing at the end stand in a line of its own.
        place = source.place_of(len(source.text))
    if style == "literal":
        return scalar_at(place, text, style, _block_body(source, index, line, text))
    if style == "folded" or line != end.line:
        return scalar_at(place, text, style)
    if style == "plain":
        return scalar_at(place, text, style, 0)
    # Every escape is longer than what it stands for.
    unescaped = end.column - column == len(text) + 2
    return scalar_at(place, text, style, 1 if unescaped else None)


def _past_properties(
    source: Source, index: int, end: int, line: int, column: int
) -> tuple[int, int, int]:
    """Where the scalar itself starts: its index, line and column, from 0."""
    found = _PROPERTIES.match(source.text, index, end)
    if found is None:  # nothing but properties: `key: &name`
        return index, line, column
    skipped = found[0]
    if "\n" not in skipped:
        return found.end(), line, column + len(skipped)
    return found.end(), line + skipped.count("\n"), len(skipped) - skipped.rfind("\n") - 1


def _block_body(source: Source, index: int, line: int, text: str) -> tuple[Place, int] | None:
    """The place of a `|` block's first character and the column its lines stand in.

    The column is read off the first line that holds anything, whatever told the parser
    of it: an indentation indicator, or the line itself.
    """
    blank = len(text) - len(text.lstrip("\n"))
    if blank == len(text):
        return None
    first = source.text.find("\n", index) + 1
    filled = first
    for _ in range(blank):
        filled = source.text.find("\n", filled) + 1
    end = source.text.find("\n", filled)
    width = (len(source.text) if end < 0 else end) - filled
    text_end = text.find("\n", blank)
    indent = width - ((len(text) if text_end < 0 else text_end) - blank) + 1
    if not blank:
        return Place(source.file, line + 2, indent), indent
    return Place(
        source.file, line + 2, min(indent, source.text.find("\n", first) - first + 1)
    ), indent
