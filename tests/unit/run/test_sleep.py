"""A machine that sleeps, a process that is stopped, a wall clock that somebody sets."""

from collections import deque
from collections.abc import Callable, Iterator
from itertools import cycle

import pytest

from omnibatch.ledger import State
from omnibatch.run import Event, HaltReason, Kind

from .fake import DOWN, WAIT
from .lab import Lab, stop_process

HOURS_8 = 8 * 3600.0
Sleeps = Callable[[Lab, float], None]


def suspend(lab: Lab, seconds: float) -> None:
    """As Linux and macOS do: the loop's clock stands still, and the other one goes on."""
    lab.suspended_s += seconds


def stop(lab: Lab, seconds: float) -> None:
    """As Ctrl-Z and `fg` do, and a suspended Windows: both clocks go on."""
    stop_process(seconds)


either = pytest.mark.parametrize("fall_asleep", [suspend, stop])


def once_at(lab: Lab, kind: Kind, act: Callable[[], None], *, times: int = 1) -> None:
    """Have `act` called at the first event of a kind, or when there were so many."""
    seen: list[Event] = []

    def look(event: Event) -> None:
        if event.kind is kind:
            seen.append(event)
            if len(seen) == times:
                act()

    lab.at_event = look


@either
def test_a_sleep_is_no_time_of_rendering(lab: Lab, fall_asleep: Sleeps) -> None:
    lab.set(stalled_after=1800.0)
    lab.wire.render_s = HOURS_8 + 1000 if fall_asleep is stop else 1000
    once_at(lab, Kind.CREATED, lambda: fall_asleep(lab, HOURS_8), times=3)

    lab.run(lab.shots(3))

    assert set(lab.states().values()) == {State.COLLECTED}
    assert lab.told(Kind.STALLED) == []


@either
def test_the_time_awake_still_counts(lab: Lab, fall_asleep: Sleeps) -> None:
    lab.set(stalled_after=1800.0)
    lab.wire.render_s = 100 * 3600.0
    once_at(lab, Kind.CREATED, lambda: fall_asleep(lab, HOURS_8))

    lab.run(lab.shots(1))

    awake = lab.elapsed - (HOURS_8 if fall_asleep is stop else 0)
    assert 1790 <= awake <= 1860
    assert len(lab.told(Kind.STALLED)) == 1


@either
def test_it_is_told_once_and_connections_are_forgotten(lab: Lab, fall_asleep: Sleeps) -> None:
    lab.wire.render_s = 500
    once_at(lab, Kind.CREATED, lambda: fall_asleep(lab, HOURS_8))

    lab.run(lab.shots(3))

    (told,) = lab.told(Kind.WARNING)
    assert "asleep" in told.text
    assert lab.wire.forgotten == 1


@either
def test_every_task_is_asked_about_soon_and_not_at_once(lab: Lab, fall_asleep: Sleeps) -> None:
    lab.set(in_flight=200, poll_longest=3000.0)
    lab.wire.render_s = 100 * 3600.0
    lab.wire.latency_s = 0.1
    once_at(lab, Kind.CREATED, lambda: fall_asleep(lab, HOURS_8), times=200)

    asked_before: list[int] = []
    sleeping = lab.at_event

    def look(event: Event) -> None:
        sleeping(event)
        if event.kind is Kind.WARNING and "asleep" in event.text:
            asked_before.append(len(lab.wire.asks))

    lab.at_event = look
    lab.run(lab.shots(200), stop_at=HOURS_8 + 400 if fall_asleep is stop else 400)

    after = lab.wire.asks[asked_before[0] :]
    soon = [(when, task) for when, task in after if when <= after[0][0] + 15]
    assert {task for _, task in soon} == set(lab.wire.tasks)
    busiest = max(sum(begin <= when < begin + 1 for when, _ in soon) for begin, _ in soon)
    # Chance makes some 50 of 20 a second, and the 8 that were due come on top of it; without
    # a spread the 8 workers would ask 80 times in a second.
    assert busiest <= 70, "a burst"


@either
@pytest.mark.parametrize("step", [DOWN, WAIT], ids=["unreachable", "busy"])
def test_a_sleep_uses_up_no_patience(lab: Lab, fall_asleep: Sleeps, step: object) -> None:
    lab.set(patience=60.0, stalled_after=600.0)
    lab.wire.create_script = deque([step, step])  # type: ignore[list-item]  # either kind
    once_at(lab, Kind.WAITING, lambda: fall_asleep(lab, HOURS_8))

    outcome = lab.run(lab.shots(2))

    assert outcome.halts == ()
    assert set(lab.states().values()) == {State.COLLECTED}


def test_a_busy_machine_is_not_asleep(lab: Lab) -> None:
    lab.wire.render_s = 300
    once_at(lab, Kind.CREATED, lambda: stop_process(20))

    lab.run(lab.shots(3))

    assert lab.told(Kind.WARNING) == []
    assert lab.wire.forgotten == 0


def test_a_wall_clock_that_is_set_changes_nothing(make_lab: Callable[..., Lab]) -> None:
    steady, set_back = make_lab(), make_lab()
    times: Iterator[str] = cycle(
        ["2026-11-22T10:00:00Z", "2026-11-21T10:00:01Z", "2026-11-22T11:00:02Z"]
    )
    set_back.now = lambda: next(times)
    for lab in (steady, set_back):
        lab.wire.render_s = 200
        lab.wire.create_script = deque([WAIT, DOWN])
        outcome = lab.run(lab.shots(12))
        assert outcome.halts == ()

    assert set_back.wire.asks == steady.wire.asks
    assert set_back.elapsed == steady.elapsed
    assert set(set_back.states().values()) == {State.COLLECTED}


def test_after_a_sleep_nothing_more_is_sent_when_the_time_for_it_is_over(lab: Lab) -> None:
    lab.stop_after_s = 3600
    lab.set(in_flight=2)
    lab.wire.render_s = 60
    once_at(lab, Kind.COLLECTED, lambda: suspend(lab, HOURS_8))

    outcome = lab.run(lab.shots(200))

    assert [halt.reason for halt in outcome.halts] == [HaltReason.TIME]
    asleep_at = next(c.began_at for c in lab.wire.creates) + 60
    assert all(create.began_at <= asleep_at + 5 for create in lab.wire.creates)
    assert set(lab.states().values()) == {State.COLLECTED}
