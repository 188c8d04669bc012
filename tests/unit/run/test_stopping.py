"""The end of a run: softly when asked, at once when the ledger cannot be written."""

from collections import deque

import anyio
import pytest

from omnibatch.errors import LedgerUnwritable, OmnibatchError
from omnibatch.ledger import State
from omnibatch.run import Event, HaltReason, Kind, Stopper, settle_and_submit
from omnibatch.run.unwrapping import unwrapped

from .fake import LOST_AFTER, Accepts
from .lab import Lab, on_virtual_clock


def test_sends_that_are_open_end_and_are_recorded(lab: Lab) -> None:
    lab.wire.latency_s = 60
    lab.wire.create_script = deque([Accepts(render_s=500)] * 50)

    lab.run(lab.shots(50), stop_at=70)

    ended = [create.ended_at for create in lab.wire.creates]
    assert len(ended) > 1
    assert all(at == pytest.approx(120) for at in ended[1:])
    assert lab.recorded() == {f"s{n:04d}": State.RUNNING for n in range(len(ended))}


def test_nothing_is_sent_after_the_stop(lab: Lab) -> None:
    lab.wire.render_s = 5

    outcome = lab.run(lab.shots(500), stop_at=30)

    assert max(create.began_at for create in lab.wire.creates) <= 30
    assert [halt.reason for halt in outcome.halts] == [HaltReason.STOPPED]


def test_a_signal_that_comes_between_two_steps_lets_nothing_more_be_sent(lab: Lab) -> None:
    """Its handler only says so; the loop would come to it after those who are awake already."""
    stopper = Stopper()
    purchases = lab.purchases(lab.shots(20))
    lab.at_event = lambda event: ask_once_created(stopper, event)

    outcome = on_virtual_clock(lambda: settle_and_submit(lab.setup(), purchases, stopper=stopper))

    assert len(lab.wire.creates) == 1
    assert [halt.reason for halt in outcome.halts] == [HaltReason.STOPPED]
    assert set(lab.states().values()) == {State.COLLECTED}


def ask_once_created(stopper: Stopper, event: Event) -> None:
    if event.kind is Kind.CREATED:
        stopper.asked = True


def test_queries_and_waits_are_cut_short(lab: Lab) -> None:
    lab.wire.render_s = 5000

    lab.run(lab.shots(2), stop_at=1000)

    assert lab.elapsed == pytest.approx(1000)


def test_a_lookup_is_cut_short_and_its_doubt_kept(comet: Lab) -> None:
    comet.wire.lookup_lag_s = 1000
    comet.wire.create_script = deque([LOST_AFTER])

    comet.run(comet.shots(5), stop_at=3)

    assert comet.elapsed == pytest.approx(3)
    assert comet.recorded() == {"s0000": State.UNCONFIRMED}


def test_a_stopped_run_still_says_what_it_bought(lab: Lab) -> None:
    lab.wire.render_s = 5000

    outcome = lab.run(lab.shots(50), stop_at=100)

    assert outcome.bought.created == 5


def test_what_was_stopped_is_gone_on_with_and_bought_once(lab: Lab) -> None:
    lab.wire.latency_s = 0.7
    lab.wire.render_s = 20
    batch = lab.shots(30)
    for _ in range(6):
        lab.run(batch, stop_at=31)
        lab.restart()

    lab.run(batch)

    assert set(lab.states().values()) == {State.COLLECTED}
    assert sorted(lab.wire.prompts_made) == [f"s{n:04d}" for n in range(30)]


def test_a_stop_before_the_start_sends_nothing(lab: Lab) -> None:
    stopper = Stopper()
    stopper.stop()
    purchases = lab.purchases(lab.shots(5))

    on_virtual_clock(lambda: settle_and_submit(lab.setup(), purchases, stopper=stopper))

    assert lab.wire.creates == []


def test_a_stop_says_so_once(lab: Lab) -> None:
    lab.wire.render_s = 5

    lab.run(lab.shots(500), stop_at=30)

    assert len(lab.told(Kind.HALTED)) <= 1


def test_a_stopping_error_comes_out_of_its_groups() -> None:
    async def fail(error: Exception) -> None:
        raise error

    async def main() -> None:
        with unwrapped():
            async with anyio.create_task_group() as group:
                group.start_soon(fail, LedgerUnwritable("disk full"))
                group.start_soon(fail, LedgerUnwritable("disk full; task 88 was just created"))

    with pytest.raises(LedgerUnwritable, match="task 88 was just created"):
        on_virtual_clock(main)


@pytest.mark.parametrize("stray", [ValueError("BUG"), KeyboardInterrupt()])
def test_a_bug_beside_a_stopping_error_is_not_hidden(stray: BaseException) -> None:
    errors = [LedgerUnwritable("disk full"), stray]

    with pytest.raises(BaseExceptionGroup) as caught, unwrapped():
        raise BaseExceptionGroup("both", errors)

    assert caught.group_contains(type(stray))


def test_a_nested_group_is_looked_into() -> None:
    inner = ExceptionGroup("inner", [OmnibatchError("the one")])

    with pytest.raises(OmnibatchError, match="the one"), unwrapped():
        raise ExceptionGroup("outer", [inner])
