"""Ctrl-C and SIGTERM: once is soft, twice is at once, and neither loses anything."""

import signal
import time

import pytest

from omnibatch.emulator import Fault

from ..workplace import Workplace, both

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="signals are POSIX here")
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}


@both
@pytest.mark.parametrize("number", CODES, ids=lambda number: number.name)
def test_one_signal_ends_the_run_and_the_next_collects(
    place: Workplace, number: signal.Signals
) -> None:
    place.reopen(render_s=(1.5, 1.5))
    place.write(3)
    with place.start_run() as running:
        place.until(lambda meter: meter["creates"]["accepted"] == 3, "the third task")
        running.signal(number)
        stopped = running.wait(5)

    assert stopped.code == CODES[number], stopped.said
    assert "3 paid tasks go on at the provider" in stopped.out
    assert place.states() == {"s1": "running", "s2": "running", "s3": "running"}
    finished = place.run()
    assert finished.code == 0, finished.said
    assert place.posts == 3


@both
def test_an_open_send_is_recorded_before_the_run_ends(place: Workplace) -> None:
    place.write(3)
    place.faults(Fault(on="create", do="delay", seconds=1, times=1))

    with place.start_run() as running:
        place.until(lambda meter: meter["creates"]["accepted"] == 1, "the first task")
        running.signal(signal.SIGINT)
        stopped = running.wait(10)

    assert stopped.code == 130, stopped.said
    assert place.states() == {"s1": "running", "s2": "unsent", "s3": "unsent"}
    assert place.posts == 1


@both
def test_a_second_signal_ends_the_run_at_once(place: Workplace) -> None:
    place.write(1)
    place.faults(Fault(on="create", do="delay", seconds=30, times=1))

    with place.start_run() as running:
        place.until(lambda meter: meter["creates"]["accepted"] == 1, "the first task")
        running.signal(signal.SIGINT)
        running.until("stopping")
        before = time.monotonic()
        running.signal(signal.SIGINT)
        stopped = running.wait(5)
        took = time.monotonic() - before

    assert stopped.code == 130
    assert took < 1
    finished = place.run()
    found = place.provider == "cometapi"  # the other provider cannot be asked for it
    assert finished.code == (0 if found else 4), finished.said
    assert place.states() == {"s1": "collected" if found else "unconfirmed"}
    assert place.posts == 1


def test_a_hung_up_terminal_is_a_signal_too(place: Workplace) -> None:
    place.reopen(render_s=(1.0, 1.0))
    place.write(1)
    with place.start_run() as running:
        place.until(lambda meter: meter["creates"]["accepted"] == 1, "the first task")
        running.signal(signal.SIGHUP)
        stopped = running.wait(5)

    assert stopped.code == 143, stopped.said
    assert place.run().code == 0
    assert place.posts == 1
