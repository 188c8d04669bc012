"""Batch times ledger gives steps: for each slot what to do, and why.

Pure: whether a clip's file is there comes in as a function. The order of the questions
is the order of what must not be lost: doubts first, then what is already paid for, then
what is there to keep, and only then what could be bought.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from omnibatch.checks import CheckedBatch, CheckedShot
from omnibatch.ledger import Attempt, Ledger, State, best_task, is_granted, state_of
from omnibatch.plan.asked import Asked
from omnibatch.plan.awaiting import Awaiting, Sourced
from omnibatch.plan.difference import difference
from omnibatch.plan.gone import all_paid_for, gone
from omnibatch.plan.history import History, tip_of
from omnibatch.plan.lost_run import asks_for_more, withheld
from omnibatch.plan.names import Names
from omnibatch.plan.paid import failure, missing_clip, paid_for
from omnibatch.plan.refetch import besides
from omnibatch.plan.sources import sources_first, takes_of
from omnibatch.plan.steps import Action, Plan, Step
from omnibatch.shots import Slot

__all__ = ["plan_batch", "plan_ledger"]


def plan_batch(
    batch: CheckedBatch, ledger: Ledger, asked: Asked, *, wanted: frozenset[Slot] | None = None
) -> Plan:
    """Plan the `wanted` slots (all by default), then what the ledger knows beside them.

    Cost: linear in shots plus attempts.
    """
    here = {checked.shot.slot for checked in batch.shots}
    history = History.of(ledger, Names.of(batch, ledger.attempts), here)
    planner = _Planner(ledger, history, asked)
    if any(checked.shot.frames for checked in batch.shots):
        made = _with_sources(batch, planner, wanted)
        steps = [made[slot] for slot in _slots(batch, wanted)]
    else:
        steps = [
            planner.step(checked)
            for checked in batch.shots
            if wanted is None or checked.shot.slot in wanted
        ]
    return Plan(steps=(*steps, *gone(history, asked, batch, here)), several=history.several(here))


def _slots(batch: CheckedBatch, wanted: frozenset[Slot] | None) -> list[Slot]:
    slots = [checked.shot.slot for checked in batch.shots]
    return slots if wanted is None else [slot for slot in slots if slot in wanted]


def _with_sources(
    batch: CheckedBatch, planner: "_Planner", wanted: frozenset[Slot] | None
) -> Mapping[Slot, Step]:
    """The steps of a film with frames of other shots: each is made after its sources'."""
    awaiting = Awaiting(
        takes=takes_of(batch.shots),
        history=planner.history,
        asked=planner.asked,
        wanted=wanted,
    )
    for checked in sources_first(batch.shots, awaiting.slots):
        sourced = awaiting.source(checked)
        step = planner.step(sourced.checked)
        awaiting.steps[checked.shot.slot] = _waiting(step, sourced) if step.costs else step
    return awaiting.steps


def _waiting(step: Step, sourced: Sourced) -> Step:
    """A purchase as it stands where a clip is needed that is not there."""
    if sourced.missing:
        return _say(sourced.checked, Action.BLOCKED, f"needs a frame of {sourced.missing}")
    reason = f"{step.reason}; {sourced.note}" if sourced.note else step.reason
    if not sourced.awaited:
        return replace(step, reason=reason)
    slots = " and ".join(map(str, sourced.awaited))
    clips = "the clip of" if len(sourced.awaited) == 1 else "the clips of"
    reason = f"{reason}; waits for {clips} {slots}"
    waits = replace(step, reason=reason, attempt=None, waits_for=sourced.awaited)
    return replace(waits, fetch=sourced.fetch)


def plan_ledger(ledger: Ledger, asked: Asked) -> Plan:
    """Plan what a ledger wants by itself, for a manifest that cannot be used."""
    history = History.of(ledger, Names())
    return Plan(steps=tuple(all_paid_for(history, asked)), several=history.several())


@dataclass(frozen=True, slots=True)
class _Planner:
    ledger: Ledger
    history: History
    asked: Asked

    def step(self, checked: CheckedShot) -> Step:
        """The one step of a slot that is in the manifest."""
        slot = checked.shot.slot
        attempts = self.history.attempts(slot, self.asked.endpoints.get(checked.provider))
        step = withheld(self._step(checked, attempts), attempts, self.asked.lost_run)
        return besides(step, attempts, checked.digest, self.asked)

    def _step(self, checked: CheckedShot, attempts: Sequence[Attempt]) -> Step:
        paid = paid_for(attempts, self.asked)
        if paid is not None:
            return _say(checked, *paid)
        if checked.shot.skip:
            return _say(checked, Action.SKIP, "skip is set in the manifest")
        tip = tip_of(attempts)
        clips = [attempt for attempt in attempts if state_of(attempt) is State.COLLECTED]
        if checked.shot.locked and clips:
            return self._locked(checked, clips)
        granted = tip if tip is not None and is_granted(tip) else None
        if granted is not None and asks_for_more(granted, attempts, checked.digest):
            return _buy(checked, "one more attempt granted by `retry`", granted)
        kept = self._kept(checked, clips)
        if kept is not None:
            return _say(checked, *kept)
        if granted is not None:  # for the first time, in the face of a lost run
            return self._held_back(_buy(checked, "granted by `retry`", granted))
        return self._held_back(self._wanting(checked, tip, has_clip=bool(clips)))

    def _wanting(self, checked: CheckedShot, tip: Attempt | None, *, has_clip: bool) -> Step:
        """The step of a slot with no clip of what the manifest says, and nothing under way."""
        if tip is None:
            return _buy(checked, self._new(checked), self._last(checked.shot.slot))
        state = state_of(tip)
        if state is State.ABANDONED:
            reason = "abandoned; `omnibatch retry` takes it up again"
            return _say(checked, Action.SKIP, reason, tip)
        if tip.known_intent.digest == checked.digest:
            if state is State.RELEASED:
                reason = "nothing was created by the last send" if tip.sends else "never sent"
                return _buy(checked, reason, tip, again=True)
            why = failure(tip)
            if self.asked.failed:
                return _buy(checked, f"again: {why}", tip)
            return _say(checked, Action.FAILED, why, tip)
        changed = self._changed(checked, tip)
        if has_clip and not self.asked.stale:
            return _say(checked, Action.STALE, f"{changed}; `run --stale` renders it again", tip)
        return _buy(checked, changed, tip)

    def _locked(self, checked: CheckedShot, clips: list[Attempt]) -> Step:
        """A locked shot keeps its clip: that of the present request, else its last one."""
        same = [clip for clip in clips if clip.known_intent.digest == checked.digest]
        if same:
            return _say(checked, *self._here_or_fetched(checked, same))
        action, reason, clip = self._here_or_fetched(checked, clips)
        changed = self._changed(checked, clip)
        step = _say(checked, action, f"locked, although {changed}; {reason}", clip)
        return replace(step, changed=True)

    def _kept(
        self, checked: CheckedShot, clips: list[Attempt]
    ) -> tuple[Action, str, Attempt] | None:
        """A clip of just this request: one of this slot's own `clips`, else another slot's."""
        own = [clip for clip in clips if clip.known_intent.digest == checked.digest]
        if own:
            return self._here_or_fetched(checked, own)
        endpoint = self.asked.endpoints.get(checked.provider)
        twin = self.history.first_clip(checked.digest, checked.shot.slot.take, endpoint)
        if twin is None:
            return None
        name = self.history.names.today(twin.slot)
        return (Action.KEEP, f"the same request as {name}, collected", twin)

    def _here_or_fetched(
        self, checked: CheckedShot, clips: list[Attempt]
    ) -> tuple[Action, str, Attempt]:
        """The latest of these clips that is here; else what can be done about the last."""
        for attempt in reversed(clips):
            best = best_task(attempt)
            output = best and best[1].output
            if output is not None and self.asked.clip_exists(output):
                before = attempt.slot.shot
                named = "" if before == checked.shot.slot.shot else f" as {before}"
                return (Action.KEEP, f"collected{named}: {output.path}", attempt)
        return missing_clip(clips[-1], self.asked)

    def _changed(self, checked: CheckedShot, attempt: Attempt) -> str:
        before = self.ledger.requests.get(attempt.known_intent.digest)
        return difference(before, checked.request)

    def _held_back(self, step: Step) -> Step:
        """Nothing is bought beside a task of the same request, whatever its shot was called.

        As where a shot was renamed without a `was`: its clip counts once it is collected.
        """
        checked = step.checked
        if not step.costs or checked is None:
            return step
        endpoint = self.asked.endpoints.get(checked.provider)
        other = self.history.waited_for(checked.digest, step.slot.take, endpoint)
        if other is None:
            return step
        reason = f"the same request as {self.history.names.today(other.slot)}, which may still become a clip"
        return _say(checked, Action.BLOCKED, reason, other)

    def _new(self, checked: CheckedShot) -> str:
        slot, was = checked.shot.slot, checked.shot.was
        if slot in self.history.rehearsed:
            return "new; so far tried at a local endpoint only"
        if was and self.ledger.attempts and was not in self.history.ids:
            return f"new; nothing was bought as {was}, its former id"
        return "new"

    def _last(self, slot: Slot) -> Attempt | None:
        """The end of a slot's rehearsed chain: a real attempt comes after it, by its own id."""
        return tip_of(self.history.rehearsed.get(slot, ()))


_PRICED = frozenset({Action.STALE, Action.FAILED})


def _say(checked: CheckedShot, action: Action, reason: str, about: Attempt | None = None) -> Step:
    return Step(
        slot=checked.shot.slot,
        action=action,
        reason=reason,
        attempt=about.id if about else None,
        checked=checked,
        price=checked.price if action in _PRICED else None,
    )


def _buy(checked: CheckedShot, reason: str, tip: Attempt | None, *, again: bool = False) -> Step:
    """Buy by a new attempt after `tip`, or `again` by `tip` itself.

    An attempt is filed under the id that its shot had, and under the path: one that was
    released before its shot was renamed is left to that.
    """
    attempt = tip if again and tip is not None and tip.slot == checked.shot.slot else None
    after = attempt.known_intent.after if attempt is not None else tip.id if tip else None
    return Step(
        slot=checked.shot.slot,
        action=Action.SUBMIT,
        reason=reason,
        attempt=attempt.id if attempt is not None else None,
        after=after,
        checked=checked,
        price=checked.price,
    )
