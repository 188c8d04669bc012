"""What was made on this machine for free never stands for what has to be bought."""

import pytest

from omnibatch.endpoints import EMULATOR
from omnibatch.ledger import SendState, TaskState
from omnibatch.plan import Action, plan_ledger

from .samples import LOCAL, a_batch, a_ledger, asked, attempt, changed, collected, one, plan, step

OPENING = one()


@pytest.mark.parametrize(
    "local",
    [LOCAL, "http://localhost:9", "http://127.9.9.9:80", "http://[::1]:8000", EMULATOR],
)
def test_a_rehearsed_clip_does_not_satisfy_a_real_plan(local: str) -> None:
    clip = collected(OPENING, endpoint=local)
    found = step(OPENING, clip)

    assert (found.action, found.reason) == (
        Action.SUBMIT,
        "new; so far tried at a local endpoint only",
    )
    assert (found.attempt, found.after) == (None, clip.id)


@pytest.mark.parametrize(
    ("task", "send"),
    [
        (TaskState.RUNNING, SendState.CREATED),
        (TaskState.SUCCEEDED, SendState.CREATED),
        (TaskState.FAILED, SendState.CREATED),
        (None, SendState.IN_DOUBT),
        (None, SendState.NOT_CREATED),
    ],
)
def test_no_state_of_a_rehearsal_holds_up_a_real_purchase(
    task: TaskState | None, send: SendState
) -> None:
    rehearsed = attempt(OPENING, task=task, send=send, endpoint=LOCAL)
    found = step(OPENING, rehearsed)

    assert found.action is Action.SUBMIT
    assert found.attempt is None, "a rehearsal's attempt is never sent to a real endpoint"


def test_a_twins_rehearsed_clip_does_not_satisfy_a_real_plan_either() -> None:
    twin = one("twin", prompt="opening")

    assert step(twin, collected(OPENING, endpoint=LOCAL)).action is Action.SUBMIT


def test_a_rehearsed_clip_satisfies_a_rehearsal() -> None:
    clip = collected(OPENING, endpoint=LOCAL)

    assert step(OPENING, clip, endpoint=LOCAL).action is Action.KEEP
    assert step(OPENING, clip, endpoint=EMULATOR).action is Action.KEEP


def test_a_real_clip_satisfies_a_rehearsal() -> None:
    assert step(OPENING, collected(OPENING), endpoint=LOCAL).action is Action.KEEP


def test_a_real_clip_beside_a_later_rehearsed_one_is_kept() -> None:
    real = collected(OPENING)
    rehearsed = collected(changed(OPENING, duration=10), endpoint=LOCAL, after=real)

    assert step(OPENING, real, rehearsed).attempt == real.id


def test_a_real_attempt_is_the_last_whatever_was_rehearsed_after_it() -> None:
    failed = attempt(OPENING, task=TaskState.FAILED)
    rehearsed = attempt(OPENING, send=SendState.NOT_CREATED, endpoint=LOCAL, after=failed)

    assert step(OPENING, failed, rehearsed).action is Action.FAILED


def test_a_rehearsals_running_task_of_a_gone_slot_is_named_and_costs_nothing() -> None:
    gone = attempt(one("gone"), task=TaskState.RUNNING, endpoint=LOCAL)
    (_, orphan) = plan(a_batch(OPENING.shot), gone).steps

    assert orphan.action is Action.REHEARSED
    assert not plan(a_batch(OPENING.shot), gone, collected(OPENING)).has_open_work


def test_a_rehearsals_running_task_is_collected_where_it_can_be_asked() -> None:
    running = attempt(OPENING, task=TaskState.RUNNING, endpoint=LOCAL)
    (found,) = plan_ledger(a_ledger(running), asked(endpoint=LOCAL)).steps

    assert found.action is Action.RESUME
