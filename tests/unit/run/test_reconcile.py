"""Lost sends: looked up where that can be done, believed as far as the provider says."""

import sys
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from omnibatch.endpoints import Endpoint
from omnibatch.ledger import (
    Attempt,
    AttemptId,
    SendKey,
    SendState,
    State,
    TaskState,
    grant,
    is_granted,
    state_of,
)
from omnibatch.money import parse_money
from omnibatch.providers import Request, registry
from omnibatch.run import Kind, Purchase

from .fake import COMET, DOWN, LOST, LOST_AFTER, Answers
from .lab import NOW, Lab, an_account

# A provider as another package may bring it: its "not found" may be believed after 10 s.
SURE = """
from dataclasses import dataclass
from omnibatch.providers import CometApi, LookupReply, LookupRow

@dataclass(frozen=True, slots=True, kw_only=True)
class Sure(CometApi):
    name: str = "sure"
    endpoint: str = "https://sure.example"
    lookup: LookupRow = LookupRow(by="external_id", absent_is="authoritative", lag_s=10.0)

    def read_lookup(self, response, attempt_id=None):
        if response.status == 404:
            return LookupReply(found="absent")
        return CometApi.read_lookup(self, response, attempt_id)

SURE = Sure()
"""
NOT_FOUND = Answers(status=404, body={"code": 1203, "message": "Task not found"})


def forget() -> None:
    registry._installed.cache_clear()
    registry._loaded.cache_clear()


@pytest.fixture
def sure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_lab: Callable[..., Lab]
) -> Iterator[Lab]:
    """A lab at a provider that says for certain what it has not got."""
    site = tmp_path / "site"
    info = site / "sure-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: sure\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{registry.GROUP}]\nsure = sure_plugin:SURE\n")
    (site / "sure_plugin.py").write_text(SURE)
    monkeypatch.syspath_prepend(site)
    monkeypatch.delitem(sys.modules, "sure_plugin", raising=False)
    forget()
    # The batch is checked for a provider of the table; the attempts are this one's.
    yield make_lab("sure")
    forget()


def lose(lab: Lab, *, made: bool) -> Attempt:
    """Leave one send of which nobody knows, as a kill between two runs does."""
    maker = Lab.shots(lab, 1, providers=("cometapi",)).shots[0]
    maker = replace(maker, price=parse_money("0.3165 USD"))
    if lab.provider == "sure":
        maker = replace(maker, provider="sure", providers=("sure",))
    lab.wire.create_script = deque([LOST_AFTER if made else LOST])
    lab.wire.ask_script = deque([DOWN] * 3)
    lab.run(purchases=[Purchase(checked=maker, attempt=None, after=None)])
    lab.restart()
    lab.wire.asks.clear()
    lab.events.clear()
    assert lab.states() == {"s0000": State.UNCONFIRMED}
    return lab.attempt()


def asked_at(lab: Lab) -> list[float]:
    return [at for at, _ in lab.wire.asks]


def test_a_lost_task_is_found_by_its_external_id_and_resumed(comet: Lab) -> None:
    attempt = lose(comet, made=True)

    comet.find_doubts()
    comet.run()

    assert comet.wire.asks[0][1] == f"{COMET}/{attempt.id}"
    assert comet.states() == {"s0000": State.COLLECTED}
    assert len(comet.wire.creates) == 1
    assert len(comet.told(Kind.FOUND)) == 1


def test_a_found_task_is_recorded_with_its_send_as_created(comet: Lab) -> None:
    lose(comet, made=True)

    comet.find_doubts()

    attempt = comet.attempt()
    assert list(attempt.sends.values()) == [SendState.CREATED]
    assert [task.state for task in attempt.tasks.values()] == [TaskState.RUNNING]
    assert comet.recorded() == {"s0000": State.RUNNING}


def test_a_task_that_shows_up_late_is_waited_for(comet: Lab) -> None:
    comet.wire.lookup_lag_s = 8
    comet.wire.create_script = deque([LOST_AFTER])

    comet.run(comet.shots(1))

    assert comet.states() == {"s0000": State.COLLECTED}
    assert asked_at(comet)[:3] == pytest.approx([0, 5, 10])


def test_not_found_where_that_proves_nothing_leaves_the_doubt(comet: Lab) -> None:
    lose(comet, made=False)

    comet.find_doubts()

    assert comet.recorded() == {"s0000": State.UNCONFIRMED}
    assert len(comet.wire.asks) == 3


def test_not_found_where_that_may_be_believed_ends_the_doubt_after_the_lag(sure: Lab) -> None:
    lose(sure, made=False)

    sure.find_doubts()

    assert sure.recorded() == {"s0000": State.RELEASED}
    assert asked_at(sure) == pytest.approx([0, 5, 10])


def test_an_old_doubt_is_asked_about_once_where_not_found_proves_nothing(comet: Lab) -> None:
    lose(comet, made=False)
    comet.now = lambda: "2026-11-23T10:00:00Z"

    comet.find_doubts()

    assert asked_at(comet) == [0]
    assert comet.recorded() == {"s0000": State.UNCONFIRMED}


@pytest.mark.parametrize("now", ["2026-11-21T10:00:00Z", "2026-11-22T10:04:00Z", "", "noon"])
def test_an_age_that_cannot_be_trusted_waits_for_the_whole_lag(comet: Lab, now: str) -> None:
    """Set back, no older than a send may take, or no time at all."""
    lose(comet, made=False)
    comet.now = lambda: now

    comet.find_doubts()

    assert asked_at(comet) == pytest.approx([0, 5, 10])


def test_a_second_send_has_no_age_on_record(comet: Lab) -> None:
    attempt = lose(comet, made=False)
    comet.book.record_now(
        Attempt(id=attempt.id, sends={SendKey(2, "zzzzzzzz"): SendState.IN_DOUBT})
    )
    comet.now = lambda: "2026-11-23T10:00:00Z"

    comet.find_doubts()

    assert asked_at(comet) == pytest.approx([0, 5, 10])


def test_no_clock_that_can_be_set_makes_not_found_believed_too_early(sure: Lab) -> None:
    """A day seems to have passed, but the task has only just been made."""
    lose(sure, made=True)
    sure.now = lambda: "2026-11-23T10:00:00Z"
    sure.wire.lookup_lag_s = 8

    sure.find_doubts()

    assert sure.recorded() == {"s0000": State.RUNNING}
    assert len(sure.wire.creates) == 1


def test_many_doubts_wait_for_one_lag_together(sure: Lab) -> None:
    lose(sure, made=False)
    attempt = sure.attempt()
    more = [replace(attempt, id=AttemptId(f"ob-{n:026d}")) for n in range(40)]
    sure.book.record_now(*more)

    sure.find_doubts()

    assert sure.elapsed == pytest.approx(10)
    assert {state_of(each) for each in sure.book.attempts.values()} == {State.RELEASED}


def test_what_certainly_came_to_nothing_is_sent_again_in_the_same_run(sure: Lab) -> None:
    maker = replace(Lab.shots(sure, 1, providers=("cometapi",)).shots[0], provider="sure")
    sure.wire.create_script = deque([LOST])

    outcome = sure.run(purchases=[Purchase(checked=maker, attempt=None, after=None)])

    assert sure.states() == {"s0000": State.COLLECTED}
    assert len(sure.wire.tasks) == outcome.bought.created == 1
    assert len(sure.book.attempts) == 1
    assert [create.external_id for create in sure.wire.creates] == [sure.attempt().id] * 2
    assert sure.told(Kind.IN_DOUBT) == []


def test_not_found_before_the_lag_has_passed_is_not_believed(sure: Lab) -> None:
    lose(sure, made=True)
    sure.wire.ask_script = deque([NOT_FOUND, LOST, DOWN])

    sure.find_doubts()

    assert sure.recorded() == {"s0000": State.UNCONFIRMED}


def test_a_lookup_that_cannot_be_read_leaves_the_doubt(sure: Lab) -> None:
    lose(sure, made=True)
    sure.wire.ask_script = deque([Answers(status=502)] * 3)

    sure.find_doubts()

    assert sure.recorded() == {"s0000": State.UNCONFIRMED}


def move(lab: Lab, *, key: str = "test-key", name: str = "a1b2c3", endpoint: str = "") -> None:
    """From now on the lab's provider is asked with another key, or at another endpoint."""
    account = an_account(lab.provider, key=key, name=name)
    if endpoint:
        account = replace(account, endpoint=Endpoint.at(endpoint))
    lab.accounts[lab.provider] = account


ELSEWHERE = {
    "another account": {"key": "another-key", "name": "f6e5d4"},
    "another endpoint": {"endpoint": "https://new.example"},
}
elsewhere = pytest.mark.parametrize("moved", ELSEWHERE.values(), ids=ELSEWHERE.keys())


@elsewhere
def test_not_found_elsewhere_is_not_believed(sure: Lab, moved: dict[str, str]) -> None:
    lose(sure, made=False)
    move(sure, **moved)

    sure.find_doubts()

    assert len(sure.wire.asks) == 3
    assert sure.recorded() == {"s0000": State.UNCONFIRMED}


def test_an_endpoint_of_the_ledger_is_never_dialled_and_todays_is(sure: Lab) -> None:
    lose(sure, made=False)
    sure.wire.dialled.clear()
    move(sure, endpoint="https://new.example")

    sure.find_doubts()

    assert set(sure.wire.dialled) == {("https://new.example", "a1b2c3")}


def test_a_task_found_at_another_endpoint_counts_and_is_collected(sure: Lab) -> None:
    lose(sure, made=True)
    move(sure, endpoint="https://new.example")

    sure.find_doubts()
    sure.run()

    assert sure.states() == {"s0000": State.COLLECTED}
    assert len(sure.wire.creates) == 1


@pytest.mark.parametrize("local", ["http://127.0.0.1:8000", "emulator:"])
def test_nothing_is_asked_across_the_border_of_this_machine(sure: Lab, local: str) -> None:
    lose(sure, made=True)
    move(sure, endpoint=local)

    sure.find_doubts()
    sure.run()

    assert sure.wire.asks == []
    assert sure.recorded() == {"s0000": State.UNCONFIRMED}


def test_where_nothing_can_be_asked_the_user_decides(lab: Lab) -> None:
    lab.wire.create_script = deque([LOST_AFTER])

    lab.run(lab.shots(1))
    lab.find_doubts()

    assert lab.wire.asks == []
    assert lab.recorded() == {"s0000": State.UNCONFIRMED}


def test_several_hits_are_all_kept_and_said_to_be_paid_more_than_once(comet: Lab) -> None:
    attempt = lose(comet, made=True)
    rows = [
        {"task_id": task_id, "task_status": "submitted", "external_task_id": attempt.id}
        for task_id in ("88000000", "88000007")
    ]
    comet.wire.tasks["88000007"] = replace(comet.wire.tasks["88000000"], task_id="88000007")
    comet.wire.ask_script = deque([Answers(status=200, body={"code": 0, "data": rows})])

    comet.find_doubts()
    comet.run()

    assert "paid more than once, 0.3165 USD over" in comet.told(Kind.FOUND)[0].text
    states = {key.task_id: task.state for key, task in comet.attempt().tasks.items()}
    assert states == {"88000000": TaskState.COLLECTED, "88000007": TaskState.COLLECTED}
    assert len(list((comet.folder / "renders").iterdir())) == 2


def test_of_several_hits_the_oldest_comes_first(comet: Lab) -> None:
    attempt = lose(comet, made=True)
    rows = [
        {"task_id": task_id, "created_at": at, "external_task_id": attempt.id}
        for task_id, at in (("88000007", 1777385419126), ("88000000", 1777385410000))
    ]
    comet.wire.ask_script = deque([Answers(status=200, body={"code": 0, "data": rows})])

    comet.find_doubts()

    assert comet.told(Kind.FOUND)[0].text.startswith("found again: task 88000000, and 1 more")


def test_a_task_that_answers_for_one_send_does_not_answer_for_another(comet: Lab) -> None:
    """The failed task of one machine's send is found again: the other's doubt stays one."""
    attempt = lose(comet, made=True)
    (task,) = comet.wire.tasks.values()
    comet.wire.tasks[task.task_id] = replace(task, fails="too dark")
    comet.find_doubts()
    comet.run()
    other = SendKey(1, "zzzzzzzz")
    comet.book.record_now(Attempt(id=attempt.id, sends={other: SendState.IN_DOUBT}))

    comet.find_doubts()

    assert comet.recorded() == {"s0000": State.UNCONFIRMED}


def test_one_task_found_ends_one_doubt_and_not_another_machines(comet: Lab) -> None:
    attempt = lose(comet, made=True)
    other = SendKey(1, "zzzzzzzz")
    comet.book.record_now(Attempt(id=attempt.id, sends={other: SendState.IN_DOUBT}))

    comet.find_doubts()

    assert sorted(comet.attempt().sends.values()) == [SendState.IN_DOUBT, SendState.CREATED]


def test_a_doubt_that_the_user_has_granted_another_attempt_is_asked_about_once_more(
    comet: Lab,
) -> None:
    attempt = lose(comet, made=False)
    comet.book.record_now(grant(attempt, now=NOW, by="me"))

    comet.find_doubts()

    assert len(comet.wire.asks) == 1
    assert comet.elapsed == pytest.approx(0, abs=1)
    assert is_granted(comet.attempt())


def test_what_is_found_before_it_is_bought_again_takes_the_grant_back(comet: Lab) -> None:
    attempt = lose(comet, made=True)
    comet.book.record_now(grant(attempt, now=NOW, by="me"))

    comet.find_doubts()

    assert comet.states() == {"s0000": State.RUNNING}
    assert not is_granted(comet.attempt())


def test_a_doubt_of_this_run_holds_the_first_post_alone_until_it_is_looked_up(comet: Lab) -> None:
    comet.wire.lookup_lag_s = 8
    comet.wire.create_script = deque([LOST_AFTER])

    comet.run(comet.shots(5))

    assert comet.wire.creates[1].began_at == pytest.approx(10)


def test_hundreds_of_doubts_are_looked_up_a_few_at_a_time(comet: Lab) -> None:
    batch = comet.shots(3)
    comet.wire.after_script = LOST
    comet.run(batch)
    comet.wire.asks.clear()

    comet.find_doubts()

    assert len(comet.wire.asks) == 9
    assert comet.elapsed == pytest.approx(10)


def test_a_found_task_takes_a_slot_like_any_other(comet: Lab) -> None:
    comet.set(in_flight=2)
    comet.wire.create_script = deque([LOST_AFTER])
    comet.wire.render_s = 30

    comet.run(comet.shots(6))

    assert comet.wire.most_at_once == 2
    assert set(comet.states().values()) == {State.COLLECTED}


def test_each_of_several_tasks_found_takes_a_slot(comet: Lab) -> None:
    comet.set(in_flight=2)
    comet.wire.create_script = deque([LOST_AFTER])
    comet.wire.render_s = 30

    def two_hits(request: Request) -> Answers:
        (task,) = comet.wire.tasks.values()
        comet.wire.tasks["88999999"] = replace(task, task_id="88999999")
        named = {"external_task_id": task.external_id}
        rows = [{"task_id": task_id, **named} for task_id in (task.task_id, "88999999")]
        return Answers(status=200, body={"code": 0, "data": rows})

    comet.wire.ask_script = deque([two_hits])

    comet.run(comet.shots(6))

    assert comet.wire.most_at_once == 2
    assert len(comet.wire.creates) == 6


def test_a_failed_render_that_was_lost_and_found_is_failed(comet: Lab) -> None:
    lose(comet, made=True)
    (task,) = comet.wire.tasks.values()
    comet.wire.tasks[task.task_id] = replace(task, fails="too dark")

    comet.find_doubts()
    comet.run()

    assert comet.states() == {"s0000": State.FAILED}
