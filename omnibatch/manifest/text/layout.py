"""Mistakes of layout: tabs, columns, spaces left out, lists and maps mixed.

Each function says what is wrong if it is of its kind, and None if not.
"""

import re

from omnibatch.manifest.text.mistakes import Block, Mistake, Spot
from omnibatch.manifest.text.source import Source
from omnibatch.problems import Problem

__all__ = [
    "carried_on",
    "left_of_block",
    "misplaced",
    "missing_space",
    "no_colon",
    "tab_indentation",
]

_INDENTATION = re.compile(r"[ \t]*")
# `key:text` at the start of a line or of a list item, but not `http://`.
_NO_SPACE_AFTER_COLON = re.compile(r"[ ]*(?:-[ ]+)*[A-Za-z_][\w.-]*:(?!//)(?=[^\s:])")
# `-text`, but neither `--` nor a negative number.
_NO_SPACE_AFTER_DASH = re.compile(r"[ ]*(?:-[ ]+)*-(?=[^\s\d.-])")

_MOVE_IT = "move it to the column of the lines it belongs to"


def tab_indentation(mistake: Mistake) -> Problem | None:
    """A tab before the first word of the line."""
    indentation = _INDENTATION.match(mistake.source.line(mistake.at.line))
    column = indentation[0].find("\t") if indentation else -1
    if column < 0:
        return None
    spot = Spot(mistake.at.line, column)
    return mistake.problem(spot, "OB115", "a tab cannot indent a line", "use spaces")


def missing_space(source: Source, line: int, start: int | None = None) -> Problem | None:
    """`key:value` or `-item` at the start of a line, counted from 0.

    `start` is where the line begins in the text, where that is known.
    """
    text = source.line(line) if start is None else source.line_from(start)
    for pattern, sign in ((_NO_SPACE_AFTER_COLON, ":"), (_NO_SPACE_AFTER_DASH, "-")):
        found = pattern.match(text)
        if found is not None:
            return Problem(
                place=source.place(line, found.end() - 1),
                code="OB117",
                message=f"there is no space after this `{sign}`, and so it is a part of the text",
                hint=f"write a space after the `{sign}`, or quote the text",
            )
    return None


def no_colon(mistake: Mistake) -> Problem:
    """A line that should have been `key: value`."""
    spaceless = missing_space(mistake.source, mistake.start.line)
    if spaceless is not None:
        return spaceless
    comment = mistake.text(mistake.start).find(" #")
    if comment >= 0:
        spot = Spot(mistake.start.line, mistake.start.column + comment + 1)
        return mistake.problem(
            spot,
            "OB130",
            "the rest of this line is read as a comment",
            "quote the text that holds the ` #`",
        )
    return mistake.problem(
        mistake.start,
        "OB110",
        "this line is neither `key: value` nor a part of the text above it",
        "write a `:` and a space after the key; indent text that goes on deeper than its key",
    )


def carried_on(mistake: Mistake) -> Problem | None:
    """A `key: value` line that is indented as if it carried on the text above it."""
    if not mistake.last_is("", None) or mistake.last_start().line == mistake.at.line:
        return None
    first = mistake.last_start()
    spaceless = missing_space(mistake.source, first.line)
    if spaceless is not None:
        return spaceless
    blocks = mistake.blocks()
    if not blocks:
        return no_colon(_started(mistake, first))
    line = mistake.source.line(mistake.at.line)
    column = len(line) - len(line.lstrip(" "))
    return mistake.problem(
        Spot(mistake.at.line, column),
        "OB116",
        f"this line starts in column {column + 1} and so carries on the text of line"
        f" {first.line + 1}; a line beside that one starts in column {blocks[-1].place.column}",
        f"{_MOVE_IT}, or quote the text",
    )


def _started(mistake: Mistake, start: Spot) -> Mistake:
    return Mistake(source=mistake.source, said=mistake.said, at=mistake.at, start=start)


def left_of_block(mistake: Mistake) -> Problem | None:
    """A line of a `|` or `>` text that is indented less than the text's first line."""
    if not mistake.last_is("|", ">") or mistake.last_end_line() != mistake.at.line:
        return None
    style = mistake.last.style
    return mistake.problem(
        mistake.at,
        "OB116",
        f"this line starts in column {mistake.at.column + 1}, to the left of the `{style}` text above",
        f"indent all lines of the text alike, or say by how much: `{style}2`",
    )


def misplaced(mistake: Mistake) -> Problem | None:
    """A line that starts where none of the lists and maps around it does, or as no item
    of the list or map that does."""
    column = mistake.at.column + 1
    text = mistake.source.line(mistake.at.line)
    if text[: column - 1].strip(" "):
        return None
    closed = mistake.closed
    blocks = mistake.blocks() + ((closed,) if closed and not closed.is_flow else ())
    is_item = re.match(r"-( |$)", text[column - 1 :]) is not None
    for block in blocks:
        if block.place.column == column and block.is_map == is_item:
            return _mixed(mistake, block, is_item)
    columns = {block.place.column for block in blocks} - {column}
    if not columns:
        return None
    left = sorted(each for each in columns if each < column)[-1:]
    right = sorted(each for each in columns if each > column)[:1]
    return mistake.problem(
        mistake.at,
        "OB116",
        f"this line starts in column {column}; what it could belong to starts in column"
        f" {' or '.join(map(str, left + right))}",
        _MOVE_IT,
    )


def _mixed(mistake: Mistake, block: Block, is_item: bool) -> Problem:
    mine, theirs = ("a list item", "a map") if is_item else ("no list item", "a list")
    return mistake.problem(
        mistake.at,
        "OB118",
        f"this line is {mine}, but {theirs} started in this column in line {block.place.line}",
        "indent it to where it belongs, or " + ("drop the `- `" if is_item else "add a `- `"),
    )
