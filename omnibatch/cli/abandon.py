"""`omnibatch abandon`: let go of a shot."""

from pathlib import Path

import click

from omnibatch.cli.deciding import Desk, deciding, targets_of
from omnibatch.cli.options import Chosen, ledger_option, manifest_options, wait_option
from omnibatch.cli.reading import now
from omnibatch.cli.saying import say
from omnibatch.errors import Exit, UsageError
from omnibatch.ledger import State, abandon, may_have_cost, state_of
from omnibatch.shots import Slot

__all__ = ["command"]

_HAS_CLIP = (State.SUCCEEDED, State.COLLECTED)


@click.command("abandon", epilog="For instance: omnibatch abandon specs/harbor.yaml wave")
@manifest_options
@ledger_option
@wait_option
def command(chosen: Chosen, ledger: Path | None, wait: bool) -> Exit:
    """Let go of SHOT: no run takes it up again, until `omnibatch retry`.

    Spends nothing. For a shot that is unconfirmed, failed or refused, or whose task never
    ends: it goes on at the provider, and is no longer asked about. What it may have cost
    stays counted.
    """
    with deciding(chosen, ledger, wait=wait) as desk:
        for slot in desk.slots(targets_of(chosen, "abandon")):
            _abandon(desk, slot)
    return Exit.DONE


def _abandon(desk: Desk, slot: Slot) -> None:
    tip = desk.tip(slot)
    if tip is None:
        raise UsageError(
            f"{slot} was never sent, so there is nothing to abandon",
            "write `skip: true` on the shot to leave it out",
        )
    state = state_of(tip)
    if state in _HAS_CLIP:
        raise UsageError(
            f"{slot} is {state.value}: it is paid for", "`omnibatch run` collects what is not here"
        )
    desk.book.record_now(abandon(tip, now=now(), by=desk.book.writer))
    counted = "; its price stays counted as spent" if may_have_cost(tip) else ""
    say(f"{slot}: abandoned{counted}; `omnibatch retry` takes it up again")
