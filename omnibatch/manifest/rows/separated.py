"""CSV and its kin: cells between delimiters, quoted or not, with the lines they stand in."""

import csv
import re
from array import array
from collections.abc import Iterator
from typing import Final

from omnibatch.manifest.counting import and_more
from omnibatch.manifest.rows import codes
from omnibatch.manifest.rows.table import MOST_CELLS, MOST_COLUMNS, MOST_ROWS, Rows
from omnibatch.problems import Place, Problem

__all__ = ["read_separated"]

_DELIMITERS: Final = ",;\t|"
# What Excel writes into a first line of its own to say which delimiter follows.
_SEP = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_LINE_END = re.compile(r"\r\n?|\n")
_RETURN = re.compile(r"\r(?!\n)")
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
# Of one row: a thousand cells of an ordinary length, and far above what people write.
_LONGEST_ROW: Final = 2_000_000
_MOST_LINES: Final = 2 * MOST_ROWS  # blank ones among them
_WORDS: Final = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a |"}


def read_separated(
    text: str, file: str, delimiter: str | None, problems: list[Problem]
) -> Rows | None:
    """The rows of `text`, its first line being the names of the columns; None for none.

    `delimiter` stands between cells; where it is None, it is found out from the first
    line. Findings are added to `problems`.
    """
    skipped = start = 0
    said = _SEP.match(text)
    if said:
        delimiter = delimiter or said[1]
        start = said.end()
        skipped = 1
    delimiter = delimiter or _found_out(text, start)
    feed = _Lines(text, start)
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    columns: list[str] | None = None
    header = most = 0
    records: list[tuple[str, ...]] = []
    lines = array("I")
    ragged: list[tuple[int, int]] = []
    known: dict[str, str] = {}
    begin = 1 + skipped
    try:
        for cells in reader:
            feed.taken = 0
            line, begin = begin, reader.line_num + 1 + skipped
            if line > _MOST_LINES:
                message = f"there are {line:,} lines or more, limit {_MOST_LINES:,}"
                _add(problems, file, line, codes.TOO_LARGE, message, _DIVIDE)
                return None
            if not any(cells):
                continue  # a blank line, or one of empty cells alone
            if columns is None:
                header = line
                columns = [name.strip() for name in cells]
                while columns and not columns[-1]:
                    columns.pop()
                most = min(MOST_ROWS, MOST_CELLS // max(1, len(columns)))
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
            if len(records) > most:
                _add(problems, file, line, codes.TOO_LARGE, _too_many(len(columns)), _DIVIDE)
                return None
    except _LongRow as row:
        _add(problems, file, begin, codes.TOO_LARGE, str(row), "close its quotes, or cut it")
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


_DIVIDE: Final = "divide the file"


class _LongRow(ValueError):
    """A row of more characters than are read."""


class _Lines:
    """The lines of `text` from `start` on, one by one: the whole is not kept a second time.

    `taken` counts the characters since it was last set to nothing, at the end of a row.
    """

    def __init__(self, text: str, start: int) -> None:
        self._text = text
        self._start = start
        self._has_returns = "\r" in text and _RETURN.search(text) is not None
        self.taken = 0

    def __iter__(self) -> Iterator[str]:
        text, start = self._text, self._start
        while start < len(text):
            if self._has_returns:
                line_end = _LINE_END.search(text, start)
                end = line_end.end() if line_end else len(text)
            else:
                end = text.find("\n", start) + 1 or len(text)
            self.taken += end - start
            if self.taken > _LONGEST_ROW:
                raise _LongRow(
                    f"a row has {self.taken:,} characters or more, limit {_LONGEST_ROW:,}"
                )
            yield text[start:end]
            start = end


def _too_many(columns: int) -> str:
    if columns * MOST_ROWS > MOST_CELLS:
        cells = (MOST_CELLS // columns + 1) * columns
        return f"there are {cells:,} cells or more, limit {MOST_CELLS:,}"
    return f"there are {MOST_ROWS + 1:,} rows or more, limit {MOST_ROWS:,}"


def _found_out(text: str, start: int) -> str:
    """The delimiter that the first line has most of, outside of quotes."""
    while text.startswith(("\r", "\n"), start):
        start += 1
    end = text.find("\n", start)
    line = text[start : min(end if end >= 0 else len(text), start + _LONGEST_ROW)]
    line = _QUOTED.sub("", line)
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
