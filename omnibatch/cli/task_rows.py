"""Lists of tasks to adopt: CSV with the columns shot and task_id, and what more it says."""

import csv
import io
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from omnibatch.errors import UsageError

__all__ = ["TaskRow", "WrongRow", "read_task_rows", "wrong_id"]

_NEEDED = ("shot", "task_id")
_MORE = ("take", "profile", "provider")
_STDIN = "-"
_LONGEST_ID = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """A task and the shot that it is for; None for what the row does not say.

    `place` names the row for messages; it is empty for one from the command line.
    """

    place: str
    shot: str
    task_id: str
    take: int | None = None
    profile: str | None = None
    provider: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongRow:
    """A row that cannot be meant, and why."""

    place: str
    message: str
    hint: str = ""


def read_task_rows(file: str) -> list[TaskRow | WrongRow]:
    """Read the rows of `file`, `-` for stdin. Raise `UsageError` where there are none to read."""
    name = "stdin" if file == _STDIN else file
    reader = csv.DictReader(io.StringIO(_text(file, name)), strict=True)
    try:
        header = [(column or "").strip() for column in reader.fieldnames or ()]
        _check_header(header, name)
        reader.fieldnames = header
        rows = list(_rows(reader, name))
    except csv.Error as error:
        raise UsageError(f"{name}:{reader.line_num}: no CSV: {error}", "quote it as CSV") from error
    if not rows:
        raise UsageError(f"{name} has a header and no rows", "write a row for each task")
    return rows


def _text(file: str, name: str) -> str:
    try:
        data = sys.stdin.buffer.read() if file == _STDIN else Path(file).read_bytes()
        return data.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}", "check the path") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{name} is not UTF-8", "save it as UTF-8") from error


def _check_header(header: list[str], name: str) -> None:
    missing = [column for column in _NEEDED if column not in header]
    unknown = [column for column in header if column not in (*_NEEDED, *_MORE)]
    twice = {column for column in header if header.count(column) > 1}
    if missing or unknown or twice:
        raise UsageError(
            f"{name}:1: the first line is {','.join(header) or 'empty'}",
            f"it names the columns, divided by commas: {','.join(_NEEDED)}, and if need be "
            f"{', '.join(_MORE)}",
        )


def _rows(reader: "csv.DictReader[str]", name: str) -> Iterator[TaskRow | WrongRow]:
    for cells in reader:
        place = f"{name}:{reader.line_num}"
        if None in cells or None in cells.values():
            yield WrongRow(place=place, message="has not as many cells as the first line")
            continue
        yield _row({column: cell.strip() for column, cell in cells.items()}, place)


def _row(cells: Mapping[str, str], place: str) -> TaskRow | WrongRow:
    shot, task_id, take = cells["shot"], cells["task_id"], cells.get("take", "")
    if not shot:
        return WrongRow(place=place, message="names no shot")
    if "@" in shot and take:
        return WrongRow(place=place, message=f"{shot} says the take already, and take says {take}")
    if "@" in shot:
        shot, _, take = shot.partition("@")
    wrong = wrong_id(task_id, place)
    if wrong is not None:
        return wrong
    if take and not (take.isascii() and take.isdigit() and 0 < len(take) < 4):
        return WrongRow(place=place, message=f"{take!r} is not a take", hint="write 2, or nothing")
    return TaskRow(
        place=place,
        shot=shot,
        task_id=task_id,
        take=int(take) if take else None,
        profile=cells.get("profile") or None,
        provider=cells.get("provider") or None,
    )


def wrong_id(task_id: str, place: str = "") -> WrongRow | None:
    """What is wrong with a task id, or None."""
    if task_id and task_id.isprintable() and " " not in task_id and len(task_id) <= _LONGEST_ID:
        return None
    return WrongRow(
        place=place,
        message=f"{task_id!r} is not a task id",
        hint="copy it from the provider's task list",
    )
