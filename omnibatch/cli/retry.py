"""`omnibatch retry`: let the next run buy shots once more."""

from collections.abc import Sequence
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
from omnibatch.cli.saying import say
from omnibatch.cli.verdicts import Change, Left, Refused, Verdict, judge_all
from omnibatch.errors import Exit
from omnibatch.ledger import Attempt, State, TaskState, grant, granted_since, is_granted, state_of
from omnibatch.money import Money
from omnibatch.plan import total_of
from omnibatch.shots import Slot

__all__ = ["command"]

_NEEDS_A_NAME = {
    State.RUNNING: "its task is rendering, paid for",
    State.SUCCEEDED: "its clip is presumed gone, and is asked for all the same",
    State.COLLECTED: "it has its clip",
}


@click.command("retry", epilog="For instance: omnibatch retry specs/harbor.yaml --select 'wave-*'")
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
    """Grant each SHOT one more attempt; the next `omnibatch run` buys it.

    Spends nothing by itself, and says what it will cost. For shots that are unconfirmed,
    failed, refused or abandoned. One that is rendering, or collected and not liked, or
    rendered and no longer to be had, is granted another only by its own name, not by a
    pattern. The clips it has are kept, and one that turns up is collected instead.
    `omnibatch abandon` takes a grant back, as long as nothing was bought for it.
    """
    with deciding(chosen, ledger, wait=wait) as desk:
        changes = judge_all(desk, "retry", chosen.rest, select, exclude, _judge)
        if len(changes) > 1:
            prices = [checked.price for c in changes if (checked := desk.checked.get(c.slot))]
            say(f"{len(changes)} attempts granted, {_cost(prices)} at the next run")
    return Exit.DONE


def _judge(desk: Desk, slot: Slot, *, named: bool) -> Verdict:
    tip = desk.tip(slot)
    checked = desk.checked.get(slot)
    if desk.lost_run is None and (
        tip is None or (state_of(tip) is State.RELEASED and tip.abandoned is None)
    ):
        return Left("nothing to grant: the next run sends it anyway")
    state = State.UNCONFIRMED if tip is None else state_of(tip)
    tip = carrier(desk, slot) or tip
    if tip is None:
        return Refused("was never sent, and the manifest cannot say what it is", "")
    if is_granted(tip) and (desk.lost_run is None or granted_since(tip, desk.lost_run)):
        return Left("one more attempt is granted already; nothing changed")
    if state is State.SUCCEEDED and not desk.gone(tip):
        return Refused("is rendered and paid for", "`omnibatch run` collects it")
    if checked is not None and checked.shot.locked and desk.has_clip(slot):
        return Refused(
            "is locked, and has its clip: it is never bought again",
            f"to buy another, take `locked` out first ({checked.shot.place_of('locked')})",
        )
    if not named and state in _NEEDS_A_NAME:
        return Left(f"left as it is: {_NEEDS_A_NAME[state]}; to buy another, name it")
    delta = grant(tip, now=now(), by=desk.book.writer, after=desk.lost_run)
    new = () if tip.id in desk.book.attempts else (tip,)
    return Change(slot=slot, deltas=(*new, delta), text=_words(desk, slot, tip))


def _words(desk: Desk, slot: Slot, tip: Attempt) -> str:
    checked = desk.checked.get(slot)
    state = state_of(tip)
    gone = "" if state is State.COLLECTED else desk.gone(tip)
    rendering = [key.task_id for key, t in tip.tasks.items() if t.state is TaskState.RUNNING]
    beside = ""
    if rendering and state is not State.COLLECTED and not gone:
        beside = " beside the task that is rendering, which is collected, too"
    if beside and state is State.ABANDONED:
        beside += f" (`omnibatch adopt {slot.shot} {rendering[0]}` does that alone, for free)"
    if checked is None:
        cost = (
            "; it is not in the manifest as it is read now, so no run of that buys it"
            if desk.is_valid
            else "; the next `omnibatch run` buys it once the manifest is valid"
        )
        return f"one more attempt granted{beside}{cost}"
    first = " asks for the clip once more, and if it is gone" if gone else ""
    cost = f"; the next `omnibatch run`{first} buys it, {_cost([checked.price])}"
    if checked.shot.skip:
        cost = "; but `skip` is set in the manifest, so no run buys it"
    warning = ""
    if state is State.UNCONFIRMED or desk.lost_run is not None:
        warning = ". If its lost task exists, this is a second clip, paid for twice"
    return f"one more attempt granted{beside}{cost}{warning}"


def _cost(prices: Sequence[Money | None]) -> str:
    known = total_of(prices)
    unknown = sum(price is None for price in prices)
    if known is None:
        return "at a price unknown here"
    return f"for {known}" + (f", and {unknown} of unknown price" if unknown else "")
