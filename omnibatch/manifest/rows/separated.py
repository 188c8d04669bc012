"""CSV and its kin: cells between delimiters, quoted or not, with the lines they stand in."""

import csv
import io
import re
from array import array
from typing import Final

from omnibatch.manifest.counting import and_more
from omnibatch.manifest.rows import codes
from omnibatch.manifest.rows.table import MOST_COLUMNS, MOST_ROWS, Rows
from omnibatch.problems import Place, Problem

__all__ = ["read_separated"]

_DELIMITERS: Final = ",;\t|"
# What Excel writes into a first line of its own to say which delimiter follows.
_SEP = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_WORDS: Final = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a |"}


def read_separated(
    text: str, file: str, delimiter: str | None, problems: list[Problem]
) -> Rows | None:
    """The rows of `text`, its first line being the names of the columns; None for none.

    `delimiter` stands between cells; where it is None, it is found out from the first
    line. Findings are added to `problems`.
    """
    skipped = 0
    said = _SEP.match(text)
    if said:
        delimiter = delimiter or said[1]
        text = text[said.end() :]
        skipped = 1
    delimiter = delimiter or _found_out(text)
    stream = io.StringIO(text, newline="")
    reader = csv.reader(stream, delimiter=delimiter, strict=True)
    columns: list[str] | None = None
    header = 0
    records: list[tuple[str, ...]] = []
    lines = array("I")
    ragged: list[tuple[int, int]] = []
    known: dict[str, str] = {}
    begin = 1 + skipped
    try:
        for cells in reader:
            line, begin = begin, reader.line_num + 1 + skipped
            if not any(cells):
                continue  # a blank line, or one of empty cells alone
            if columns is None:
                header = line
                columns = [name.strip() for name in cells]
                while columns and not columns[-1]:
                    columns.pop()
                continue
            if len(cells) != len(columns):
                if len(cells) < len(columns) or any(cells[len(columns) :]):
                    ragged.append((line, len(cells)))
                    continue
                cells = cells[: len(columns)]
            # Cells repeat: std, 16:9, yes. One text serves them all.
            records.append(tuple([known.setdefault(cell, cell) for cell in cells]))
            lines.append(line)
            if len(known) > 100_000:
                known.clear()
            if len(records) > MOST_ROWS:
                message = f"there are {len(records):,} rows or more, limit {MOST_ROWS:,}"
                _add(problems, file, line, codes.TOO_LARGE, message, "divide the file")
                return None
    except csv.Error as error:
        message, hint = _broken(str(error))
        _add(problems, file, begin, codes.BROKEN, message, hint)
        return None
    if columns is None:
        return Rows((), file, (), array("I"))
    if not _judge_header(columns, file, header, problems):
        return None
    if ragged:
        line, count = ragged[0]
        message = f"this row has {count:,} cells, and there are {len(columns):,} columns"
        message += and_more(len(ragged) - 1, where="")
        hint = f"{_WORDS.get(delimiter, delimiter)} inside a cell needs quotes around the cell"
        _add(problems, file, line, codes.RAGGED, message, hint)
        return None
    if "" in columns:
        named = [at for at, name in enumerate(columns) if name]
        columns = [columns[at] for at in named]
        records = [tuple([record[at] for at in named]) for record in records]
    return Rows(tuple(columns), file, records, lines)


def _found_out(text: str) -> str:
    """The delimiter that the first line has most of, outside of quotes."""
    start = len(text) - len(text.lstrip("\r\n"))
    end = text.find("\n", start)
    line = _QUOTED.sub("", text[start : end if end >= 0 else len(text)])
    return max(_DELIMITERS, key=line.count)


def _judge_header(columns: list[str], file: str, line: int, problems: list[Problem]) -> bool:
    if len(columns) > MOST_COLUMNS:
        message = f"there are {len(columns):,} columns, limit {MOST_COLUMNS:,}"
        _add(problems, file, line, codes.TOO_LARGE, message, "leave out what no shot uses")
        return False
    for at, name in enumerate(columns, 1):
        if not name:  # nobody can ask for it: the row numbers of a data frame, say
            message = f"column {at} has no name, and is left out"
            hint = "write a name into the first line, or take the column away"
            place = Place(file, line, 1)
            found = Problem(
                place=place,
                code=codes.BAD_HEADER,
                message=message,
                hint=hint,
                severity="warning",
            )
            problems.append(found)
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    for name in twice:
        message = f"two columns are called {name[:60]}"
        _add(problems, file, line, codes.BAD_HEADER, message, "rename one of them")
    return not twice


def _broken(error: str) -> tuple[str, str]:
    if "unexpected end" in error:
        return "a quote is opened in this row and never closed", 'close it, or write " as ""'
    if "expected after" in error:
        return "there is text behind a closing quote", 'write a quote inside quotes as ""'
    if "field limit" in error:
        limit = csv.field_size_limit()
        message = f"a cell has {limit + 1:,} characters or more, limit {limit:,}"
        return message, "close its quote, or cut it"
    return f"this row cannot be read: {error}", "write it the way the other rows are written"


def _add(problems: list[Problem], file: str, line: int, code: str, message: str, hint: str) -> None:
    problems.append(Problem(place=Place(file, line, 1), code=code, message=message, hint=hint))
