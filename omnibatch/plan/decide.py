"""Batch times ledger gives steps: for each slot what to do, and why.

Pure: whether a clip's file is there comes in as a function. The order of the questions
is the order of what must not be lost: doubts first, then what is already paid for, then
what is there to keep, and only then what could be bought.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from omnibatch.checks import CheckedBatch, CheckedShot
from omnibatch.ledger import Attempt, Ledger, Output, State, best_task, is_granted, state_of
from omnibatch.plan.difference import difference
from omnibatch.plan.history import History, tip_of
from omnibatch.plan.steps import Action, Plan, Step
from omnibatch.shots import Slot

__all__ = ["Asked", "plan_batch", "plan_ledger"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the user asked for and where the run would go.

    `endpoints` gives each provider's endpoint as it would be recorded; `can_look_up`
    tells whether a provider can be asked for a task whose id was lost.
    """

    endpoints: Mapping[str, str]
    can_look_up: Callable[[str], bool]
    clip_exists: Callable[[Output], bool]
    stale: bool = False
    failed: bool = False


def plan_batch(
    batch: CheckedBatch, ledger: Ledger, asked: Asked, *, wanted: frozenset[Slot] | None = None
) -> Plan:
    """Plan the `wanted` slots (all by default), then the orphans of the ledger.

    Cost: linear in shots plus attempts.
    """
    planner = _Planner(ledger, History.of(ledger), asked)
    steps = [
        planner.step(checked)
        for checked in batch.shots
        if wanted is None or checked.shot.slot in wanted
    ]
    here = {checked.shot.slot for checked in batch.shots}
    return Plan(steps=(*steps, *planner.orphans(here)))


def plan_ledger(ledger: Ledger, asked: Asked) -> Plan:
    """Plan what a ledger wants by itself, for a manifest that cannot be used."""
    planner = _Planner(ledger, History.of(ledger), asked)
    return Plan(steps=tuple(planner.all_paid_for()))


@dataclass(frozen=True, slots=True)
class _Planner:
    ledger: Ledger
    history: History
    asked: Asked

    def step(self, checked: CheckedShot) -> Step:
        """The one step of a slot that is in the manifest."""
        slot = checked.shot.slot
        endpoint = self.asked.endpoints.get(checked.provider)
        attempts = self.history.attempts(slot, endpoint)

        def say(action: Action, reason: str, about: Attempt | None = None) -> Step:
            return Step(
                slot=slot,
                action=action,
                reason=reason,
                attempt=about.id if about else None,
                checked=checked,
                price=checked.price if action in _PRICED else None,
            )

        def buy(reason: str, after: Attempt | None) -> Step:
            return Step(
                slot=slot,
                action=Action.SUBMIT,
                reason=reason,
                after=after.id if after else None,
                checked=checked,
                price=checked.price,
            )

        paid = self._paid_for(attempts)
        if paid is not None:
            return say(*paid)
        if checked.shot.skip:
            return say(Action.SKIP, "skip: true in the manifest")
        tip = tip_of(attempts)
        if tip is not None and is_granted(tip):
            return buy("one more attempt granted by `retry`", tip)
        kept = self._kept(checked, attempts)
        if kept is not None:
            return say(*kept)
        if tip is None:
            tried = "new; so far tried at a local endpoint only"
            reason = tried if slot in self.history.rehearsed else "new"
            return buy(reason, self._last(slot))
        state = state_of(tip)
        if state is State.ABANDONED:
            return say(Action.SKIP, "abandoned; `omnibatch retry` takes it up again", tip)
        if tip.known_intent.digest == checked.digest:
            if state is State.RELEASED:
                reason = "nothing was created by the last send" if tip.sends else "never sent"
                return Step(
                    slot=slot,
                    action=Action.SUBMIT,
                    reason=reason,
                    attempt=tip.id,
                    after=tip.known_intent.after,
                    checked=checked,
                    price=checked.price,
                )
            why = self._failure(tip)
            return buy(f"again: {why}", tip) if self.asked.failed else say(Action.FAILED, why, tip)
        changed = difference(self.ledger.requests.get(tip.known_intent.digest), checked.request)
        if any(state_of(attempt) is State.COLLECTED for attempt in attempts):
            if self.asked.stale:
                return buy(changed, tip)
            return say(Action.STALE, f"{changed}; `run --stale` renders it again", tip)
        return buy(changed, tip)

    def _paid_for(self, attempts: tuple[Attempt, ...]) -> tuple[Action, str, Attempt] | None:
        """Doubts and tasks under way, whatever the manifest says today."""
        states = [(attempt, state_of(attempt)) for attempt in attempts]
        for attempt, state in states:
            if state is State.UNCONFIRMED and not is_granted(attempt):
                return self._doubt(attempt)
        for attempt, state in states:
            # A granted attempt is asked about as before, but no longer waited for.
            if state is State.SUCCEEDED or (state is State.RUNNING and not is_granted(attempt)):
                return self._under_way(attempt, state)
        return None

    def _doubt(self, attempt: Attempt) -> tuple[Action, str, Attempt]:
        provider = attempt.known_intent.provider
        lost = "its reply was lost, a task may exist"
        if self.asked.can_look_up(provider) and self._reachable(attempt):
            return (Action.RECONCILE, f"{lost}: {provider} is asked for it", attempt)
        return (Action.DECIDE, f"{lost}: adopt, retry or abandon it", attempt)

    def _under_way(self, attempt: Attempt, state: State) -> tuple[Action, str, Attempt]:
        task_id = _task_id(attempt)
        if not self._reachable(attempt):
            endpoint = attempt.known_intent.endpoint
            return (
                Action.BLOCKED,
                f"paid for at {endpoint}, which is not asked now (task {task_id})",
                attempt,
            )
        if state is State.RUNNING:
            return (Action.RESUME, f"rendering, paid for (task {task_id})", attempt)
        return (Action.COLLECT, f"rendered, not fetched yet (task {task_id})", attempt)

    def _reachable(self, attempt: Attempt) -> bool:
        intent = attempt.known_intent
        return self.asked.endpoints.get(intent.provider) == intent.endpoint

    def _kept(
        self, checked: CheckedShot, attempts: tuple[Attempt, ...]
    ) -> tuple[Action, str, Attempt] | None:
        """A clip of just this request: one of this slot's own `attempts`, else another slot's."""
        own = [
            attempt
            for attempt in attempts
            if attempt.known_intent.digest == checked.digest
            and state_of(attempt) is State.COLLECTED
        ]
        for attempt in reversed(own):
            best = best_task(attempt)
            output = best and best[1].output
            if output is not None and self.asked.clip_exists(output):
                return (Action.KEEP, f"collected: {output.path}", attempt)
        if own:
            if not self._reachable(own[-1]):
                return (Action.LOST, "its clip is not here, and its endpoint not asked", own[-1])
            return (Action.COLLECT, "its clip is not here: fetched again, for free", own[-1])
        endpoint = self.asked.endpoints.get(checked.provider)
        twin = self.history.first_clip(checked.digest, checked.shot.slot.take, endpoint)
        if twin is not None:
            return (Action.KEEP, f"the same request as {twin.slot}, collected", twin)
        return None

    def _failure(self, attempt: Attempt) -> str:
        best = best_task(attempt)
        if best is not None:
            return f"failed: {best[1].error or 'no reason given'}"
        return f"refused: {attempt.refusal or 'no reason given'}"

    def _last(self, slot: Slot) -> Attempt | None:
        """The end of a slot's rehearsed chain, so that a real attempt gets an id of its own."""
        return tip_of(self.history.rehearsed.get(slot, ()))

    def all_paid_for(self) -> list[Step]:
        """A step for each slot of the ledger with something paid for or in doubt."""
        return [step for slot in self._known_slots() for step in self._wants(slot)]

    def orphans(self, here: set[Slot]) -> list[Step]:
        """Attempts whose slot the manifest no longer has, as long as they want something."""
        return [
            replace(
                step,
                action=Action.ORPHAN if step.action in _FREE else step.action,
                reason=f"no longer in the manifest: {step.reason}",
            )
            for slot in self._known_slots()
            if slot not in here
            for step in self._wants(slot)
        ]

    def _known_slots(self) -> list[Slot]:
        return sorted({*self.history.real, *self.history.rehearsed})

    def _wants(self, slot: Slot) -> list[Step]:
        """What a slot's attempts want by themselves. Rehearsed ones only where they can be asked."""
        real = self.history.real.get(slot, ())
        rehearsed = self.history.rehearsed.get(slot, ())
        reachable = tuple(attempt for attempt in rehearsed if self._reachable(attempt))
        paid = self._paid_for((*real, *reachable))
        if paid is not None:
            action, reason, attempt = paid
            return [Step(slot=slot, action=action, reason=reason, attempt=attempt.id)]
        if any(state_of(attempt) is State.RUNNING for attempt in rehearsed):
            reason = "a rehearsal's task, at an endpoint that is not asked now"
            return [Step(slot=slot, action=Action.REHEARSED, reason=reason)]
        return []


_PRICED = frozenset({Action.STALE, Action.FAILED})
_FREE = frozenset({Action.RESUME, Action.COLLECT, Action.RECONCILE})


def _task_id(attempt: Attempt) -> str:
    best = best_task(attempt)
    return best[0].task_id if best else "unknown"
