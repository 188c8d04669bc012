"""`omnibatch retry`: let the next run buy a shot once more."""

from pathlib import Path

import click

from omnibatch.cli.deciding import Desk, deciding, targets_of
from omnibatch.cli.options import Chosen, ledger_option, manifest_options, wait_option
from omnibatch.cli.reading import now
from omnibatch.cli.saying import say
from omnibatch.errors import Exit, UsageError
from omnibatch.ledger import State, grant, state_of
from omnibatch.shots import Slot

__all__ = ["command"]


@click.command("retry", epilog="For instance: omnibatch retry specs/harbor.yaml wave")
@manifest_options
@ledger_option
@wait_option
def command(chosen: Chosen, ledger: Path | None, wait: bool) -> Exit:
    """Grant SHOT one more attempt; the next `omnibatch run` buys it.

    Spends nothing by itself. For a shot that is unconfirmed, failed, refused, abandoned,
    or collected and not liked; also for one whose task never ends. The clips it has are kept.
    """
    with deciding(chosen, ledger, wait=wait) as desk:
        for slot in desk.slots(targets_of(chosen, "retry")):
            _retry(desk, slot)
    return Exit.DONE


def _retry(desk: Desk, slot: Slot) -> None:
    tip = desk.tip(slot)
    if tip is None or (state_of(tip) is State.RELEASED and tip.abandoned is None):
        say(f"{slot}: nothing to grant: the next run sends it anyway")
        return
    if state_of(tip) is State.SUCCEEDED:
        raise UsageError(f"{slot} is rendered and paid for", "`omnibatch run` collects it")
    checked = desk.checked.get(slot)
    if checked is not None and checked.shot.locked and desk.has_clip(slot):
        raise UsageError(
            f"{slot} is locked, and has its clip: it is never bought again",
            f"to buy another, take `locked` out first ({checked.shot.place_of('locked')})",
        )
    delta = grant(tip, now=now(), by=desk.book.writer)
    desk.book.record_now(delta)
    if checked is None:
        cost = "once the manifest is valid"
    else:
        cost = f"for {checked.price}" if checked.price is not None else "at a price unknown here"
    running = " beside the task that is rendering" if state_of(tip) is State.RUNNING else ""
    say(f"{slot}: one more attempt granted{running}; the next `omnibatch run` buys it {cost}")
