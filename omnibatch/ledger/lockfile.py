"""The lockfile: the canonical projection of a ledger that goes into git.

One JSON document with one attempt a line, sorted by slot, so that a diff reads as what
happened and branches that rendered different shots merge by themselves. The same ledger
always gives the same bytes. A file that git left in conflict is read by joining both
sides. Writing is atomic: temporary file, sync, rename, sync of the folder.
"""

import hashlib
import json
import shlex
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

from omnibatch.errors import LedgerDamaged, LedgerTooNew, LedgerUnwritable
from omnibatch.ledger.bulk import in_bulk
from omnibatch.ledger.codec import (
    attempt_from_json,
    canonical,
    in_order,
    only_known,
    text_of,
)
from omnibatch.ledger.conflict import sides_of
from omnibatch.ledger.join import join_attempts, join_ledgers
from omnibatch.ledger.model import Attempt, AttemptId, Ledger, Opening
from omnibatch.ledger.order import order_of
from omnibatch.ledger.spelling import attempt_line
from omnibatch.ledger.whole import write_whole

__all__ = [
    "Stamp",
    "encode_lockfile",
    "parse_lockfile",
    "read_lockfile",
    "stamp_of",
    "write_lockfile",
]

Stamp = bytes | None
Read = Callable[[Any], Attempt]

_VERSION = 1
_MOST_BYTES = 90_000_000
_HEAD_BYTES = 1000  # and what stands between its parts
_DEEPEST = 16
_KEYS = frozenset({"version", "batch", "name", "open", "requests", "attempts"})
_OPENING_KEYS = frozenset({"writer", "since"})


def encode_lockfile(ledger: Ledger) -> str:
    """Spell a ledger out. Cost: one pass and one sort over the attempts.

    Requests, by which nothing is decided, are left out once the file would grow beyond
    90 MB, the longest first: what git hosts take ends at 100 MB.
    """
    opening = ledger.open and {"writer": ledger.open.writer, "since": ledger.open.since}
    head = {
        "version": _VERSION,
        "batch": ledger.batch,
        "name": ledger.name,
        "open": opening,
    }
    attempts = [attempt_line(attempt) for attempt in _by_slot(ledger.attempts.values())]
    requests = _fitting(
        [
            f"{in_order(digest)}:{canonical(request)}"
            for digest, request in sorted(ledger.requests.items())
        ],
        _MOST_BYTES - _HEAD_BYTES - sum(map(_bytes_of, attempts)),
    )
    return "\n".join(
        [
            in_order(head)[:-1] + ",",
            '"requests":{',
            *_commas(requests),
            "},",
            '"attempts":[',
            *_commas(attempts),
            "]}",
            "",
        ]
    )


def _fitting(lines: list[str], room: int) -> list[str]:
    """Those lines that fit into so many bytes, in their order: all, or the shortest."""
    sizes = [_bytes_of(line) for line in lines]
    if sum(sizes) <= room:
        return lines
    fits = bytearray(len(lines))
    for number in sorted(range(len(lines)), key=sizes.__getitem__):
        room -= sizes[number]
        if room < 0:
            break
        fits[number] = True
    return [line for line, fit in zip(lines, fits, strict=True) if fit]


def _bytes_of(line: str) -> int:
    """Bytes in UTF-8, with a comma and a newline."""
    return (len(line) if line.isascii() else len(line.encode())) + 2


def _by_slot(attempts: Collection[Attempt]) -> Iterator[Attempt]:
    """Shot by shot, since most have one attempt, and names alone are sorted fast."""
    order = order_of(attempts)

    def place(attempt: Attempt) -> tuple[object, ...]:
        slot = attempt.slot
        return (slot.profile, slot.take, *order(attempt))

    of_shot: dict[str, list[Attempt]] = defaultdict(list)
    for attempt in attempts:
        of_shot[attempt.known_intent.slot.shot].append(attempt)
    for shot in sorted(of_shot):
        alike = of_shot[shot]
        yield from alike if len(alike) == 1 else sorted(alike, key=place)


def _commas(lines: list[str]) -> list[str]:
    return [line + "," for line in lines[:-1]] + lines[-1:]


def read_lockfile(path: Path, *, option: str = "") -> Ledger | None:
    """Read a lockfile, or return None where there is none.

    Raise `LedgerDamaged` or `LedgerTooNew`, each with the way out, `option` (a `--ledger`) in it.
    """
    try:
        with in_bulk():
            return parse_lockfile(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LedgerDamaged(
            f"{path} cannot be read: {error.strerror or error}",
            "put a file in its place that can be; the journal keeps what is newer",
        ) from error
    except (LedgerDamaged, UnicodeDecodeError) as error:
        raise LedgerDamaged(
            f"{path} is not a lockfile: {error}",
            f"omnibatch merge-lock --restore {shlex.quote(path.as_posix())}{option} writes it "
            "anew: from its own lines, from git and from the journal",
        ) from error
    except LedgerTooNew as error:
        raise LedgerTooNew(f"{path}: {error.message}", error.hint) from error


def parse_lockfile(text: str, *, within: int = 0, read: Read = attempt_from_json) -> Ledger:
    """Read a lockfile's text; where git left both sides of a conflict, their join.

    A side may be a conflict itself, which somebody had committed. `within` counts how
    many conflicts the text stands in; `read` makes attempts of their JSON.
    """
    sides = sides_of(text)
    if len(sides) == 1:
        return _parse(text, read)
    if within == _DEEPEST:
        raise LedgerDamaged(f"conflicts stand in it {_DEEPEST} deep")
    ours, theirs = (parse_lockfile(side, within=within + 1, read=read) for side in sides)
    return join_ledgers(ours, theirs)


def _parse(text: str, read: Read) -> Ledger:
    try:
        data: Any = json.loads(text)
    except ValueError as error:
        raise LedgerDamaged(f"it is not JSON ({error})") from error
    version = data.get("version") if isinstance(data, dict) else None
    if type(version) is not int or version < 1:
        raise LedgerDamaged("it has no version")
    if version > _VERSION:
        raise LedgerTooNew(
            f"its format is {version}, and this omnibatch reads up to {_VERSION}",
            "update omnibatch",
        )
    try:
        only_known(data, _KEYS)
        if not isinstance(data["attempts"], list):
            raise TypeError("the attempts are no list")
        attempts = [read(entry) for entry in data["attempts"]]
        return Ledger(
            batch=text_of(data["batch"]),
            name=text_of(data["name"]),
            open=_opening(data["open"]),
            requests=dict(data["requests"].items()),
            attempts=_by_id(attempts),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise LedgerDamaged(f"a part is missing or of the wrong kind: {error!r}") from error


def _opening(data: Any) -> Opening | None:
    if data is None:
        return None
    only_known(data, _OPENING_KEYS)
    return Opening(text_of(data["writer"]), text_of(data["since"]))


def _by_id(attempts: list[Attempt]) -> dict[AttemptId, Attempt]:
    """A merge that git made line by line may hold an attempt twice: that is a join too."""
    found: dict[AttemptId, Attempt] = {}
    for attempt in attempts:
        if attempt.intent is None:
            raise ValueError(f"attempt {attempt.id} has no intent")
        held = found.get(attempt.id)
        found[attempt.id] = attempt if held is None else join_attempts(held, attempt)
    return found


def stamp_of(path: Path) -> Stamp:
    """What tells that a lockfile is still the one seen last; None where there is none.

    The hash of its bytes: git may put another one in its place, of the same size, within
    a tick of the clock that files are stamped by, and tools set such stamps back.
    """
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "blake2b").digest()
    except FileNotFoundError:
        return None
    except OSError:
        return b""  # no file at all, or not ours to read: reading it tells


def write_lockfile(path: Path, ledger: Ledger) -> bool:
    """Write the lockfile if its bytes would change; tell whether they did.

    Raise `LedgerUnwritable` with the old file untouched.
    """
    data = encode_lockfile(ledger).encode()
    try:
        if path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data:
            return False
        write_whole(path, data)
    except OSError as error:
        raise LedgerUnwritable(
            f"{path} cannot be written: {error.strerror or error}",
            "the journal still has everything; make room (or the folder writable) and run again",
        ) from error
    return True
