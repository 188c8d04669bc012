"""The paid moment: recorded before, judged after, and sent again only if nothing was made."""

import errno
import os
from collections import deque
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from omnibatch.endpoints import Account, Endpoint
from omnibatch.errors import LedgerUnwritable
from omnibatch.ledger import SendState, State, doubtful_sends, read_ledger
from omnibatch.problems import Place
from omnibatch.providers import Request
from omnibatch.run import Kind, Purchase, TaskUnrecorded
from omnibatch.shots import FileSource, ImageRef, Slot

from .fake import BROKEN, DOWN, LOST, NO_KEY, REDIRECT, REFUSED, WAIT, Accepts, Answers, Step
from .lab import Lab, a_shot, an_account


def fail_sync(lab: Lab, number: int) -> None:
    """Let the disk fail from the `number`-th sync of the run on."""
    calls = iter(range(1, 1_000_000))

    def at_sync() -> None:
        if next(calls) >= number:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    lab.at_sync = at_sync


def test_a_send_is_durable_as_open_before_the_wire_is_called(lab: Lab) -> None:
    seen = []

    def look(account: Account, request: Request) -> None:
        open_shots = [
            attempt.slot.shot
            for attempt in lab.durable().attempts.values()
            if SendState.OPEN in attempt.sends.values()
        ]
        assert any(f'"prompt":"{shot}"'.encode() in (request.body or b"") for shot in open_shots)
        seen.append(request)

    lab.wire.at_create = look
    lab.wire.create_script = deque([DOWN, WAIT, REFUSED])
    lab.run(lab.shots(12))

    assert len(seen) == 12 + 2


def test_a_task_id_is_durable_before_the_task_is_told_or_asked_about(lab: Lab) -> None:
    told = []

    def look(event: object) -> None:
        if getattr(event, "kind", None) is Kind.CREATED:
            told.append({k.task_id for a in lab.durable().attempts.values() for k in a.tasks})

    lab.at_event = look
    lab.run(lab.shots(6))

    created = [event.task_id for event in lab.told(Kind.CREATED)]
    assert len(created) == 6
    assert all(task_id in known for task_id, known in zip(created, told, strict=True))


@pytest.mark.parametrize(
    ("step", "send", "state"),
    [
        (Accepts(render_s=None), SendState.CREATED, State.RUNNING),
        (DOWN, SendState.NOT_CREATED, State.RELEASED),
        (WAIT, SendState.NOT_CREATED, State.RELEASED),
        (NO_KEY, SendState.NOT_CREATED, State.RELEASED),
        (REDIRECT, SendState.NOT_CREATED, State.RELEASED),
        (REFUSED, SendState.NOT_CREATED, State.REFUSED),
        (LOST, SendState.IN_DOUBT, State.UNCONFIRMED),
        (BROKEN, SendState.IN_DOUBT, State.UNCONFIRMED),
        (Answers(status=200, body="yes"), SendState.IN_DOUBT, State.UNCONFIRMED),
        (Answers(status=409, body={"code": 409}), SendState.IN_DOUBT, State.UNCONFIRMED),
        (Answers(status=408), SendState.IN_DOUBT, State.UNCONFIRMED),
    ],
)
def test_each_outcome_is_recorded_as_what_it_means_for_the_money(
    lab: Lab, step: Step, send: SendState, state: State
) -> None:
    lab.wire.create_script = deque([step])

    lab.run(lab.shots(1), stop_at=0.1)

    (attempt,) = read_ledger(lab.place).attempts.values()
    assert list(attempt.sends.values()) == [send]
    assert lab.recorded() == {"s0000": state}


def test_a_refusal_is_kept_in_the_providers_words_and_the_others_go_on(lab: Lab) -> None:
    lab.wire.create_script = deque([REFUSED])

    lab.run(lab.shots(3))

    assert lab.attempt("s0000").refusal == "The request was refused"
    assert lab.states()["s0002"] is State.COLLECTED


def test_what_nothing_came_of_is_sent_again_under_the_same_id(comet: Lab) -> None:
    comet.wire.create_script = deque([DOWN, WAIT])

    comet.run(comet.shots(1))

    (attempt,) = comet.book.attempts.values()
    assert [create.external_id for create in comet.wire.creates] == [attempt.id] * 3
    states = {key.number: state for key, state in attempt.sends.items()}
    assert states == {
        1: SendState.NOT_CREATED,
        2: SendState.NOT_CREATED,
        3: SendState.CREATED,
    }


def test_the_next_run_sends_a_released_attempt_again_under_its_id(comet: Lab) -> None:
    comet.wire.create_script = deque([NO_KEY])
    batch = comet.shots(1)
    comet.run(batch)
    comet.restart()

    comet.run(batch)

    (attempt,) = comet.book.attempts.values()
    assert [create.external_id for create in comet.wire.creates] == [attempt.id] * 2
    assert sorted(key.number for key in attempt.sends) == [1, 2]


@pytest.mark.parametrize("what", ["account", "endpoint"])
def test_elsewhere_it_is_another_attempt_after_the_released_one(comet: Lab, what: str) -> None:
    comet.wire.create_script = deque([NO_KEY])
    batch = comet.shots(1)
    comet.run(batch)
    (first,) = comet.book.attempts.values()
    old = comet.accounts["cometapi"]
    endpoint = Endpoint.at("https://relay.example")
    new = an_account("cometapi", name="f6e5d4") if what == "account" else old
    comet.accounts["cometapi"] = replace(new, endpoint=endpoint) if what == "endpoint" else new

    comet.run(batch)

    (second,) = [a for a in comet.book.attempts.values() if a.id != first.id]
    assert second.known_intent.after == first.id
    assert comet.wire.creates[1].external_id == second.id
    assert sorted(key.number for key in second.sends) == [1]


def test_at_another_price_it_is_another_attempt(lab: Lab) -> None:
    """What a ledger says was spent is the sum of recorded prices: an old one would be wrong."""
    lab.wire.create_script = deque([NO_KEY])
    batch = lab.shots(1)
    lab.run(batch)
    (first,) = lab.book.attempts.values()
    (purchase,) = lab.purchases(batch)
    unknown = replace(purchase, checked=replace(purchase.checked, price=None))

    lab.run(purchases=[unknown])

    (second,) = [a for a in lab.book.attempts.values() if a.id != first.id]
    assert second.known_intent.price is None
    assert second.known_intent.after == first.id


def test_a_running_attempt_is_never_sent_whatever_a_plan_says(lab: Lab) -> None:
    lab.wire.after_script = Accepts(render_s=None)
    batch = lab.shots(1)
    lab.run(batch, stop_at=1)
    (attempt,) = lab.book.attempts.values()

    with pytest.raises(BaseExceptionGroup) as caught:
        lab.run(purchases=[Purchase(checked=batch.shots[0], attempt=attempt.id, after=None)])

    assert caught.group_contains(AssertionError, match="BUG: .* is running")
    assert len(lab.wire.creates) == 1


def test_a_new_attempt_that_would_be_an_unconfirmed_one_is_never_sent(lab: Lab) -> None:
    lab.wire.create_script = deque([LOST])
    batch = lab.shots(1)
    lab.run(batch)

    with pytest.raises(BaseExceptionGroup) as caught:
        lab.run(purchases=[Purchase(checked=batch.shots[0], attempt=None, after=None)])

    assert caught.group_contains(AssertionError, match="BUG: .* is unconfirmed")
    assert len(lab.wire.creates) == 1


def test_a_file_that_changed_since_the_check_keeps_its_shot_from_being_sent(lab: Lab) -> None:
    path = lab.folder / "keeper.png"
    Image.new("RGB", (400, 400), "teal").save(path)
    image = ImageRef(
        source=FileSource(path=path, shown="keeper.png"), place=Place("film.yaml", 1, 1)
    )
    batch = lab.check(
        a_shot("a", images=(image,), prompt="a <<<image_1>>>"), a_shot("b"), a_shot("c")
    )
    Image.new("RGB", (400, 400), "red").save(path)

    outcome = lab.run(batch)

    assert lab.wire.prompts_made == ["b", "c"]
    assert set(lab.states()) == {"b", "c"}
    assert outcome.bought.unsendable == 1
    assert "keeper.png has changed" in lab.told(Kind.REFUSED)[0].text


def test_nothing_is_sent_where_the_open_record_cannot_be_made(lab: Lab) -> None:
    fail_sync(lab, 1)

    with pytest.raises(LedgerUnwritable):
        lab.run(lab.shots(50))

    assert lab.wire.creates == []


def test_a_send_that_never_left_is_in_no_doubt_where_the_lockfile_can_say_so(lab: Lab) -> None:
    """The open record may have reached the journal, though nobody can say that it is durable."""
    fail_sync(lab, 1)
    with pytest.raises(LedgerUnwritable):
        lab.run(lab.shots(1))

    lab.restart()

    assert lab.states() == {"s0000": State.RELEASED}


def test_a_disk_that_fails_on_the_way_ends_the_sending_at_once(lab: Lab) -> None:
    lab.wire.latency_s = 1
    fail_sync(lab, 4)

    with pytest.raises(LedgerUnwritable):
        lab.run(lab.shots(50))

    assert len(lab.wire.creates) <= 2 + 4


def test_a_task_that_cannot_be_recorded_is_named_in_the_error(lab: Lab) -> None:
    fail_sync(lab, 2)

    with pytest.raises(TaskUnrecorded, match="task 88000000 was just created for s0000") as hit:
        lab.run(lab.shots(50))

    assert (hit.value.slot, hit.value.task_id) == (Slot("s0000"), "88000000")
    assert len(lab.wire.creates) == 1


def test_after_a_failed_record_the_send_is_still_known_as_open(lab: Lab) -> None:
    fail_sync(lab, 2)
    with pytest.raises(LedgerUnwritable):
        lab.run(lab.shots(1))

    (attempt,) = lab.durable().attempts.values()

    assert doubtful_sends(attempt)


def test_what_is_bought_is_stored_once_per_request(lab: Lab) -> None:
    batch = lab.check(a_shot("a", prompt="same"), a_shot("b", prompt="same"), a_shot("c"))

    lab.run(batch)
    lab.restart()

    requests = read_ledger(lab.place).requests
    assert sorted(str(request["prompt"]) for request in requests.values()) == ["c", "same"]


def test_each_attempt_has_a_path_of_its_own(lab: Lab) -> None:
    batch = lab.shots(1)
    lab.wire.create_script = deque([Accepts(fails="too dark")])
    lab.run(batch)
    lab.run(purchases=lab.purchases(batch, failed=True))

    targets = sorted(a.known_intent.target for a in lab.book.attempts.values())

    assert targets == ["renders/s0000.mp4", "renders/s0000.v2.mp4"]
    assert Path(lab.folder / "renders/s0000.v2.mp4").is_file()
