"""Lost sends: looked up where that can be done, believed as far as the provider says."""

import sys
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from omnibatch.endpoints import Endpoint
from omnibatch.ledger import Attempt, SendKey, SendState, State, TaskState, grant
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


def test_another_accounts_not_found_is_not_believed(sure: Lab) -> None:
    lose(sure, made=True)
    sure.accounts["sure"] = an_account("sure", key="another-key", name="f6e5d4")

    sure.find_doubts()

    assert sure.recorded() == {"s0000": State.UNCONFIRMED}


def test_a_stored_endpoint_that_is_not_the_runs_own_is_never_dialled(sure: Lab) -> None:
    lose(sure, made=True)
    account = sure.accounts["sure"]
    sure.accounts["sure"] = replace(account, endpoint=Endpoint.at("https://new.example"))

    sure.find_doubts()

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

    assert "paid more than once" in comet.told(Kind.FOUND)[0].text
    states = {key.task_id: task.state for key, task in comet.attempt().tasks.items()}
    assert states == {"88000000": TaskState.COLLECTED, "88000007": TaskState.COLLECTED}
    assert len(list((comet.folder / "renders").iterdir())) == 2


def test_one_task_found_ends_one_doubt_and_not_another_machines(comet: Lab) -> None:
    attempt = lose(comet, made=True)
    other = SendKey(1, "zzzzzzzz")
    comet.book.record_now(Attempt(id=attempt.id, sends={other: SendState.IN_DOUBT}))

    comet.find_doubts()

    assert sorted(comet.attempt().sends.values()) == [SendState.IN_DOUBT, SendState.CREATED]


def test_a_doubt_that_the_user_has_granted_another_attempt_is_not_asked_about(
    comet: Lab,
) -> None:
    attempt = lose(comet, made=False)
    comet.book.record_now(grant(attempt, now=NOW, by="me"))

    comet.find_doubts()

    assert comet.wire.asks == []


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
