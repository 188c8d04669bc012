"""Tells a backup of a damaged journal that was made before the damage from a later one.

A journal only grows, so that a backup of it is its beginning. One made while a run was
buying names that run's writer, and would answer for it; but what was sent afterwards it
does not know. So how far a damaged journal went is noted beside it once a run has seen
it, and a shorter one of the same writers is as good as damaged.
"""

import json
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from omnibatch import disk
from omnibatch.errors import LedgerDamaged, LedgerError
from omnibatch.ledger.missing import way_on_with
from omnibatch.ledger.places import LedgerPlace
from omnibatch.ledger.records import JournalText, read_journal

__all__ = ["forget_damage", "note_damage", "refuse_older"]

_WHAT = "damage"
_LONGEST = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Damage:
    """How many `bytes` a journal had that these `writers` recorded in."""

    writers: frozenset[str]
    bytes: int


def note_damage(place: LedgerPlace) -> None:
    """Note how far the journal goes, if it is damaged. The caller holds the lock.

    Where the note cannot be written, a backup is believed, as it would be without.
    """
    try:
        text = read_journal(place.journal, damaged=True)
    except LedgerError:
        return
    if text is None or text.damaged_at is None:
        return
    noted = _noted(place)
    if noted and noted.writers & text.writers:
        return  # what was recorded in it since is decisions, which the lockfile has, too
    data = json.dumps({"writers": sorted(text.writers), "bytes": text.good_bytes})
    with suppress(OSError):
        disk.write_file(place.damage, data.encode(), _WHAT)
        disk.sync_folder(place.folder)


def refuse_older(
    place: LedgerPlace, text: JournalText | None, *, damaged: bool
) -> JournalText | None:
    """Return a journal as read, unless it is shorter than the damaged one that it replaces.

    Raise `LedgerDamaged` for such a one, or where a `damaged` one is wanted, call it so.
    """
    if text is None or text.damaged_at is not None:
        return text
    noted = _noted(place)
    if noted is None or not noted.writers & text.writers or noted.bytes <= text.good_bytes:
        return text
    if damaged:
        return replace(text, damaged_at=text.good_bytes)
    raise LedgerDamaged(
        f"{place.journal} is an older copy of the damaged journal that it replaces: it ends at "
        f"byte {text.good_bytes}, and that one went on to byte {noted.bytes}",
        f"nothing is bought with it. Restore a later backup, or that one; {way_on_with(place.journal)}",
    )


def forget_damage(place: LedgerPlace) -> None:
    """Take the note away: a whole journal, with all that was known, stands there now."""
    with suppress(OSError):
        if place.damage.exists():
            disk.remove(place.damage, _WHAT)


def _noted(place: LedgerPlace) -> _Damage | None:
    try:
        with open(place.damage, encoding="utf-8") as file:
            data: dict[str, Any] = json.loads(file.read(_LONGEST))
        return _Damage(writers=frozenset(map(str, data["writers"])), bytes=int(data["bytes"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
