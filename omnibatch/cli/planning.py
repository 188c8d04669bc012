"""A plan as people and as programs read it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from omnibatch.checks import CheckedBatch, Clip
from omnibatch.cli.reading import clip_exists_in, now
from omnibatch.cli.saying import money, say, say_table
from omnibatch.cli.shared_paths import SharedPaths
from omnibatch.ledger import Attempt, AttemptId, Ledger, LedgerPlace, Output, TaskKey
from omnibatch.money import Money
from omnibatch.plan import (
    Action,
    Asked,
    Plan,
    Step,
    expired,
    plan_batch,
    plan_ledger,
    select_slots,
)
from omnibatch.providers import provider_named
from omnibatch.run import inside, whereabouts
from omnibatch.shots import Slot

ClipAt = Callable[[Output], Clip | None]

__all__ = [
    "asked_for",
    "clip_in",
    "clips_to_fetch",
    "make_plan",
    "plan_for",
    "plan_json",
    "say_plan",
    "spent_words",
    "totals",
    "wanted_slots",
]


def make_plan(
    batch: CheckedBatch | None,
    ledger: Ledger,
    place: LedgerPlace,
    endpoints: Mapping[str, str],
    *,
    stale: bool = False,
    failed: bool = False,
    wanted: frozenset[Slot] | None = None,
    accounts: Mapping[str, str] | None = None,
    lost_run: str | None = None,
) -> Plan:
    """Plan with the files of this disk and the endpoints that a run would use.

    Without a batch the plan is the ledger's own: what is paid for, or in doubt. `accounts`
    are the names of those that have a key; for `lost_run` see `Asked`.
    """
    asked = asked_for(
        place,
        endpoints,
        stale=stale,
        failed=failed,
        accounts=accounts,
        lost_run=lost_run,
        attempts=ledger.attempts.values(),
    )
    return plan_for(batch, ledger, asked, wanted=wanted)


def asked_for(
    place: LedgerPlace,
    endpoints: Mapping[str, str],
    *,
    stale: bool = False,
    failed: bool = False,
    accounts: Mapping[str, str] | None = None,
    lost_run: str | None = None,
    attempts: Iterable[Attempt] = (),
) -> Asked:
    """What a plan is asked with: the files of this disk, and a run's endpoints.

    Clips of `attempts` that have one path are told apart. Nothing is known of providers that have no endpoint here, as one that is not installed.
    """
    today = now()
    shared = SharedPaths.of(place.root, attempts)

    def past_its_days(attempt: Attempt, key: TaskKey) -> str:
        provider = attempt.known_intent.provider
        if provider not in endpoints:
            return ""
        return expired(attempt, key, now=today, kept_days=provider_named(provider).lookup.kept_days)

    return Asked(
        endpoints=endpoints,
        can_look_up=lambda name: name in endpoints and provider_named(name).lookup.by != "none",
        clip_exists=clip_exists_in(place.root),
        clip_at=clip_in(place.root, shared),
        is_another=shared.is_another,
        stale=stale,
        failed=failed,
        accounts=accounts or {},
        expired=past_its_days,
        lost_run=lost_run,
    )


def plan_for(
    batch: CheckedBatch | None,
    ledger: Ledger,
    asked: Asked,
    *,
    wanted: frozenset[Slot] | None = None,
) -> Plan:
    """The plan of a film; without a batch the ledger's own."""
    if batch is None:
        return plan_ledger(ledger, asked)
    return plan_batch(batch, ledger, asked, wanted=wanted)


def clip_in(root: Path, shared: SharedPaths | None = None) -> ClipAt:
    """Tell where under `root` a clip lies; None for a path that leads out of there."""
    find = partial(whereabouts, root) if shared is None else shared.find

    def clip_at(output: Output) -> Clip | None:
        path = find(output) or inside(root, output.path)
        if path is None:
            return None
        return Clip(path=path, shown=path.relative_to(root).as_posix(), sha256=output.sha256)

    return clip_at


def wanted_slots(
    batch: CheckedBatch | None, select: Sequence[str], exclude: Sequence[str]
) -> frozenset[Slot] | None:
    """The slots that `--select` and `--exclude` leave; None for all. Raise `UsageError`."""
    if batch is None or not (select or exclude):
        return None
    shots = [checked.shot for checked in batch.shots]
    slots = [shot.slot for shot in shots]
    return select_slots(slots, select=select, exclude=exclude, shots=shots)


def clips_to_fetch(plan: Plan) -> frozenset[AttemptId]:
    """Collected attempts whose clip is gone from the disk; also where it is hardly to be had."""
    about = {step.attempt for step in plan.steps if step.action in (Action.COLLECT, Action.LOST)}
    besides = {attempt for step in plan.steps for attempt in step.fetch}
    return frozenset(attempt for attempt in about | besides if attempt is not None)


def say_plan(plan: Plan, *, err: bool = False) -> None:
    """Print a row a slot; shots that are kept are only counted, but for changed ones."""
    rows = [
        (
            step.action.value,
            str(step.slot),
            money(step.price) if _has_price(step) else "",
            step.reason,
        )
        for step in plan.steps
        if step.action is not Action.KEEP or step.changed
    ]
    if rows:
        say_table(("ACTION", "SHOT", "PRICE", "WHY"), rows, err=err)
    kept = plan.counts.get(Action.KEEP, 0)
    if kept and not err:
        say(f"keep: {kept} collected")


def _has_price(step: Step) -> bool:
    return step.action in (Action.SUBMIT, Action.STALE, Action.FAILED)


def totals(plan: Plan) -> str:
    """What a run would pay: `1.899 USD for 6 clips (estimate)`."""
    count = len(plan.submits)
    if not count:
        return "nothing to buy"
    clips = "1 clip" if count == 1 else f"{count} clips"
    if plan.unpriced == count:
        return f"an unknown price for {clips}"
    extra = f", and {plan.unpriced} of unknown price" if plan.unpriced else ""
    return f"{money(plan.cost)} for {clips}{extra} (estimate from list prices)"


def spent_words(spent: Money | None, unpriced: int) -> str:
    """What was spent so far, by list prices: what is unknown is named, never zero."""
    if spent is None:
        return f"unknown ({unpriced} of unknown price)" if unpriced else "nothing"
    more = f", and {unpriced} of unknown price" if unpriced else ""
    return f"{spent}{more} (by list prices)"


def plan_json(
    plan: Plan, manifest: Path, *, budget: Money | None, spent: Money | None
) -> dict[str, Any]:
    """The contract of `plan --json`, schemas/plan.schema.json."""
    return {
        "version": 1,
        "manifest": manifest.as_posix(),
        "shots": [_step_json(step) for step in plan.steps],
        "summary": {
            "actions": {action.value: count for action, count in plan.counts.items()},
            "cost": None if plan.cost is None else str(plan.cost),
            "unpriced": plan.unpriced,
            "spent": None if spent is None else str(spent),
            "budget": None if budget is None else str(budget),
        },
    }


def _step_json(step: Step) -> dict[str, Any]:
    return {
        "shot": step.slot.shot,
        "profile": step.slot.profile or None,
        "take": step.slot.take,
        "action": step.action.value,
        "reason": step.reason,
        "price": None if step.price is None else str(step.price),
        "provider": None if step.checked is None else step.checked.provider,
        "attempt": step.attempt,
        "waits_for": [f"{slot.shot}@{slot.take}" for slot in step.waits_for],
    }
