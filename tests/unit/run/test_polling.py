"""Asking how tasks stand: early, then ever less often, and never to a task's harm."""

from collections import deque
from dataclasses import replace
from itertools import pairwise

import anyio
import pytest

from omnibatch.endpoints import Endpoint
from omnibatch.ledger import Attempt, State, Task, TaskState
from omnibatch.providers import Request
from omnibatch.run import HaltReason, Kind
from omnibatch.wire import NotFetched

from .fake import DOWN, LOST, NO_KEY, Accepts, Answers
from .lab import Lab, an_account

MISSING = Answers(status=404, body={"code": 404, "msg": "Task not found"})
ODD = Answers(status=200, body={"code": 200, "data": {"taskId": "x", "state": "reviewing"}})
TOO_FAST = Answers(status=429, headers={"retry-after": "45"})


def asked_at(lab: Lab) -> list[float]:
    """When each query went out, in virtual seconds."""
    return [at for at, _ in lab.wire.asks]


def test_the_first_query_comes_soon_after_the_create(lab: Lab) -> None:
    lab.run(lab.shots(1))

    assert 1.6 <= asked_at(lab)[0] <= 2.4


def test_pauses_grow_with_jitter_up_to_the_longest(lab: Lab) -> None:
    lab.set(poll_first=2.0, poll_longest=30.0)
    lab.wire.render_s = 900

    lab.run(lab.shots(1))

    pauses = [b - a for a, b in pairwise(asked_at(lab))]
    wanted = 2.0
    for pause in pauses:
        wanted = min(30.0, wanted * 1.4)
        assert 0.8 * wanted - 0.01 <= pause <= 1.2 * wanted + 0.01
    assert len({round(pause, 3) for pause in pauses[-10:]}) == 10, "no two alike"


def test_a_ten_minute_render_is_asked_about_some_thirty_times(lab: Lab) -> None:
    lab.wire.render_s = 600

    lab.run(lab.shots(1))

    assert 20 <= len(lab.wire.asks) <= 32


def test_a_finished_task_is_noticed_within_the_longest_pause(lab: Lab) -> None:
    lab.wire.render_s = 600

    lab.run(lab.shots(1))

    assert lab.elapsed <= 600 + 1.2 * 30


def test_the_queries_of_a_resumed_run_do_not_come_in_one_burst(lab: Lab) -> None:
    lab.set(in_flight=50)
    lab.wire.render_s = 50
    lab.run(lab.shots(50), stop_at=0.5)
    lab.restart()
    lab.wire.asks.clear()

    lab.run()

    assert len({round(at, 3) for at in asked_at(lab)[:50]}) > 40
    assert max(asked_at(lab)[:50]) <= 1.01


def test_a_task_that_takes_too_long_is_left_running_for_a_later_run(lab: Lab) -> None:
    lab.set(stalled_after=1800.0)
    lab.wire.create_script = deque([Accepts(render_s=10_000)])

    lab.run(lab.shots(1))

    assert 1800 <= lab.elapsed <= 1800 + 2 * 36
    assert lab.recorded() == {"s0000": State.RUNNING}
    assert len(lab.told(Kind.STALLED)) == 1


def test_a_later_run_goes_on_with_what_was_left_running(lab: Lab) -> None:
    lab.set(stalled_after=60.0)
    lab.wire.create_script = deque([Accepts(render_s=100)])
    batch = lab.shots(1)
    lab.run(batch)
    lab.restart()
    lab.set(stalled_after=1800.0)

    lab.run(batch)

    assert lab.states() == {"s0000": State.COLLECTED}
    assert len(lab.wire.creates) == 1


def test_a_task_not_yet_visible_is_waited_for(lab: Lab) -> None:
    lab.wire.ask_script = deque([MISSING] * 6)

    lab.run(lab.shots(1))

    assert lab.states() == {"s0000": State.COLLECTED}


def test_a_task_that_stays_unknown_is_left_running_and_not_bought_again(lab: Lab) -> None:
    lab.wire.ask_script = deque([MISSING] * 7)
    batch = lab.shots(1)

    lab.run(batch)

    assert lab.recorded() == {"s0000": State.RUNNING}
    assert "does not know the task" in lab.told(Kind.STALLED)[0].text
    assert lab.purchases(batch) == []


def test_a_miss_within_the_lag_is_no_word_worth(comet: Lab) -> None:
    """CometAPI's row allows ten seconds; quick polls miss the task many times by then."""
    comet.set(poll_first=0.5, poll_longest=0.5)
    comet.wire.render_s = 12

    def late(request: Request) -> Answers | None:
        return MISSING if anyio.current_time() < 9 else None

    comet.wire.ask_script = deque([late] * 30)

    comet.run(comet.shots(1))

    assert comet.states() == {"s0000": State.COLLECTED}
    assert comet.told(Kind.WARNING) == comet.told(Kind.STALLED) == []
    assert len([at for at in asked_at(comet) if at < 9]) > 12


def test_a_miss_after_the_lag_is_told_once(comet: Lab) -> None:
    comet.set(poll_first=4.0, poll_longest=4.0)
    comet.wire.ask_script = deque([MISSING] * 6)

    comet.run(comet.shots(1))

    assert len(comet.told(Kind.WARNING)) == 1


def moved(lab: Lab, **account: str) -> None:
    """From now on the provider is asked with another key, or at another endpoint."""
    endpoint = account.pop("endpoint", "")
    found = an_account(lab.provider, **account)
    if endpoint:
        found = replace(found, endpoint=Endpoint.at(endpoint))
    lab.accounts[lab.provider] = found
    lab.wire.asks.clear()


ELSEWHERE = {
    "another key": {"key": "another-key", "name": "f6e5d4"},
    "another endpoint": {"endpoint": "https://new.example"},
}


@pytest.mark.parametrize("account", ELSEWHERE.values(), ids=ELSEWHERE.keys())
def test_a_task_not_known_elsewhere_stays_running_with_the_cure(
    lab: Lab, account: dict[str, str]
) -> None:
    lab.wire.render_s = 100
    batch = lab.shots(1)
    lab.run(batch, stop_at=1)
    lab.restart()
    moved(lab, **account)
    lab.wire.ask_script = deque([MISSING] * 20)

    lab.run(batch)

    assert lab.recorded() == {"s0000": State.RUNNING}
    assert "set endpoint and key back, or adopt, or abandon" in lab.told(Kind.STALLED)[0].text
    assert len(lab.wire.asks) == 1
    assert len(lab.wire.creates) == 1


def test_a_task_known_at_another_endpoint_is_collected_from_there(lab: Lab) -> None:
    lab.wire.render_s = 100
    batch = lab.shots(2)
    lab.run(batch, stop_at=1)
    lab.restart()
    moved(lab, endpoint="https://new.example")

    lab.run(batch)

    assert set(lab.states().values()) == {State.COLLECTED}
    assert {url for url, _ in lab.wire.dialled[-2:]} == {"https://new.example"}
    assert len(lab.wire.creates) == 2


def test_tasks_of_another_endpoint_take_no_place_of_todays(lab: Lab) -> None:
    lab.set(in_flight=2)
    lab.wire.create_script = deque([Accepts(render_s=None)] * 2)
    lab.run(lab.shots(2), stop_at=1)
    lab.restart()
    moved(lab, endpoint="https://new.example")

    outcome = lab.run(lab.shots(4), stop_at=600)

    assert outcome.bought.created == 2
    assert [halt.reason for halt in outcome.halts] == [HaltReason.STOPPED]


def test_a_key_refused_for_a_task_made_elsewhere_does_not_end_the_buying(lab: Lab) -> None:
    lab.wire.render_s = 100
    lab.run(lab.shots(1), stop_at=1)
    lab.restart()
    moved(lab, endpoint="https://new.example")
    lab.wire.ask_script = deque([NO_KEY])

    outcome = lab.run(lab.shots(3))

    assert outcome.halts == ()
    assert lab.recorded()["s0000"] is State.RUNNING
    assert len(lab.wire.creates) == 3


def test_a_task_past_its_days_at_the_provider_can_no_longer_be_had(comet: Lab) -> None:
    batch = comet.shots(1)
    comet.run(batch, stop_at=1)
    comet.restart()
    comet.now = lambda: "2026-12-26T10:00:00Z"
    comet.wire.ask_script = deque([MISSING])

    comet.run(batch)

    told = comet.told(Kind.STALLED)[0].text
    assert "can no longer be had: expired: rendered 34 days ago" in told
    assert "keeps clips for 30" in told
    assert comet.recorded() == {"s0000": State.RUNNING}
    assert len(comet.wire.creates) == 1
    assert comet.purchases(batch) == []


def test_a_rendered_task_that_seems_to_render_again_stays_rendered(lab: Lab) -> None:
    """A flap from `completed` back to `processing`, while its clip was not fetched yet."""
    batch = lab.shots(1)
    lab.wire.fetch_script = deque([NotFetched(reason="HTTP 403")])
    processing = {"taskId": "x", "state": "processing"}
    lab.wire.ask_script = deque(
        [None, *[Answers(status=200, body={"code": 200, "data": processing})] * 3]
    )
    seen = []
    lab.at_event = lambda event: seen.append(lab.states().get("s0000"))

    lab.run(batch)

    assert lab.states() == {"s0000": State.COLLECTED}
    after = seen[seen.index(State.SUCCEEDED) :]
    assert set(after) <= {State.SUCCEEDED, State.COLLECTED}
    assert len(lab.wire.creates) == 1


def test_only_misses_in_a_row_count(lab: Lab) -> None:
    lab.wire.create_script = deque([Accepts(render_s=1000)])
    lab.wire.ask_script = deque(([MISSING] * 6 + [None]) * 3)

    lab.run(lab.shots(1))

    assert lab.states() == {"s0000": State.COLLECTED}


def test_an_unknown_state_is_asked_about_again_with_one_warning(lab: Lab) -> None:
    lab.wire.ask_script = deque([ODD] * 9)

    lab.run(lab.shots(1))

    assert lab.states() == {"s0000": State.COLLECTED}
    (warning,) = lab.told(Kind.WARNING)
    assert "reviewing" in warning.text


@pytest.mark.parametrize("step", [DOWN, LOST, Answers(status=502), Answers(status=200, body="?")])
def test_a_query_that_fails_is_made_again(lab: Lab, step: Answers) -> None:
    lab.wire.ask_script = deque([step] * 5)

    lab.run(lab.shots(1))

    assert lab.states() == {"s0000": State.COLLECTED}


def test_a_query_that_came_too_fast_waits_as_wished_and_no_longer_than_a_minute(lab: Lab) -> None:
    lab.wire.ask_script = deque([TOO_FAST, Answers(status=429, headers={"retry-after": "9999"})])

    lab.run(lab.shots(1))

    first, second = (b - a for a, b in pairwise(asked_at(lab)))
    assert 45 * 0.8 <= first <= 45 * 1.2
    assert second <= 60 * 1.2


def test_a_failed_task_is_failed_in_the_providers_words_and_frees_its_slot(lab: Lab) -> None:
    lab.set(in_flight=1)
    lab.wire.create_script = deque([Accepts(fails="risk control")])

    lab.run(lab.shots(2))

    (task,) = lab.attempt("s0000").tasks.values()
    assert task.error == "risk control"
    assert lab.recorded() == {"s0000": State.FAILED, "s0001": State.COLLECTED}


def test_a_failed_task_is_not_asked_about_again(lab: Lab) -> None:
    lab.wire.create_script = deque([Accepts(fails="risk control")])
    batch = lab.shots(1)
    lab.run(batch)
    lab.restart()
    lab.wire.asks.clear()

    lab.run(batch)

    assert lab.wire.asks == []
    assert len(lab.wire.creates) == 1


def test_what_once_succeeded_is_not_unmade_by_a_later_answer(lab: Lab) -> None:
    batch = lab.shots(1)
    lab.run(batch, stop_at=1)
    (key,) = lab.attempt().tasks
    done = Task(state=TaskState.SUCCEEDED)
    lab.book.record_now(Attempt(id=lab.attempt().id, tasks={key: done}))
    failed = {"taskId": key.task_id, "state": "failed", "failMsg": "expired"}
    lab.wire.ask_script = deque([Answers(status=200, body={"code": 200, "data": failed})])

    lab.run()

    assert lab.states() == {"s0000": State.SUCCEEDED}
    assert "can no longer be had: expired" in lab.told(Kind.STALLED)[0].text


def test_a_key_that_queries_refuse_ends_the_buying_and_leaves_the_task_running(lab: Lab) -> None:
    lab.set(in_flight=1)
    lab.wire.ask_script = deque([NO_KEY])

    outcome = lab.run(lab.shots(20))

    assert [halt.reason for halt in outcome.halts] == [HaltReason.ACCOUNT]
    assert len(lab.wire.creates) == 1
    assert lab.recorded() == {"s0000": State.RUNNING}


def test_a_task_is_asked_about_at_its_own_endpoint_or_not_at_all(lab: Lab) -> None:
    lab.wire.render_s = 100
    lab.run(lab.shots(2), stop_at=1)
    lab.wire.asks.clear()
    lab.accounts.clear()

    lab.run()

    assert lab.wire.asks == []
    assert set(lab.states().values()) == {State.RUNNING}
