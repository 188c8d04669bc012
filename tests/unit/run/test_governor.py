"""The pace of paid requests: alone first, never too many, never too fast, and slower when asked."""

from collections import deque
from decimal import Decimal
from itertools import pairwise

import pytest

from omnibatch.ledger import State
from omnibatch.money import parse_money
from omnibatch.run import Cap, HaltReason, Kind

from .fake import NO_KEY, WAIT, Accepts, Answers
from .lab import Lab, a_shot, an_account


def begins(lab: Lab) -> list[float]:
    """When each POST began, in virtual seconds."""
    return [create.began_at for create in lab.wire.creates]


def test_the_first_post_goes_alone_until_its_verdict(lab: Lab) -> None:
    lab.wire.latency_s = 4

    lab.run(lab.shots(5))

    first, *others = lab.wire.creates
    assert all(other.began_at >= first.ended_at for other in others)
    assert min(other.began_at for other in others) == first.ended_at


def test_after_a_good_verdict_several_posts_go_at_once(lab: Lab) -> None:
    lab.wire.latency_s = 4

    lab.run(lab.shots(5))

    assert len(set(begins(lab)[1:])) == 1


def test_a_wait_proves_nothing_so_the_next_post_goes_alone_as_well(lab: Lab) -> None:
    lab.wire.latency_s = 4
    lab.wire.create_script = deque([WAIT])

    lab.run(lab.shots(5))

    second, third = lab.wire.creates[1:3]
    assert third.began_at >= second.ended_at


def test_a_refused_shot_proves_the_account(lab: Lab) -> None:
    lab.wire.latency_s = 4
    lab.wire.create_script = deque([Answers(status=400, body={"code": 400, "msg": "no"})])

    lab.run(lab.shots(5))

    assert len(set(begins(lab)[1:])) == 1


@pytest.mark.parametrize("in_flight", [1, 2, 5])
def test_no_more_run_at_once_than_asked_for_and_no_fewer(lab: Lab, in_flight: int) -> None:
    lab.set(in_flight=in_flight)
    lab.wire.render_s = 30

    lab.run(lab.shots(12))

    assert lab.wire.most_at_once == in_flight
    assert set(lab.states().values()) == {State.COLLECTED}


def test_running_tasks_of_the_past_take_their_slots_first(lab: Lab) -> None:
    lab.set(in_flight=3)
    lab.wire.render_s = 100
    lab.run(lab.shots(2), stop_at=1)
    lab.restart()

    lab.run(lab.shots(8))

    assert lab.wire.most_at_once == 3
    assert len(lab.wire.creates) == 8


def test_more_running_tasks_than_slots_let_nothing_be_sent_until_enough_have_ended(
    lab: Lab,
) -> None:
    lab.set(in_flight=4)
    lab.wire.render_s = 60
    lab.run(lab.shots(4), stop_at=1)
    lab.restart()
    lab.set(in_flight=1)

    lab.run(lab.shots(5))

    # The fake's clock begins anew with each run: tasks of the first end at 60 of the second.
    assert begins(lab)[4] >= 60


def test_posts_keep_the_distance_that_was_asked_for(lab: Lab) -> None:
    lab.set(submits_per_minute=Decimal(30))

    lab.run(lab.shots(6))

    assert [b - a for a, b in pairwise(begins(lab))] == pytest.approx([2.0] * 5)


def test_what_no_cap_has_room_for_uses_up_no_turn(lab: Lab) -> None:
    lab.set(submits_per_minute=Decimal(1))
    lab.caps = (Cap("--max-cost 0.40 USD", parse_money("0.40 USD")),)

    outcome = lab.run(lab.shots(60))

    assert outcome.bought.over_cap == {"--max-cost 0.40 USD": 59}
    assert lab.elapsed < 120


def test_a_provider_that_takes_fewer_at_once_gets_fewer_and_all_in_the_end(lab: Lab) -> None:
    lab.wire.render_s = 50
    lab.wire.parallel = 2

    lab.run(lab.shots(12))

    assert set(lab.states().values()) == {State.COLLECTED}
    assert len(lab.wire.tasks) == 12
    assert len(lab.wire.creates) < 12 * 4, "it must not hammer"


def test_a_shrunken_number_in_flight_grows_back(lab: Lab) -> None:
    lab.wire.render_s = 50
    lab.wire.create_script = deque([Accepts(render_s=50)] * 4 + [WAIT] * 3)

    lab.run(lab.shots(30))

    after = [create.at_once for create in lab.wire.creates[7:]]
    assert after[0] < 5
    assert max(after) == 5


def test_retry_after_is_kept(lab: Lab) -> None:
    lab.wire.create_script = deque([Answers(status=429, headers={"retry-after": "17"})])

    lab.run(lab.shots(1))

    assert begins(lab) == pytest.approx([0.0, 17.0])


def test_retry_after_is_capped_at_a_minute(lab: Lab) -> None:
    lab.wire.create_script = deque([Answers(status=429, headers={"retry-after": "86400"})])

    lab.run(lab.shots(1))

    assert begins(lab) == pytest.approx([0.0, 60.0])


def test_pauses_double_up_to_a_minute(lab: Lab) -> None:
    lab.wire.create_script = deque([WAIT] * 9)

    lab.run(lab.shots(1))

    pauses = [b - a for a, b in pairwise(begins(lab))]
    assert pauses == pytest.approx([1, 2, 4, 8, 16, 32, 60, 60, 60])


def test_a_refused_account_costs_one_post_for_five_hundred_shots(lab: Lab) -> None:
    lab.wire.after_script = NO_KEY

    outcome = lab.run(lab.shots(500))

    assert len(lab.wire.creates) == 1
    assert [halt.reason for halt in outcome.halts] == [HaltReason.ACCOUNT]
    assert lab.states() == {"s0000": State.RELEASED}
    assert len(lab.told(Kind.HALTED)) == 1


def test_an_account_refused_later_stops_after_those_under_way(lab: Lab) -> None:
    lab.wire.latency_s = 1
    lab.wire.create_script = deque([Accepts()] * 3)
    lab.wire.after_script = NO_KEY

    lab.run(lab.shots(500))

    assert len(lab.wire.creates) <= 3 + 4
    assert list(lab.states().values()).count(State.COLLECTED) == 3


def test_what_a_refused_account_left_is_bought_by_the_next_run(lab: Lab) -> None:
    lab.wire.create_script = deque([NO_KEY])
    batch = lab.shots(10)
    lab.run(batch)
    lab.restart()

    lab.run(batch)

    assert sorted(lab.wire.prompts_made) == [f"s{n:04d}" for n in range(10)]


def test_one_refused_account_does_not_stop_another(lab: Lab) -> None:
    lab.accounts["cometapi"] = an_account("cometapi", key="other-key")
    lab.wire.accept_keys = frozenset({"other-key"})
    batch = lab.check(
        a_shot("a1"),
        a_shot("c1", providers=("cometapi",)),
        a_shot("a2"),
        a_shot("c2", providers=("cometapi",)),
    )

    outcome = lab.run(batch)

    assert lab.wire.prompts_made == ["c1", "c2"]
    assert [halt.provider for halt in outcome.halts] == ["apimodels"]


def test_too_many_requests_for_ever_end_the_buying_where_nothing_of_ours_runs(lab: Lab) -> None:
    """A full house that is not ours may stay full: waiting all night buys nothing."""
    lab.wire.create_script = deque([WAIT] * 1000)

    outcome = lab.run(lab.shots(3))

    assert [halt.reason for halt in outcome.halts] == [HaltReason.BUSY]
    assert 1800 <= begins(lab)[-1] < 1900
    assert set(lab.states().values()) == {State.RELEASED}
