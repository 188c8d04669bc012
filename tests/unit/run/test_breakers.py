"""What ends the buying at a provider: doubts, redirects, silence, tasks that hold every slot."""

from collections import deque

from omnibatch.ledger import State
from omnibatch.run import HaltReason, Kind

from .fake import (
    BROKEN,
    DOWN,
    LOST,
    LOST_AFTER,
    REDIRECT,
    REFUSED,
    WAIT,
    Accepts,
    Answers,
)
from .lab import Lab


def reasons(outcome: object) -> list[HaltReason]:
    """Why the buying ended, where it did."""
    return [halt.reason for halt in outcome.halts]  # type: ignore[attr-defined]  # an Outcome


def test_three_doubts_in_a_row_end_the_buying(lab: Lab) -> None:
    lab.wire.after_script = LOST

    outcome = lab.run(lab.shots(100))

    assert reasons(outcome) == [HaltReason.DOUBTS]
    assert len(lab.wire.creates) == 3
    assert list(lab.states().values()) == [State.UNCONFIRMED] * 3


def test_an_unreadable_reply_is_a_doubt_like_a_lost_one(lab: Lab) -> None:
    lab.wire.create_script = deque([BROKEN, LOST, Answers(status=200, body={"code": 200})])

    outcome = lab.run(lab.shots(100))

    assert reasons(outcome) == [HaltReason.DOUBTS]
    assert len(lab.wire.creates) == 3


def test_a_created_task_ends_a_row_of_doubts(lab: Lab) -> None:
    lab.set(in_flight=1)
    lab.wire.create_script = deque([LOST, LOST, Accepts(), LOST, LOST])

    outcome = lab.run(lab.shots(8))

    assert reasons(outcome) == []
    assert len(lab.wire.creates) == 8


def test_a_wait_between_doubts_does_not_end_their_row(lab: Lab) -> None:
    lab.wire.create_script = deque([LOST, WAIT, LOST, WAIT, LOST])

    outcome = lab.run(lab.shots(100))

    assert reasons(outcome) == [HaltReason.DOUBTS]
    assert len(lab.wire.creates) == 5


def test_a_refusal_between_doubts_does_not_end_their_row(lab: Lab) -> None:
    lab.set(in_flight=1)
    lab.wire.create_script = deque([LOST, REFUSED, LOST, REFUSED, LOST])

    outcome = lab.run(lab.shots(100))

    assert reasons(outcome) == [HaltReason.DOUBTS]
    assert len(lab.wire.creates) == 5


def test_sends_already_open_bound_how_many_doubts_there_can_be(lab: Lab) -> None:
    lab.wire.latency_s = 1
    lab.wire.create_script = deque([Accepts()])
    lab.wire.after_script = LOST

    lab.run(lab.shots(100))

    assert list(lab.states().values()).count(State.UNCONFIRMED) <= 4 + 2


def test_a_lost_task_that_is_found_again_is_a_success(comet: Lab) -> None:
    comet.wire.after_script = LOST_AFTER

    outcome = comet.run(comet.shots(12))

    assert reasons(outcome) == []
    assert set(comet.states().values()) == {State.COLLECTED}
    assert len(comet.wire.creates) == len(comet.wire.tasks) == 12


def test_a_redirect_ends_the_buying_after_one_post(lab: Lab) -> None:
    lab.wire.after_script = REDIRECT

    outcome = lab.run(lab.shots(100))

    assert reasons(outcome) == [HaltReason.REDIRECT]
    assert len(lab.wire.creates) == 1
    assert lab.states() == {"s0000": State.RELEASED}


def test_a_provider_never_reached_is_given_up_within_ten_seconds(lab: Lab) -> None:
    lab.wire.after_script = DOWN

    outcome = lab.run(lab.shots(100))

    assert reasons(outcome) == [HaltReason.UNREACHABLE]
    assert 8 <= lab.elapsed <= 10
    assert set(lab.states().values()) == {State.RELEASED}


def test_patience_shorter_than_ten_seconds_is_kept(lab: Lab) -> None:
    lab.set(patience=3.0)
    lab.wire.after_script = DOWN

    lab.run(lab.shots(100))

    assert lab.elapsed <= 3


def test_a_provider_lost_on_the_way_is_tried_for_as_long_as_patience_says(lab: Lab) -> None:
    lab.set(patience=300.0)
    lab.wire.create_script = deque([Accepts()] * 2)
    lab.wire.after_script = DOWN

    outcome = lab.run(lab.shots(100))

    assert reasons(outcome) == [HaltReason.UNREACHABLE]
    assert 290 <= lab.elapsed <= 310
    assert list(lab.states().values()).count(State.COLLECTED) == 2


def test_a_network_that_comes_back_in_time_is_gone_on_with(lab: Lab) -> None:
    lab.wire.create_script = deque([Accepts(), DOWN, DOWN, DOWN])

    outcome = lab.run(lab.shots(10))

    assert reasons(outcome) == []
    assert set(lab.states().values()) == {State.COLLECTED}
    assert len(lab.wire.tasks) == 10


def test_each_outage_is_given_patience_of_its_own(lab: Lab) -> None:
    lab.set(in_flight=1, patience=20.0)
    outage = [DOWN] * 4
    lab.wire.create_script = deque([Accepts(), *outage, Accepts(), *outage, Accepts(), *outage])

    outcome = lab.run(lab.shots(6))

    assert reasons(outcome) == []
    assert len(lab.wire.tasks) == 6


def test_tasks_that_hold_every_slot_and_stall_end_the_buying(lab: Lab) -> None:
    lab.set(in_flight=2, stalled_after=600.0)
    lab.wire.create_script = deque([Accepts(render_s=None)] * 2)

    outcome = lab.run(lab.shots(50))

    assert reasons(outcome) == [HaltReason.STALLED]
    assert len(lab.wire.creates) == 2
    assert set(lab.states().values()) == {State.RUNNING}


def test_one_stalled_task_leaves_the_other_slots_to_the_rest(lab: Lab) -> None:
    lab.set(in_flight=2, stalled_after=600.0)
    lab.wire.create_script = deque([Accepts(render_s=None)])

    outcome = lab.run(lab.shots(6))

    assert reasons(outcome) == []
    assert list(lab.states().values()).count(State.COLLECTED) == 5


def test_what_is_paid_for_is_collected_although_the_buying_has_ended(lab: Lab) -> None:
    lab.set(in_flight=4)
    lab.wire.create_script = deque([Accepts(render_s=400)] * 2)
    lab.wire.after_script = REDIRECT

    lab.run(lab.shots(50))

    assert list(lab.states().values()).count(State.COLLECTED) == 2


def test_a_halt_is_told_once(lab: Lab) -> None:
    lab.wire.latency_s = 1
    lab.wire.create_script = deque([Accepts()])
    lab.wire.after_script = LOST

    lab.run(lab.shots(100))

    assert len(lab.told(Kind.HALTED)) == 1
