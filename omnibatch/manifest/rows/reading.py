"""From the bytes of a data file to its rows, or to what is wrong with it."""

from array import array
from collections.abc import Iterator
from typing import Final

from omnibatch.manifest import nodes
from omnibatch.manifest.rows import codes
from omnibatch.manifest.rows.damage import damage
from omnibatch.manifest.rows.decoding import STRANGE, decode
from omnibatch.manifest.rows.json_text import read_json, read_json_lines
from omnibatch.manifest.rows.objects import Item, rows_of
from omnibatch.manifest.rows.separated import read_separated
from omnibatch.manifest.rows.table import Rows
from omnibatch.manifest.text.reader import read_yaml
from omnibatch.problems import Place, Problem, errors_in

__all__ = ["read_rows"]

_FORMATS: Final = {
    "csv": "csv",
    "tsv": "tsv",
    "tab": "tsv",
    "jsonl": "jsonl",
    "ndjson": "jsonl",
    "json": "json",
    "yaml": "yaml",
    "yml": "yaml",
}
# The first bytes of xlsx, ods and zip; of xls; of Parquet and SQLite; of gzip.
_NO_TEXT: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"PAR1", b"SQLite format 3", b"\x1f\x8b")


def read_rows(
    data: bytes,
    *,
    file: str,
    format: str | None = None,  # the word that manifests use
    encoding: str | None = None,
    delimiter: str | None = None,
    place: Place,
) -> tuple[Rows | None, tuple[Problem, ...]]:
    """The rows of a data file, and what is wrong with it; None where none can be used.

    `file` is how it is shown, and its ending says what it is where `format` (csv, tsv,
    jsonl, json, yaml) does not. `encoding` and `delimiter` are found out where they are
    None. `place` is where the manifest names the file.
    """
    if data.startswith(_NO_TEXT):
        message = f"{file} is a spreadsheet or an archive, not a text"
        hint = "export it as CSV (UTF-8), or as JSON Lines"
        found = Problem(place=place, code=codes.UNREADABLE, message=message, hint=hint)
        return None, (found,)
    kind = format or _FORMATS.get(file.rpartition(".")[2].lower())
    if kind is None:
        message = f"{file} has no ending that says what it is"
        hint = "write format: csv under rows (or tsv, jsonl, json, yaml)"
        found = Problem(place=place, code=codes.UNREADABLE, message=message, hint=hint)
        return None, (found,)
    text, said = decode(data, file, encoding, place)
    del data  # the text is as large again
    problems = list(said)
    if text is None:
        return None, tuple(problems)
    strange = STRANGE.search(text)
    if strange:
        line = text.count("\n", 0, strange.start()) + 1
        column = strange.start() - text.rfind("\n", 0, strange.start())
        found = Problem(
            place=Place(file, line, column),
            code=codes.STRANGE_CHARACTER,
            message=f"there is a character here that no text has, {strange[0]!a}",
            hint="take it out, or give the file's own encoding under rows",
        )
        return None, (*problems, found)
    rows = _read(text, kind, file, delimiter, problems)
    if rows is None or errors_in(problems):
        return None, tuple(problems)
    if not len(rows):
        message = f"{file} has no rows"
        hint = "add some below the first line, which names the columns"
        hint = hint if kind in ("csv", "tsv") else "add some"
        problems.append(Problem(place=place, code=codes.NO_ROWS, message=message, hint=hint))
        return None, tuple(problems)
    problems += damage(rows, text)
    return rows, tuple(problems)


def _read(
    text: str, kind: str, file: str, delimiter: str | None, problems: list[Problem]
) -> Rows | None:
    if kind == "jsonl":
        return read_json_lines(text, file, problems)
    if kind == "json":
        return read_json(text, file, problems)
    if kind == "yaml":
        return _read_yaml(text, file, problems)
    return read_separated(text, file, delimiter or ("\t" if kind == "tsv" else None), problems)


def _read_yaml(text: str, file: str, problems: list[Problem]) -> Rows | None:
    read = read_yaml(text.encode(), file)
    problems += read.problems
    if read.node is None or errors_in(read.problems):
        return Rows((), file, (), array("I")) if not read.problems else None
    if not isinstance(read.node, nodes.Sequence):
        found = Problem(
            place=read.node.place,
            code=codes.BROKEN,
            message="this is no list of rows",
            hint="write one row after the other: - {column: cell}",
        )
        problems.append(found)
        return None
    return rows_of(_items(read.node, problems), file, problems)


def _items(node: nodes.Sequence, problems: list[Problem]) -> Iterator[Item]:
    for item in node.items:
        if isinstance(item, nodes.Mapping):
            yield Item({key.text: _cell(value) for key, value in item}, item.place.line)
        else:
            message, hint = "a row is a map, and this is none", "write - {column: cell}"
            problems.append(
                Problem(place=item.place, code=codes.BROKEN, message=message, hint=hint)
            )


def _cell(node: nodes.Node) -> object:
    if isinstance(node, nodes.Mapping):
        return {key.text: _cell(value) for key, value in node}
    if isinstance(node, nodes.Sequence):
        return [_cell(item) for item in node.items]
    return None if nodes.core_value(node) is None else node.text.rstrip("\n")
