"""Cells that are hardly what somebody meant: named, since the clip would be paid for."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from omnibatch.manifest.counting import and_more
from omnibatch.manifest.rows import codes
from omnibatch.manifest.rows.table import Rows
from omnibatch.problems import Problem

__all__ = ["damage"]

_MONTHS: Final = "jan|feb|mar|mär|mrz|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez"
_KINDS: Final = (
    (
        re.compile(r"[0-9](?:[.,][0-9]+)?E\+[0-9]{2}"),
        "looks like a long number that a spreadsheet has rounded",
        "format the column as text, and enter its numbers anew",
    ),
    (
        re.compile(r"[0-9]{1,2}:[0-9]{2}:00|16:09|09:16|0?1:01"),
        "looks like a ratio such as 16:9 that a spreadsheet took for a time",
        "format the column as text, and enter it anew",
    ),
    (
        re.compile(rf"[0-9]{{1,2}}(?:[-. ]|\. )(?:{_MONTHS})", re.IGNORECASE),
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
_BRACES = re.compile(r"\{\{|\{%")


def damage(rows: Rows, text: str) -> Iterator[Problem]:
    """One warning for each column and kind of damage, at the first row that has it.

    Templates in cells are named, too. `text` is the whole file: where nothing in it looks
    like either, no cell is looked at.
    """
    has_damage, has_braces = _ANY.search(text), _BRACES.search(text)
    if not len(rows) or not (has_damage or has_braces):
        return
    for at, name in enumerate(rows.columns):
        cells = rows.column(at)
        together = "\n".join(dict.fromkeys(cells))
        if has_damage and _ANY.search(together):
            for pattern, what, hint in _KINDS:
                found = [row for row, cell in enumerate(cells) if pattern.fullmatch(cell)]
                yield from _told(rows, name, cells, found, codes.DAMAGED, what, hint)
        if has_braces and _BRACES.search(together):
            found = [row for row, cell in enumerate(cells) if _BRACES.search(cell)]
            what, hint = "is sent as it stands: cells are data", "write templates in the manifest"
            yield from _told(rows, name, cells, found, codes.BRACES, what, hint)


def _told(
    rows: Rows,
    name: str,
    cells: Sequence[str],
    found: Sequence[int],
    code: str,
    what: str,
    hint: str,
) -> Iterator[Problem]:
    if found:
        more = and_more(len(found) - 1)
        yield Problem(
            place=rows.place(found[0]),
            code=code,
            message=f"{name[:60]}: {cells[found[0]][:40]!r} {what}{more}",
            hint=hint,
            severity="warning",
        )
