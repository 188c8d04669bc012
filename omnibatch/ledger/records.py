"""The lines of a journal: how one record is written, and how a whole file is read back.

One record a line: `{"crc":"xxxxxxxx","r":{...}}`, the checksum over the bytes of `r`.
Only a line with its newline and a right checksum counts. What follows the last such
line without an end of its own, or with zeros in it, is a torn tail. Any other bad line is
damage, which is refused, since a guess could cost money; where the user knows, what is whole can still be read of it.
"""

import io
import json
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, overload
from zlib import crc32

from omnibatch.errors import LedgerDamaged, LedgerTooNew
from omnibatch.ledger.codec import attempt_to_json, canonical
from omnibatch.ledger.missing import journal_damaged, journal_of_another
from omnibatch.ledger.model import Attempt

__all__ = [
    "VERSION",
    "JournalText",
    "Record",
    "Records",
    "read_journal",
    "record_line",
    "snapshot",
]

Record = dict[str, Any]  # any JSON object

VERSION = 1
_HEAD = b'{"crc":"'
_MID = b'","r":'
_BODY = len(_HEAD) + 8 + len(_MID)
_HEADS = re.compile(re.escape(_HEAD))
_KEYS = frozenset({"attempts", "requests", "writer", "of"})


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalText:
    """A journal as read: its writers, its records, how many bytes are good, the torn rest.

    `writers` names every process that recorded in it, the first one in the header.
    `of` is the lockfile that the last of them named, where it is kept apart from that.
    `damaged_at` is the byte where a damaged one has its first bad line; its records are
    those that are whole, from before and after it.
    """

    writers: frozenset[str]
    batch: str
    records: "Records"
    good_bytes: int
    torn: bytes
    of: str = ""
    damaged_at: int | None = None


class Records(Sequence[Record]):
    """The records of a journal, as bytes: each is decoded when it is looked at.

    A ledger of many thousand attempts has several records of each, and as JSON they take
    six times the room.
    """

    __slots__ = ("_bodies",)

    def __init__(self, bodies: Sequence[bytes]) -> None:
        self._bodies = bodies

    @overload
    def __getitem__(self, index: int) -> Record: ...

    @overload
    def __getitem__(self, index: slice) -> "Records": ...

    def __getitem__(self, index: int | slice) -> "Record | Records":
        if isinstance(index, slice):
            return Records(self._bodies[index])
        record: Record = json.loads(self._bodies[index])
        return record

    def __len__(self) -> int:
        return len(self._bodies)


@dataclass(slots=True)
class _Reading:
    """What stands in a journal, gathered in one pass over its lines."""

    bodies: list[bytes] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    header: Record = field(default_factory=dict)
    writers: set[str] = field(default_factory=set)
    of: str = ""
    good_bytes: int = 0
    damaged_at: int | None = None

    @property
    def is_headed(self) -> bool:
        """Tell whether the first record is a header of a format there is."""
        known = {"journal", "batch", "writer"} <= self.header.keys()
        return known and type(self.header["journal"]) is int

    def take(self, body: bytes, record: Record) -> None:
        """Take the next record."""
        if "writer" in record:
            self.writers.add(str(record["writer"]))
        if "of" in record:
            self.of = str(record["of"])
        if "journal" in record and not self.bodies and not self.header:
            self.header = record
        else:
            self.bodies.append(body)
            self.keys |= record.keys()


def record_line(record: Record) -> bytes:
    """One record with its checksum and newline."""
    body = canonical(record).encode()
    return b"%s%08x%s%s}\n" % (_HEAD, crc32(body), _MID, body)


def snapshot(
    attempts: Iterable[Attempt], requests: Mapping[str, Mapping[str, Any]]
) -> list[Record]:
    """The records that hold these attempts and requests whole."""
    records: list[Record] = [{"attempts": [attempt_to_json(attempt)]} for attempt in attempts]
    if requests:
        records.append({"requests": dict(requests)})
    return records


def read_journal(path: Path, *, damaged: bool = False) -> JournalText | None:
    """Read a journal, or return None where there is none (or only a torn header).

    Raise `LedgerDamaged` for a bad line before a good one, naming its byte offset, unless
    a `damaged` one is wanted, too; `LedgerTooNew` for a later format.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LedgerDamaged(
            f"{path} cannot be read: {error.strerror}",
            f"make it readable (chmod u+rw {shlex.quote(path.as_posix())}), or restore it from a "
            "backup that was made after the last run",
        ) from error
    read = _read(data)
    _check_version(path, read.header)
    if read.good_bytes and not read.is_headed and not read.keys & _KEYS:
        raise journal_of_another(path)
    if read.damaged_at is not None and not damaged:
        is_headless = read.good_bytes > 0 and not read.is_headed
        raise journal_damaged(path, read.damaged_at, is_headless=is_headless)
    if not read.good_bytes and read.damaged_at is None:
        return None
    _check_keys(path, read.keys)
    return JournalText(
        writers=frozenset(read.writers),
        batch=str(read.header.get("batch", "")),
        records=Records(read.bodies),
        good_bytes=read.good_bytes,
        torn=data[read.good_bytes :],
        of=read.of,
        damaged_at=read.damaged_at,
    )


def _read(data: bytes) -> _Reading:
    """The good records, where the last one ends, and where damage begins."""
    read = _Reading()
    offset = 0
    bad_at: int | None = None
    for line in io.BytesIO(data):
        record = _read_line(line)
        if record is not None:
            found = [(line, record)]
        else:
            bad_at = offset if bad_at is None else bad_at
            found = list(_buried(line))  # the newline between two records is what broke
        offset += len(line)
        for whole, each in found:
            read.take(whole[_BODY:-2], each)
        if found:
            read.good_bytes = offset
            read.damaged_at = bad_at
        elif line.endswith(b"\n") and b"\0\0" not in line:
            read.damaged_at = bad_at  # a power cut leaves no end of a line without its middle
    # The header is durable before anything follows it, so only a lone line can be torn.
    if not read.good_bytes and b"\n" in data[:-1]:
        read.damaged_at = 0
    # Records without it are still ours: their checksums tell. The first line is gone.
    if read.good_bytes and not read.is_headed:
        read.damaged_at = 0
    return read


def _read_line(line: bytes) -> Record | None:
    """One record, or None for anything that was not written whole."""
    body = line[_BODY:-2]
    if line[:_BODY] != b"%s%08x%s" % (_HEAD, crc32(body), _MID) or not line.endswith(b"}\n"):
        return None
    try:
        record = json.loads(body)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None


def _buried(line: bytes) -> Iterator[tuple[bytes, Record]]:
    """The records that stand whole within a line that is none, each with its own line."""
    starts = [match.start() for match in _HEADS.finditer(line)]  # in a text quotes are escaped
    for start, end in zip(starts, [*starts[1:], len(line)][: len(starts)], strict=True):
        piece = line[start:end]
        if end < len(line):
            piece = piece[:-1] + b"\n"
        elif piece.endswith(b"\r\n"):  # an editor's line ends
            piece = piece[:-2] + b"\n"
        if (record := _read_line(piece)) is not None:
            yield piece, record


def _check_version(path: Path, header: Record) -> None:
    version = header.get("journal")
    if isinstance(version, int) and version > VERSION:
        raise LedgerTooNew(
            f"{path} has format {version}, and this omnibatch reads up to {VERSION}",
            "update omnibatch (pip install --upgrade omnibatch)",
        )


def _check_keys(path: Path, keys: Set[str]) -> None:
    unknown = keys - _KEYS
    if unknown:
        raise LedgerTooNew(
            f"{path} has records with {', '.join(sorted(unknown))}, which this omnibatch "
            "does not know",
            "update omnibatch (pip install --upgrade omnibatch)",
        )
