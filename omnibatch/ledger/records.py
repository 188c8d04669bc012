"""The lines of a journal: how one record is written, and how a whole file is read back.

One record a line: `{"crc":"xxxxxxxx","r":{...}}`, the checksum over the bytes of `r`.
Only a line with its newline and a right checksum counts. What follows the last such
line is a torn tail. A bad line before a good one is damage, which is refused, since a
guess could cost money.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

from omnibatch.errors import LedgerDamaged, LedgerTooNew
from omnibatch.ledger.codec import attempt_to_json, canonical
from omnibatch.ledger.model import Attempt

__all__ = ["VERSION", "JournalText", "Record", "read_journal", "record_line", "snapshot"]

Record = dict[str, Any]  # any JSON object

VERSION = 1
_HEAD = b'{"crc":"'
_MID = b'","r":'
_BODY = len(_HEAD) + 8 + len(_MID)
_KEYS = frozenset({"attempts", "requests", "writer"})


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalText:
    """A journal as read: its writers, its records, how many bytes are good, the torn rest.

    `writers` names every process that recorded in it, the first one in the header.
    """

    writers: frozenset[str]
    batch: str
    records: tuple[Record, ...]
    good_bytes: int
    torn: bytes


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


def read_journal(path: Path) -> JournalText | None:
    """Read a journal, or return None where there is none (or only a torn header).

    Raise `LedgerDamaged` for a bad line before a good one, naming its byte offset;
    `LedgerTooNew` for a later format.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LedgerDamaged(f"{path} cannot be read: {error.strerror}") from error
    records, good = _records(path, data)
    if not records:
        return None
    header, *rest = records
    _check_versions(path, header, rest)
    return JournalText(
        writers=frozenset(str(r["writer"]) for r in records if "writer" in r),
        batch=str(header["batch"]),
        records=tuple(rest),
        good_bytes=good,
        torn=data[good:],
    )


def _records(path: Path, data: bytes) -> tuple[list[Record], int]:
    """The good records, and where they end. Raise `LedgerDamaged`."""
    records: list[Record] = []
    good = offset = 0
    bad_at: int | None = None
    for line in data.splitlines(keepends=True):
        record = _read_line(line)
        if record is None:
            bad_at = offset if bad_at is None else bad_at
            if _ends_in_a_record(line):  # the newline between the two is what broke
                raise _damaged(path, bad_at)
        elif bad_at is not None:
            raise _damaged(path, bad_at)
        else:
            records.append(record)
            good = offset + len(line)
        offset += len(line)
    # The header is durable before anything follows it, so only a lone line can be torn.
    if not records and b"\n" in data[:-1]:
        raise _damaged(path, 0)
    return records, good


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


def _ends_in_a_record(line: bytes) -> bool:
    start = line.rfind(_HEAD)  # in a text its quotes would be escaped
    return start > 0 and _read_line(line[start:]) is not None


def _damaged(path: Path, offset: int) -> LedgerDamaged:
    return LedgerDamaged(
        f"{path} is damaged at byte {offset}: a record that is not the last one does not "
        "match its checksum",
        "restore the file from a backup; until then nothing is bought with it",
    )


def _check_versions(path: Path, header: Record, rest: list[Record]) -> None:
    version = header.get("journal")
    if not isinstance(version, int) or not {"batch", "writer"} <= header.keys():
        raise LedgerDamaged(f"{path} does not begin with a journal's header")
    if version > VERSION:
        raise LedgerTooNew(
            f"{path} has format {version}, and this omnibatch reads up to {VERSION}",
            "update omnibatch",
        )
    unknown = set().union(*(record.keys() - _KEYS for record in rest))
    if unknown:
        raise LedgerTooNew(
            f"{path} has records with {', '.join(sorted(unknown))}, which this omnibatch "
            "does not know",
            "update omnibatch",
        )
