"""`omnibatch abandon`: let go of shots."""

from pathlib import Path

import click

from omnibatch.cli.carrying import carrier
from omnibatch.cli.deciding import Desk, deciding
from omnibatch.cli.options import (
    Chosen,
    ledger_option,
    manifest_options,
    selection_options,
    wait_option,
)
from omnibatch.cli.reading import now
from omnibatch.cli.verdicts import Change, Left, Refused, Verdict, judge_all
from omnibatch.errors import Exit
from omnibatch.ledger import (
    Attempt,
    State,
    TaskState,
    abandon,
    awaited_tasks,
    is_granted,
    may_have_cost,
    revoke,
    state_of,
)
from omnibatch.shots import Slot

__all__ = ["command"]

_HAS_CLIP = (State.SUCCEEDED, State.COLLECTED)
_RENDERING = State.RUNNING
_RUNNING = TaskState.RUNNING
_COUNTED = "its price stays counted as spent"


@click.command("abandon", epilog="For instance: omnibatch abandon specs/harbor.yaml wave")
@manifest_options
@selection_options
@ledger_option
@wait_option
def command(
    chosen: Chosen,
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    ledger: Path | None,
    wait: bool,
) -> Exit:
    """Let go of each SHOT: no run takes it up again, until `omnibatch retry`.

    Spends nothing. For shots that are unconfirmed, failed or refused, or to take back an
    attempt that `retry` granted. One whose task never ends is let go of only by its own
    name, not by a pattern: it goes on at the provider, and is no longer asked about. So is
    a task beside a shot's clip, as one adopted by a wrong id. What it may have cost stays
    counted.
    """
    with deciding(chosen, ledger, wait=wait) as desk:
        judge_all(desk, "abandon", chosen.rest, select, exclude, _judge)
    return Exit.DONE


def _judge(desk: Desk, slot: Slot, *, named: bool) -> Verdict:
    tip = desk.tip(slot)
    if tip is None or state_of(tip) not in _HAS_CLIP:
        tip = carrier(desk, slot) or tip
    if tip is None:
        return Refused(
            "was never sent, so there is nothing to abandon",
            "write `skip: true` on the shot to leave it out",
        )
    state = state_of(tip)
    if state in _HAS_CLIP and is_granted(tip):
        delta = revoke(tip, now=now(), by=desk.book.writer)
        return Change(slot=slot, deltas=(delta,), text="the grant is taken back; its clip is kept")
    beside = [key.task_id for key in awaited_tasks(tip) if tip.tasks[key].state is _RUNNING]
    if state in _HAS_CLIP and beside and named:
        delta = abandon(tip, now=now(), by=desk.book.writer)
        text = f"task {', '.join(beside)} is no longer asked about; its clip is kept"
        return Change(slot=slot, deltas=(delta,), text=f"{text}; {_COUNTED}")
    doubted = desk.doubted_beside(slot)
    if state in _HAS_CLIP and doubted is not None and named:
        delta = abandon(doubted, now=now(), by=desk.book.writer)
        text = "the task whose reply was lost is let go of; its clip is kept"
        return Change(slot=slot, deltas=(delta,), text=f"{text}; {_COUNTED}")
    if state in _HAS_CLIP:
        return Refused(
            f"is {state.value}: it is paid for", "`omnibatch run` collects what is not here"
        )
    if state is _RENDERING and is_granted(tip):
        delta = revoke(tip, now=now(), by=desk.book.writer)
        text = "the grant is taken back; its task renders on, and is collected"
        return Change(slot=slot, deltas=(delta,), text=text)
    if tip.abandoned is not None and tip.abandoned.on and not is_granted(tip):
        return Left("abandoned already; nothing changed")
    if not named and state is _RENDERING:
        return Left("left as it is: its task is rendering, paid for; to let go of it, name it")
    counted = f"; {_COUNTED}" if may_have_cost(tip) else ""
    new = () if tip.id in desk.book.attempts else (tip,)
    delta = abandon(tip, now=now(), by=desk.book.writer)
    text = f"abandoned{counted}; costs nothing more; {_again(slot, tip)}"
    return Change(slot=slot, deltas=(*new, delta), text=text)


def _again(slot: Slot, tip: Attempt) -> str:
    """What takes an abandoned shot up again: for one with a task that is free."""
    if tip.tasks:
        return f"`omnibatch adopt {slot.shot} {min(tip.tasks).task_id}` takes it up again, for free"
    return "`omnibatch retry` takes it up again"
