"""Attempts that carry a decision about what a lost run may have bought for a slot."""

from dataclasses import replace

from omnibatch.cli.deciding import Desk
from omnibatch.ledger import Attempt, SendState, lost_send
from omnibatch.shots import Slot

__all__ = ["carrier"]


def carrier(desk: Desk, slot: Slot) -> Attempt | None:
    """An attempt to carry a decision; None where the slot has another that can, or no run is lost.

    What the lost run may have bought is a doubtful send of it, once for each slot, so that it
    stays counted. A task that is adopted ends that doubt.
    """
    missed = desk.book.unaccounted
    if missed is None:
        return None
    send = lost_send(missed)
    if any(send in attempt.sends for attempt in desk.by_slot.get(slot, ())):
        return None
    if slot in desk.undecided:
        made = desk.unsent(slot, apart=f" {missed.since}")
        return None if made is None else replace(made, sends={send: SendState.IN_DOUBT})
    return desk.unsent(slot, apart=f" {missed.since}") if desk.tip(slot) is None else None
