"""The event loop that the command line uses, with real and tiny times: same behaviour as on trio."""

from collections import deque

import pytest

from omnibatch.errors import LedgerUnwritable
from omnibatch.ledger import State
from omnibatch.run import HaltReason, Kind

from .fake import LOST, LOST_AFTER, NO_KEY, Accepts
from .lab import Lab


@pytest.fixture
def real(lab: Lab) -> Lab:
    """A lab on asyncio, whose tasks are asked about every few milliseconds."""
    lab.is_virtual = False
    lab.set(poll_first=0.005, poll_longest=0.02)
    return lab


def test_a_batch_is_bought_rendered_and_collected(real: Lab) -> None:
    real.wire.render_s = 0.02

    outcome = real.run(real.shots(20))

    assert set(real.recorded().values()) == {State.COLLECTED}
    assert outcome.bought.created == len(real.wire.tasks) == 20


def test_a_stop_lets_open_sends_end_and_says_what_was_bought(real: Lab) -> None:
    real.wire.latency_s = 0.05
    real.wire.render_s = 60
    real.set(in_flight=50)

    outcome = real.run(real.shots(50), stop_at=0.12)

    assert all(create.ended_at > 0 for create in real.wire.creates)
    assert set(real.recorded().values()) == {State.RUNNING}
    assert outcome.bought.created == len(real.wire.creates) == len(real.recorded())
    assert [halt.reason for halt in outcome.halts] == [HaltReason.STOPPED]


def test_a_refused_account_costs_one_post(real: Lab) -> None:
    real.wire.after_script = NO_KEY

    real.run(real.shots(100))

    assert len(real.wire.creates) == 1


def test_three_doubts_end_the_buying(real: Lab) -> None:
    real.wire.after_script = LOST

    outcome = real.run(real.shots(100))

    assert [halt.reason for halt in outcome.halts] == [HaltReason.DOUBTS]
    assert len(real.wire.creates) == 3


def test_a_full_disk_comes_out_as_one_error_that_names_the_task(real: Lab) -> None:
    real.wire.latency_s = 0.01
    real.wire.create_script = deque([Accepts()])
    seen = []

    def at_sync() -> None:
        seen.append(1)
        if len(real.wire.tasks) > 3:
            raise OSError(28, "No space left on device")

    real.at_sync = at_sync

    with pytest.raises(LedgerUnwritable, match="was just created for"):
        real.run(real.shots(50))

    assert len(real.wire.creates) <= 8


def test_a_lost_task_is_found(comet: Lab) -> None:
    comet.is_virtual = False
    comet.set(poll_first=0.005)
    comet.wire.create_script = deque([LOST_AFTER])

    comet.run(comet.shots(3))

    assert set(comet.recorded().values()) == {State.COLLECTED}
    assert len(comet.told(Kind.FOUND)) == 1
