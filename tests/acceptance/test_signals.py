"""Ctrl-C and SIGTERM: once is soft, twice is at once, and neither loses anything."""

import signal
import time

import pytest

from omnibatch.emulator import Fault

from ..streams import start_with
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


@both
def test_a_run_that_is_stopped_and_continued_goes_on(place: Workplace) -> None:
    """As Ctrl-Z and `fg` do; a POST is out meanwhile, and its reply waits to be read."""
    place.write(2)
    place.faults(Fault(on="create", do="delay", seconds=0.5, times=1))
    with place.start_run() as running:
        place.until(lambda meter: meter["creates"]["accepted"] == 1, "the first task")
        running.signal(signal.SIGSTOP)
        time.sleep(2)
        running.signal(signal.SIGCONT)
        finished = running.wait()

    assert finished.code == 0, finished.said
    assert place.states() == {"s1": "collected", "s2": "collected"}
    assert place.posts == place.accepted == 2


@pytest.mark.parametrize("provider", ["cometapi"])  # the other cannot be asked
def test_a_lookup_is_cut_short_and_its_doubt_kept(place: Workplace) -> None:
    place.write(2)
    place.faults(
        Fault(on="create", do="drop_after", times=1), Fault(on="lookup", do="delay", seconds=20)
    )
    with place.start_run() as running:
        running.until("sending")
        place.until(lambda meter: meter["creates"]["accepted"] == 1, "the first task")
        running.kill()
        running.wait()
    before = place.meter()["lookups"]  # the first run may have asked, too
    with place.start_run() as running:
        place.until(lambda meter: meter["lookups"] > before, "the lookup of the second run")
        running.signal(signal.SIGINT)
        stopped = running.wait(10)

    assert stopped.code == 130, stopped.said
    assert place.states() == {"s1": "unconfirmed", "s2": "unsent"}
    place.faults()
    assert place.run().code == 0
    assert place.posts == place.accepted == 2


def test_nohup_is_respected(place: Workplace) -> None:
    place.reopen(render_s=(1.0, 1.0))
    place.write(1)
    with start_with(
        place,
        *("run", "film.yaml", "--yes"),
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    ) as running:
        place.until(lambda meter: meter["creates"]["accepted"] == 1, "the first task")
        running.send_signal(signal.SIGHUP)
        assert running.wait(30) == 0

    assert place.states() == {"s1": "collected"}


@pytest.mark.slow
def test_a_run_that_was_stopped_for_longer_than_its_limits_declares_no_timeout(
    place: Workplace,
) -> None:
    """Most of a minute: a silence must be longer than half of one to be taken for a sleep."""
    place.reopen(render_s=(48.0, 48.0))
    place.write(2, run={"stalled_after": 25, "patience": 5, "poll_longest": 2})
    with place.start_run() as running:
        place.until(lambda meter: meter["creates"]["accepted"] == 2, "the second task")
        running.until("created task", times=2)
        running.signal(signal.SIGSTOP)
        time.sleep(42)
        running.signal(signal.SIGCONT)
        finished = running.wait()

    assert finished.code == 0, finished.said
    assert finished.err.count("nothing ran here for ") == 1
    assert place.states() == {"s1": "collected", "s2": "collected"}
    assert place.posts == 2
