"""A row for each slot that the manifest or the ledger knows: what is known of it, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from omnibatch.checks import CheckedBatch, CheckedShot
from omnibatch.cli.twins import clip_here, more_clips, task_here
from omnibatch.ledger import Attempt, Output, State, Task, TaskKey, state_of
from omnibatch.money import Money
from omnibatch.plan import Action, Asked, ClipFile, Drift, Plan, Step, drifts_of, tip_of
from omnibatch.shots import Slot

__all__ = ["EDITED", "UNSENT", "Row", "clip_of", "rows_of", "speakers_of"]

UNSENT = "unsent"
_UNDER_WAY = frozenset({State.UNCONFIRMED, State.RUNNING, State.SUCCEEDED})
_SILENT = frozenset({Action.KEEP})
EDITED = "edited: not the bytes that were collected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One slot. `attempt` speaks for it, None where there is none; `attempts` are all.

    `shown` is the task that speaks for the attempt: of several clips, one that is here.

    `note` says why, in the words of `plan` where a plan says anything. `price` is what
    another clip of it would cost today, None where that is not known.
    """

    slot: Slot
    state: str
    note: str
    drifts: tuple[Drift, ...] = ()
    attempt: Attempt | None = None
    attempts: tuple[Attempt, ...] = ()
    step: Step | None = None
    price: Money | None = None

    shown: tuple[TaskKey, Task] | None = None

    @property
    def is_of_lost_run(self) -> bool:
        """Tell whether a run whose journal is gone may have bought it, and nobody decided."""
        is_undecided = self.step is not None and self.step.action is Action.DECIDE
        has_doubt = self.attempt is not None and state_of(self.attempt) is State.UNCONFIRMED
        return is_undecided and not has_doubt

    @property
    def task_id(self) -> str | None:
        """The id of the task that speaks for the attempt."""
        return None if self.shown is None else self.shown[0].task_id

    @property
    def output(self) -> Output | None:
        """Its clip, in place or verified only."""
        return None if self.shown is None else self.shown[1].output


def speakers_of(
    attempts_of: Mapping[Slot, Sequence[Attempt]],
    here: Mapping[Slot, CheckedShot],
    plan: Plan,
    root: Path,
) -> dict[Slot, Attempt | None]:
    """The attempt that speaks for each slot: what the plan is about, where that is its own.

    Where two machines bought it and the other's clip is not here, ours does.
    """
    planned = {step.slot: step for step in plan.steps}
    return {
        slot: clip_here(
            _speaker(tuple(attempts), here.get(slot), planned.get(slot)), attempts, root
        )
        for slot, attempts in attempts_of.items()
    }


def clip_of(attempt: Attempt | None, root: Path) -> Output | None:
    """The collected clip of an attempt: of several, one that is here."""
    if attempt is None or state_of(attempt) is not State.COLLECTED:
        return None
    best = task_here(attempt, root)
    return None if best is None else best[1].output


def rows_of(
    speakers: Mapping[Slot, Attempt | None],
    attempts_of: Mapping[Slot, Sequence[Attempt]],
    here: Mapping[Slot, CheckedShot],
    plan: Plan,
    asked: Asked,
    *,
    batch: CheckedBatch | None,
    clips: Mapping[Output, ClipFile],
    root: Path,
) -> list[Row]:
    """The rows, in the order of the film and then of the ledger.

    Without a `batch` nothing can be stale or an orphan.
    """
    planned = {step.slot: step for step in plan.steps}
    ids = {slot.shot for slot in here}
    rows = []
    for slot, attempt in speakers.items():
        checked, step = here.get(slot), planned.get(slot)
        price = None if checked is None else checked.price
        if attempt is None:
            note = step.reason if step is not None and step.action is not Action.SUBMIT else ""
            note = note or _waits(checked)
            # A run whose journal is gone may have bought it.
            is_lost = step is not None and step.action is Action.DECIDE
            drifts = (Drift.LOST,) if is_lost else ()
            rows.append(
                Row(slot=slot, state=UNSENT, note=note, drifts=drifts, step=step, price=price)
            )
            continue
        is_orphan = batch is not None and checked is None and _is_gone(slot, ids, batch)
        output = clip_of(attempt, root)
        clip = None if output is None else clips.get(output)
        shown = task_here(attempt, root)
        notes = _notes(slot, attempt, step, clip, shown, is_orphan=is_orphan)
        more = more_clips(attempts_of[slot], attempt, shown and shown[0], root)
        rows.append(
            Row(
                slot=slot,
                state=state_of(attempt).value,
                note="; ".join([*notes, *([more] if more and clip is not None else [])]),
                drifts=drifts_of(attempt, step, asked, clip=clip, is_orphan=is_orphan),
                shown=shown,
                attempt=attempt,
                attempts=tuple(attempts_of[slot]),
                step=step,
                price=price,
            )
        )
    return rows


def _is_gone(slot: Slot, ids: set[str], batch: CheckedBatch) -> bool:
    """Whether the film has no such slot in this profile nor in another."""
    profile, profiles = batch.batch.profile, batch.batch.profiles
    return slot.shot not in ids or slot.profile not in profiles or slot.profile == profile


def _notes(
    slot: Slot,
    attempt: Attempt,
    step: Step | None,
    clip: ClipFile | None,
    shown: tuple[TaskKey, Task] | None,
    *,
    is_orphan: bool,
) -> list[str]:
    notes = []
    if step is not None and (step.action not in _SILENT or step.changed):
        notes.append(step.reason)
    elif is_orphan:
        notes.append("no longer in the manifest; kept, since it is paid for")
    elif clip is ClipFile.MISSING:
        notes.append("its clip is not here")
    if attempt.slot.shot != slot.shot:
        notes.append(f"bought as {attempt.slot.shot}")
    if clip is ClipFile.EDITED and not is_orphan:
        notes.append(EDITED)
    said = "; ".join(notes)
    words = attempt.refusal if shown is None else shown[1].error
    # Of a clip that is here it does not matter that its provider has let go of it.
    if state_of(attempt) is State.COLLECTED:
        words = ""
    if words and words not in said:
        notes.append(words)
    return notes


def _waits(checked: CheckedShot | None) -> str:
    """Which clips an unsent shot waits for."""
    if checked is None or not checked.is_open:
        return ""
    wanting = [str(frame) for frame in checked.shot.frames if frame not in checked.clips]
    return f"waits for {' and '.join(wanting)}"


def _speaker(
    attempts: tuple[Attempt, ...], checked: CheckedShot | None, step: Step | None
) -> Attempt | None:
    """The attempt that a plan is about; else the last, or the clip that a plan would keep."""
    tip = tip_of(attempts)
    for attempt in attempts:
        if step is not None and attempt.id == step.attempt:
            return attempt
    if tip is None or checked is None or state_of(tip) in _UNDER_WAY:
        return tip
    clips = [attempt for attempt in attempts if state_of(attempt) is State.COLLECTED]
    same = [clip for clip in clips if clip.known_intent.digest == checked.digest]
    return tip_of(same or (clips if checked.shot.locked else ())) or tip
