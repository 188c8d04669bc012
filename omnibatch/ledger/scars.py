"""What earlier damage left in a ledger, in words for the user; and what a failed record is worth.

A stray is a record of an attempt whose intent stood in a damaged line: a task that was
paid for, of a shot that nobody can name. Ids of attempts are computed from what is
bought, so that the shot is known as soon as it is about to be sent again.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from omnibatch.errors import LedgerError
from omnibatch.ledger.claims import doubts_beside, twice_claimed
from omnibatch.ledger.journal import next_aside
from omnibatch.ledger.model import Attempt, AttemptId, SendState
from omnibatch.ledger.places import LedgerPlace
from omnibatch.ledger.reading import Found
from omnibatch.ledger.state import may_have_cost

__all__ = ["DISK_FULL", "notices_of", "refuse_reused_sends", "refuse_sent_strays", "what_happened"]

DISK_FULL = "whatever was bought is recorded, and no more shots are sent; make room and run again"


def notices_of(place: LedgerPlace, found: Found) -> tuple[str, ...]:
    """What the user is told of a journal that was damaged, and of tasks claimed twice, a line each."""
    return tuple(_notices(place, found))


def _notices(place: LedgerPlace, found: Found) -> Iterator[str]:
    text = found.text
    if text is not None and text.damaged_at is not None:
        yield (
            f"{place.journal} is damaged at byte {text.damaged_at}; {len(text.records)} records "
            "of it are whole, and are used"
        )
    elif text is not None and text.torn:
        yield (
            f"{place.journal} ended in the middle of a record, as a power cut leaves it; its "
            f"last {len(text.torn)} bytes are kept in {next_aside(place.journal, 'torn').name}"
        )
    for stray in found.strays.values():
        for key in sorted(stray.tasks):
            yield (
                f"task {key.task_id} was paid for, and the record that names its shot is "
                f"damaged: omnibatch adopt SHOT {key.task_id}"
            )
    yield from twice_claimed(found.ledger.attempts.values())
    yield from doubts_beside(found.ledger.attempts.values())


def refuse_sent_strays(named: Iterable[Attempt], deltas: Iterable[Attempt]) -> None:
    """Raise `LedgerError` where a shot was about to be sent that a stray was of."""
    sending = {delta.id for delta in deltas if SendState.OPEN in delta.sends.values()}
    for attempt in named:
        if attempt.id in sending and may_have_cost(attempt):
            ids = ", ".join(sorted(key.task_id for key in attempt.tasks))
            raise LedgerError(
                f"{attempt.slot} has been sent before: {f'task {ids}' if ids else 'a send'} was on "
                "record without the name of its shot, which a damaged line held. That is mended, "
                "and nothing was sent",
                "run again: it goes on from there (omnibatch run)",
            )


def refuse_reused_sends(attempts: Mapping[AttemptId, Attempt], deltas: tuple[Attempt, ...]) -> None:
    """A second POST under a send's name would hide its doubt behind the first's verdict."""
    for delta in deltas:
        held = attempts.get(delta.id)
        for key, state in delta.sends.items():
            if held is not None and state is SendState.OPEN < held.sends.get(key, state):
                raise ValueError(f"BUG: {key} of {delta.id} was already sent")


def what_happened(deltas: tuple[Attempt, ...]) -> Iterator[Attempt]:
    """The facts of a record that the journal has no room for: the lockfile may have it.

    An open send is no fact yet: it is recorded before it is made, and now it will not be.
    """
    for delta in deltas:
        made = {k: state for k, state in delta.sends.items() if state is not SendState.OPEN}
        if made or delta.tasks:
            yield replace(delta, sends=made)
