"""The end of a run: the exit code, what is left, and the exact next command with its price."""

import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from omnibatch.cli.saying import say, say_table
from omnibatch.cli.typed import Typed
from omnibatch.errors import Exit
from omnibatch.money import Money
from omnibatch.plan import Action, Plan, Step, total_of
from omnibatch.run import Halt, HaltReason

if TYPE_CHECKING:
    from omnibatch.run import (
        Outcome,
        TaskUnrecorded,
    )  # the wire is behind it, and `plan` needs none

__all__ = [
    "Stops",
    "adopting",
    "exit_code",
    "next_line",
    "ran_out_of_time",
    "say_leftovers",
    "say_where",
]


@dataclass(slots=True)
class Stops:
    """Why a run did less than its plan: each gives an exit code of its own.

    `unread` are profiles with problems, for which a lost run may have bought something.
    """

    limit: bool = False
    consent: bool = False
    budget: bool = False
    key: bool = False
    unread: tuple[str, ...] = ()
    clips: bool = False
    signal: Exit | None = None


_HALT_CODES = {
    HaltReason.ACCOUNT: Exit.ACCOUNT,
    HaltReason.REDIRECT: Exit.ACCOUNT,
    HaltReason.DOUBTS: Exit.DECISION,
    HaltReason.NO_ROOM: Exit.LEDGER,
    HaltReason.STALLED: Exit.FAILED,
    HaltReason.BUSY: Exit.FAILED,
    HaltReason.UNREACHABLE: Exit.FAILED,
}
_UNDECIDED = frozenset({Action.DECIDE, Action.RECONCILE})
_UNDONE = frozenset(
    {
        Action.BLOCKED,
        Action.COLLECT,
        Action.FAILED,
        Action.LOST,
        Action.ORPHAN,
        Action.RESUME,
        Action.SUBMIT,
    }
)


def exit_code(plan: Plan, outcome: "Outcome", stops: Stops) -> Exit:
    """The code of a run, from the plan made after it and what stopped it."""
    codes = {_HALT_CODES[halt.reason] for halt in outcome.halts if halt.reason in _HALT_CODES}
    left = set(plan.counts)
    if ran_out_of_time(plan, outcome):
        codes.add(Exit.STOPPED)
    if left & _UNDECIDED or stops.unread:
        codes.add(Exit.DECISION)
    if left & _UNDONE or stops.clips or any(step.fetch for step in plan.steps):
        codes.add(Exit.FAILED)
    if outcome.bought.over_cap or stops.budget:
        codes.add(Exit.BUDGET)
    if stops.limit:
        codes.add(Exit.STOPPED)
    if stops.consent:
        codes.add(Exit.CONSENT)
    if stops.key:
        codes.add(Exit.ACCOUNT)
    if stops.signal is not None:
        codes.add(stops.signal)
    return Exit.worst(codes)


def ran_out_of_time(plan: Plan, outcome: "Outcome") -> bool:
    """Whether `--stop-after` kept something from being sent, by the plan made after the run."""
    return bool(plan.submits) and any(halt.reason is HaltReason.TIME for halt in outcome.halts)


def say_leftovers(plan: Plan) -> None:
    """Name every slot that is not as the manifest says, and why."""
    rows = [
        (step.action.value, str(step.slot), step.reason)
        for step in plan.steps
        if step.action not in (Action.KEEP, Action.SKIP, Action.REHEARSED)
    ]
    if rows:
        say_table(("LEFT", "SHOT", "WHY"), rows)


def next_line(
    plan: Plan,
    typed: Typed,
    *,
    halts: tuple[Halt, ...] = (),
    caps: Iterable[str] = (),
    options: str = "",
    asked: bool = False,
    unread: tuple[str, ...] = (),
) -> str:
    """The next command to type and what it will cost; for a decision, each way out.

    `caps` are those that were reached, `options` what a run has to go on with. Where a
    provider can be asked for what is undecided, that is the first way, and the last one
    where it has just been `asked`. For `unread` see `Stops`.
    """
    undecided = [step for step in plan.steps if step.action in _UNDECIDED]
    if undecided:
        decided_by_hand = [step for step in undecided if step.action is Action.DECIDE]
        ways = list(_decision(plan, (decided_by_hand or undecided)[0], typed, len(undecided) - 1))
        askable = len(undecided) - len(decided_by_hand)
        if askable:
            asks = f"{typed.run(options)}   ({_asking(plan, askable, typed)})"
            ways.insert(len(ways) if asked or decided_by_hand else 0, asks)
        return "next: " + "\n  or: ".join(ways)
    running = sum(
        step.action in (Action.RESUME, Action.COLLECT, Action.ORPHAN) or bool(step.fetch)
        for step in plan.steps
    )
    if plan.submits:
        collects = f", and collects {running} already paid for" if running else ""
        raised = "".join(f"; raise {cap} first" for cap in caps)
        cost = _price(plan.cost, plan.unpriced, typed)
        return f"next: {typed.run(options)}   ({cost}{collects}{raised})"
    if running:
        return f"next: {typed.run(options)}   (free: collects {running} already paid for)"
    if unread:
        return f"next: {typed.validate(profile=unread[0])}   (free; mend it, or take it out)"
    if options:
        return f"next: {typed.run(options)}   (free: all is decided; lets plain runs go on)"
    failed = [step for step in plan.steps if step.action is Action.FAILED]
    if failed:
        return f"next: {typed.run('--failed ')}   ({_priced(failed, typed)})"
    stale = [step for step in plan.steps if step.action is Action.STALE]
    if stale:
        return f"next: {typed.run('--stale ')}   ({_priced(stale, typed)}; or keep what is there)"
    if any(halt.reason is HaltReason.ACCOUNT for halt in halts):
        return f"next: {typed.run(options)}   (free)"
    if any(step.action is Action.LOST for step in plan.steps):
        return (
            f"next: {typed.about('status')}   (free; names what mends a lost clip, and its price)"
        )
    return f"next: {typed.about('status')}   (free; nothing is left to buy)"


def adopting(error: "TaskUnrecorded", typed: Typed) -> str:
    """The command that records what could not be."""
    slot = error.slot
    shot = shlex.quote(slot.shot if slot.take == 1 else f"{slot.shot}@{slot.take}")
    return f"{typed.about('adopt', profile=slot.profile)} {shot} {error.task_id}"


def _asking(plan: Plan, askable: int, typed: Typed) -> str:
    cost = _price(plan.cost, plan.unpriced, typed) if plan.submits else "free"
    return f"{cost}: asks the provider about {askable} whose reply was lost"


def _decision(plan: Plan, step: Step, typed: Typed, others: int) -> Iterator[str]:
    """The commands that decide about a step, each with what it costs."""
    slot = step.slot
    has_takes = slot.take > 1 or slot.shot in plan.several
    shot = shlex.quote(f"{slot.shot}@{slot.take}" if has_takes else slot.shot)
    adopt, abandon, retry = (
        f"{typed.about(command, profile=slot.profile)} {shot}"
        for command in ("adopt", "abandon", "retry")
    )
    cost = "its price" if step.checked is None else _price(step.checked.price, 0, typed)
    more = f"; {others} more like it" if others else ""
    yield f"{adopt} TASK_ID   (free, if the provider lists a task)"
    yield f"{abandon}   (free)"
    yield f"{retry}   ({cost} at the next run{more})"


def _priced(steps: list[Step], typed: Typed) -> str:
    unpriced = sum(step.price is None for step in steps)
    return _price(total_of(step.price for step in steps), unpriced, typed)


def _price(cost: Money | None, unpriced: int, typed: Typed) -> str:
    if typed.again == "rehearse":
        return "free"
    if cost is None:
        return "unknown price"
    return f"{cost}, and {unpriced} of unknown price" if unpriced else str(cost)


def say_where(clips: Path, lockfile: Path) -> None:
    """Say where the clips and the lockfile are, if there are any."""
    if clips.exists():
        say(f"clips     {clips}")
    if lockfile.exists():
        say(f"lockfile  {lockfile}")
