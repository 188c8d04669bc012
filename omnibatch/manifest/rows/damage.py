"""Cells that a spreadsheet has changed on the way: named, since the clip would be paid for."""

import re
from collections.abc import Iterator
from typing import Final

from omnibatch.manifest.rows import codes
from omnibatch.manifest.rows.table import Rows
from omnibatch.manifest.suggest import in_more_rows
from omnibatch.problems import Problem

__all__ = ["damage"]

_KINDS: Final = (
    (
        re.compile(r"[0-9](?:[.,][0-9]+)?E\+[0-9]{2}"),
        "looks like a long number that a spreadsheet has rounded",
        "format the column as text, and enter its numbers anew",
    ),
    (
        re.compile(r"[0-9]{1,2}:[0-9]{2}:00"),
        "looks like a ratio such as 16:9 that a spreadsheet took for a time",
        "format the column as text, and enter it anew",
    ),
    (
        re.compile(r"[0-9]{1,2}[-. ](?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)", re.I),
        "looks like a ratio or a number that a spreadsheet took for a date",
        "format the column as text, and enter it anew",
    ),
    (
        re.compile(r"#(?:REF!|N/A|NAME\?|VALUE!|DIV/0!|NULL!|NUM!|#{2,})"),
        "is what a spreadsheet writes where it has no value",
        "mend its formula, or empty the cell",
    ),
    (
        re.compile(r"'[^']*"),
        "begins with the ' by which spreadsheets mark text",
        "take the ' away",
    ),
)
_ANY = re.compile("|".join(kind[0].pattern for kind in _KINDS), re.IGNORECASE)


def damage(rows: Rows, text: str) -> Iterator[Problem]:
    """One warning for each column and kind of damage, at the first row that has it.

    `text` is the whole file: where nothing in it looks damaged, no cell is looked at.
    """
    if not len(rows) or not _ANY.search(text):
        return
    for at, name in enumerate(rows.columns):
        cells = rows.column(at)
        if not _ANY.search("\n".join(dict.fromkeys(cells))):
            continue
        for pattern, what, hint in _KINDS:
            found = [row for row, cell in enumerate(cells) if pattern.fullmatch(cell)]
            if found:
                more = in_more_rows(len(found) - 1)
                yield Problem(
                    place=rows.place(found[0]),
                    code=codes.DAMAGED,
                    message=f"{name[:60]}: {cells[found[0]][:40]!r} {what}{more}",
                    hint=hint,
                    severity="warning",
                )
