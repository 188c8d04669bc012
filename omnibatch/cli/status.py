"""`omnibatch status`: where each slot stands, by the ledger and the disk."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from omnibatch.checks import CheckedShot
from omnibatch.cli.options import Chosen, ledger_option, manifest_options
from omnibatch.cli.planning import clip_in, spent_words
from omnibatch.cli.reading import Reading, attempts_by_slot, clip_exists_in, read_manifest
from omnibatch.cli.saying import say, say_error, say_table
from omnibatch.cli.twins import more_clips, task_here
from omnibatch.endpoints import is_rehearsal
from omnibatch.errors import Exit, JournalMissing, LedgerDamaged
from omnibatch.ledger import (
    Attempt,
    Ledger,
    LedgerPlace,
    Output,
    State,
    read_ledger,
    state_of,
)
from omnibatch.plan import closed_shots, select_slots, tip_of
from omnibatch.run import spent_on, unpriced_among, whereabouts
from omnibatch.shots import Slot

__all__ = ["command"]

_UNSENT = "unsent"
_UNDER_WAY = frozenset({State.UNCONFIRMED, State.RUNNING, State.SUCCEEDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    slot: Slot
    state: str
    note: str
    task_id: str | None
    output: Output | None
    price: str | None
    provider: str | None


@click.command("status", epilog="For instance: omnibatch status specs/harbor.yaml --json")
@manifest_options
@ledger_option
@click.option(
    "--json", "as_json", is_flag=True, help="Print JSON (schema: omnibatch schema status)."
)
def command(chosen: Chosen, ledger: Path | None, as_json: bool) -> Exit:
    """Show where each shot stands, what was spent, and where the clips are.

    Reads the ledger and the disk only. Works for a manifest with problems, too.
    """
    reading = read_manifest(chosen, tell=False)
    place = LedgerPlace.beside(chosen.manifest, folder=ledger)
    known = read_ledger(place)
    try:
        read_ledger(place, whole=True)
    except (JournalMissing, LedgerDamaged) as missing:
        say_error(missing.message, missing.hint)
    rows = list(_rows(reading, known, place))
    if chosen.rest:
        shots = [] if reading.batch is None else [c.shot for c in reading.batch.shots]
        wanted = select_slots([row.slot for row in rows], select=chosen.rest, shots=shots)
        rows = [row for row in rows if row.slot in wanted]
    only_rehearsed = all(is_rehearsal(a.known_intent.endpoint) for a in known.attempts.values())
    spent = spent_on(known.attempts.values(), rehearsing=only_rehearsed)
    unpriced = unpriced_among(known.attempts.values(), rehearsing=only_rehearsed)
    if as_json:
        say(json.dumps(_json(rows, chosen.manifest, reading, spent), ensure_ascii=False, indent=1))
        return Exit.DONE
    if rows:
        say_table(
            ("SHOT", "STATE", "TASK", "CLIP OR REASON"),
            [(str(r.slot), r.state, r.task_id or "", _last_column(r)) for r in rows],
        )
    counts = ", ".join(
        f"{n} {state}" for state, n in sorted(Counter(r.state for r in rows).items())
    )
    say(f"{reading.name}: {counts or 'no shots'}; spent: {spent_words(spent, unpriced)}")
    if reading.batch is None:
        say(f"the manifest has problems: omnibatch validate {chosen.manifest}")
    return Exit.DONE


def _rows(reading: Reading, ledger: Ledger, place: LedgerPlace) -> Iterable[_Row]:
    attempts_of = attempts_by_slot(reading.batch, ledger.attempts)
    shots = () if reading.batch is None else reading.batch.shots
    here = closed_shots(shots, attempts_of, clip_in(place.root))
    ids = {slot.shot for slot in here}
    is_there = clip_exists_in(place.root)
    for slot, attempts in attempts_of.items():
        checked = here.get(slot)
        attempt = _speaking(attempts, checked)
        if attempt is None:
            yield _Row(
                slot=slot,
                state=_UNSENT,
                note=_waits(checked),
                task_id=None,
                output=None,
                price=None,
                provider=None,
            )
            continue
        best = task_here(attempt, place.root)
        output = best[1].output if best is not None else None
        intent = attempt.known_intent
        notes = []
        if reading.batch is not None and checked is None:
            profile, profiles = reading.batch.batch.profile, reading.batch.batch.profiles
            if slot.shot not in ids or slot.profile not in profiles or slot.profile == profile:
                notes.append("orphan: no longer in the manifest")
        if intent.slot.shot != slot.shot:
            notes.append(f"bought as {intent.slot.shot}")
        is_clip = state_of(attempt) is State.COLLECTED
        if checked is not None and checked.digest != intent.digest:
            kept = is_clip and checked.shot.locked
            what = "locked: kept, although" if kept else "stale:"
            notes.append(f"{what} the manifest has changed")
        if is_clip and output is not None:
            if not is_there(output):
                notes.append("missing: the clip is not here")
            elif (there := whereabouts(place.root, output)) is not None and (
                there.stat().st_size != output.bytes
            ):
                notes.append("edited: not the bytes that were collected")
            more = more_clips(attempts, attempt, best and best[0], place.root)
            notes += [more] if more else []
        if best is not None and best[1].error:
            notes.append(best[1].error)
        elif best is None and attempt.refusal:
            notes.append(attempt.refusal)
        yield _Row(
            slot=slot,
            state=state_of(attempt).value,
            note="; ".join(notes),
            task_id=best[0].task_id if best is not None else None,
            output=output,
            price=intent.price,
            provider=intent.provider,
        )


def _waits(checked: CheckedShot | None) -> str:
    """Which clips an unsent shot waits for."""
    if checked is None or not checked.is_open:
        return ""
    wanting = [str(frame) for frame in checked.shot.frames if frame not in checked.clips]
    return f"waits for {' and '.join(wanting)}"


def _speaking(attempts: tuple[Attempt, ...], checked: CheckedShot | None) -> Attempt | None:
    """The last attempt; but the clip that a plan would keep, where nothing is under way."""
    tip = tip_of(attempts)
    if tip is None or checked is None or state_of(tip) in _UNDER_WAY:
        return tip
    clips = [attempt for attempt in attempts if state_of(attempt) is State.COLLECTED]
    same = [clip for clip in clips if clip.known_intent.digest == checked.digest]
    return tip_of(same or (clips if checked.shot.locked else ())) or tip


def _last_column(row: _Row) -> str:
    path = row.output.path if row.output is not None else ""
    return "; ".join(part for part in (path, row.note) if part)


def _json(
    rows: list[_Row], manifest: Path, reading: Reading, spent: object
) -> Mapping[str, Any]:  # schemas/status.schema.json
    budget = None if reading.batch is None else reading.batch.batch.budget
    return {
        "version": 1,
        "manifest": manifest.as_posix(),
        "shots": [
            {
                "shot": row.slot.shot,
                "profile": row.slot.profile or None,
                "take": row.slot.take,
                "state": row.state,
                "task_id": row.task_id,
                "output": None if row.output is None else row.output.path,
                "price": row.price,
                "provider": row.provider,
                "note": row.note,
            }
            for row in rows
        ],
        "summary": {
            "states": dict(sorted(Counter(row.state for row in rows).items())),
            "spent": None if spent is None else str(spent),
            "budget": None if budget is None else str(budget),
            "valid": reading.batch is not None,
        },
    }
