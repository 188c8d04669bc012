"""Every action, with its reason and its price: what a user reads before paying."""

import pytest

from omnibatch.ledger import Attempt, SendKey, SendState, TaskKey, TaskState
from omnibatch.money import parse_money
from omnibatch.plan import Action, Step

from .samples import (
    ENDPOINT,
    LOCAL,
    OFF,
    OLD,
    ON,
    a_batch,
    a_shot,
    attempt,
    changed,
    collected,
    one,
    plan,
    step,
)

PRICE = parse_money("0.3165 USD")
OPENING = one()


def told(found: Step) -> tuple[Action, str]:
    return found.action, found.reason


def test_a_slot_without_attempts_is_new() -> None:
    found = step(OPENING)

    assert told(found) == (Action.SUBMIT, "new")
    assert (found.price, found.attempt, found.after) == (PRICE, None, None)
    assert found.costs


def test_a_send_that_created_nothing_is_made_again_under_its_attempt() -> None:
    before = attempt(OPENING, send=SendState.NOT_CREATED)
    found = step(OPENING, before)

    assert told(found) == (Action.SUBMIT, "nothing was created by the last send")
    assert (found.price, found.attempt, found.after) == (PRICE, before.id, None)


def test_an_attempt_that_was_never_sent_is_sent() -> None:
    before = attempt(OPENING, send=None)

    assert told(step(OPENING, before)) == (Action.SUBMIT, "never sent")


def test_a_released_attempt_of_another_request_is_not_sent_again() -> None:
    before = attempt(changed(OPENING, duration=10), send=SendState.NOT_CREATED)
    found = step(OPENING, before)

    assert found.action is Action.SUBMIT
    assert (found.attempt, found.after) == (None, before.id)


def test_a_running_task_is_resumed_for_free() -> None:
    running = attempt(OPENING, task=TaskState.RUNNING)
    found = step(OPENING, running)

    assert found.action is Action.RESUME
    assert "paid for" in found.reason
    assert (found.price, found.attempt) == (None, running.id)
    assert not found.costs


def test_a_running_task_of_another_request_is_resumed_before_anything_is_bought() -> None:
    running = attempt(changed(OPENING, duration=10), task=TaskState.RUNNING)

    assert step(OPENING, running, stale=True, failed=True).action is Action.RESUME


def test_a_finished_task_is_collected() -> None:
    found = step(OPENING, attempt(OPENING, task=TaskState.SUCCEEDED))

    assert found.action is Action.COLLECT
    assert "not fetched yet" in found.reason


def test_a_task_made_at_another_endpoint_is_asked_about_here_and_says_so() -> None:
    found = step(OPENING, attempt(OPENING, task=TaskState.RUNNING, endpoint=OLD))

    assert found.action is Action.RESUME
    assert f"made at {OLD}, asked about at {ENDPOINT}" in found.reason
    assert not found.costs


def test_a_task_made_with_another_key_says_so_where_todays_is_known() -> None:
    running = attempt(OPENING, task=TaskState.RUNNING)

    known = step(OPENING, running, accounts={"apimodels": "f6e5d4"})
    assert known.action is Action.RESUME
    assert "another key (account a1b2c3), asked about with today's (f6e5d4)" in known.reason
    assert "key" not in step(OPENING, running).reason
    assert "key" not in step(OPENING, running, accounts={"apimodels": "a1b2c3"}).reason


def test_a_real_task_is_never_asked_about_on_this_machine() -> None:
    found = step(OPENING, attempt(OPENING, task=TaskState.RUNNING), endpoint=LOCAL)

    assert found.action is Action.BLOCKED
    assert ENDPOINT in found.reason
    assert "not asked now" in found.reason
    assert not found.costs


def test_a_doubt_where_nothing_can_be_asked_is_the_users_to_decide() -> None:
    found = step(OPENING, attempt(OPENING, send=SendState.IN_DOUBT))

    assert found.action is Action.DECIDE
    assert all(word in found.reason for word in ("adopt", "retry", "abandon"))


def test_an_open_send_found_at_the_start_is_a_doubt() -> None:
    assert step(OPENING, attempt(OPENING, send=SendState.OPEN)).action is Action.DECIDE


def test_a_doubt_where_it_can_be_looked_up_is_reconciled() -> None:
    comet = one(providers=("cometapi",))
    doubt = attempt(
        comet, send=SendState.IN_DOUBT, provider="cometapi", endpoint="https://api.cometapi.com"
    )

    found = step(comet, doubt)

    assert found.action is Action.RECONCILE
    assert "cometapi is asked for it" in found.reason


def test_a_doubt_made_at_another_endpoint_is_looked_up_here_and_says_so() -> None:
    comet = one(providers=("cometapi",))
    doubt = attempt(comet, send=SendState.IN_DOUBT, provider="cometapi", endpoint=OLD)
    found = step(comet, doubt)

    assert found.action is Action.RECONCILE
    assert f"made at {OLD}, asked about at https://api.cometapi.com" in found.reason


def test_a_real_doubt_is_not_looked_up_on_this_machine() -> None:
    comet = one(providers=("cometapi",))
    doubt = attempt(
        comet, send=SendState.IN_DOUBT, provider="cometapi", endpoint="https://api.cometapi.com"
    )

    endpoints = {"cometapi": LOCAL}
    assert step(comet, doubt, endpoints=endpoints).action is Action.DECIDE


def test_a_doubt_comes_before_a_running_task_of_its_slot() -> None:
    doubt = attempt(OPENING, send=SendState.IN_DOUBT)
    running = attempt(OPENING, task=TaskState.RUNNING, after=doubt)

    assert step(OPENING, running, doubt).attempt == doubt.id


def test_no_flag_buys_over_a_doubt() -> None:
    doubt = attempt(changed(OPENING, duration=10), send=SendState.IN_DOUBT)

    assert step(OPENING, doubt, stale=True, failed=True).action is Action.DECIDE


def test_another_machines_doubt_outlives_a_failed_task() -> None:
    failed = attempt(OPENING, task=TaskState.FAILED)
    both = Attempt(
        id=failed.id,
        intent=failed.intent,
        sends={**failed.sends, SendKey(1, "bbbbbbbb"): SendState.IN_DOUBT},
        tasks=failed.tasks,
    )

    assert step(OPENING, both, failed=True).action is Action.DECIDE


def test_a_granted_doubt_is_bought_once_more_after_it() -> None:
    doubt = attempt(OPENING, send=SendState.IN_DOUBT, granted=ON)
    found = step(OPENING, doubt)

    assert told(found) == (Action.SUBMIT, "one more attempt granted by `retry`")
    assert (found.price, found.attempt, found.after) == (PRICE, None, doubt.id)


def test_a_grant_is_used_up_by_the_attempt_made_after_it() -> None:
    doubt = attempt(OPENING, send=SendState.IN_DOUBT, granted=ON)
    second = attempt(OPENING, task=TaskState.FAILED, after=doubt)

    assert step(OPENING, doubt, second).action is Action.FAILED


def test_a_granted_collected_shot_is_bought_once_more() -> None:
    clip = collected(OPENING, granted=ON)
    found = step(OPENING, clip)

    assert (found.action, found.after) == (Action.SUBMIT, clip.id)


def test_a_grant_taken_back_buys_nothing() -> None:
    assert step(OPENING, collected(OPENING, granted=OFF)).action is Action.KEEP


def test_an_abandoned_slot_is_skipped() -> None:
    found = step(OPENING, attempt(OPENING, send=SendState.IN_DOUBT, abandoned=ON))

    assert found.action is Action.SKIP
    assert found.reason.startswith("abandoned; ")


def test_an_abandoned_slot_stays_so_although_its_request_changes() -> None:
    abandoned = attempt(OPENING, send=SendState.IN_DOUBT, abandoned=ON)

    assert step(changed(OPENING, duration=10), abandoned, stale=True).action is Action.SKIP


def test_a_running_task_can_be_let_go_of() -> None:
    """It may never end, or the provider may deny it: the user decides."""
    running = attempt(OPENING, task=TaskState.RUNNING, abandoned=ON)

    assert step(OPENING, running).action is Action.SKIP


def test_another_attempt_granted_beside_a_running_task_is_bought_after_it() -> None:
    running = attempt(OPENING, task=TaskState.RUNNING, granted=ON)
    found = step(OPENING, running)

    assert found.action is Action.SUBMIT
    assert found.after == running.id


def test_a_collected_clip_is_kept() -> None:
    found = step(OPENING, collected(OPENING))

    assert told(found) == (Action.KEEP, "collected: renders/opening.mp4")
    assert found.price is None


def test_a_collected_clip_that_is_gone_is_fetched_again_for_free() -> None:
    clip = collected(OPENING)
    found = step(OPENING, clip, clip_exists=lambda output: False)

    assert told(found) == (Action.COLLECT, "its clip is not here: fetched again, for free")
    assert (found.attempt, found.price) == (clip.id, None)


def test_a_collected_clip_that_is_gone_and_cannot_be_asked_for_is_lost() -> None:
    found = step(OPENING, collected(OPENING), clip_exists=lambda output: False, endpoint=LOCAL)

    assert found.action is Action.LOST
    assert not found.costs


def test_a_clip_that_is_gone_and_was_made_at_another_endpoint_is_not_called_lost() -> None:
    old = {"clip_exists": lambda output: False, "expired": lambda attempt, key: "expired: long ago"}
    found = step(OPENING, collected(OPENING, endpoint=OLD), **old)

    assert found.action is Action.COLLECT
    assert f"made at {OLD}" in found.reason


@pytest.mark.parametrize("task", [TaskState.SUCCEEDED, TaskState.COLLECTED])
def test_a_clip_past_its_days_is_lost_with_the_reason_and_never_bought_by_itself(
    task: TaskState,
) -> None:
    old = {"clip_exists": lambda output: False, "expired": lambda attempt, key: "expired: long ago"}
    found = step(OPENING, attempt(OPENING, task=task), **old)

    assert found.action is Action.LOST
    assert "expired: long ago" in found.reason
    assert not found.costs


def test_a_clip_past_its_days_that_is_here_is_kept() -> None:
    assert step(OPENING, collected(OPENING), expired=lambda attempt, key: "x").action is Action.KEEP


def test_an_earlier_clip_of_the_same_request_that_is_here_is_kept() -> None:
    here, gone = collected(OPENING), collected(OPENING)
    kept = {task.output for task in here.tasks.values()}
    found = step(OPENING, here, gone, clip_exists=lambda output: output in kept)

    assert (found.action, found.attempt) == (Action.KEEP, here.id)


def test_another_slots_clip_of_the_same_request_is_kept_and_not_bought_again() -> None:
    twin = one("twin", prompt="opening")
    found = step(twin, collected(OPENING))

    assert told(found) == (Action.KEEP, "the same request as opening, collected")


def test_another_take_of_the_same_request_is_bought_since_takes_are_meant_to_differ() -> None:
    second = changed(OPENING, slot=type(OPENING.shot.slot)("opening", "", 2))

    assert step(second, collected(OPENING)).action is Action.SUBMIT


def test_the_same_take_of_another_slot_counts() -> None:
    slot = type(OPENING.shot.slot)
    take_two = changed(OPENING, slot=slot("opening", "", 2))
    twins_two = changed(OPENING, slot=slot("twin", "", 2))

    assert step(twins_two, collected(OPENING), collected(take_two)).action is Action.KEEP
    assert step(twins_two, collected(OPENING)).action is Action.SUBMIT


def test_a_collected_shot_that_changed_is_stale_and_says_how() -> None:
    before = changed(OPENING, duration=10, prompt="a lighthouse at dawn, seen from the sea")
    clip = collected(before)
    found = step(OPENING, clip, requests={before.digest: before.request})

    assert told(found) == (
        Action.STALE,
        "duration 10 -> 5, prompt changed; `run --stale` renders it again",
    )
    assert found.price == PRICE
    assert not found.costs


def test_a_stale_shot_is_bought_when_asked_for() -> None:
    before = changed(OPENING, duration=10)
    clip = collected(before)
    found = step(OPENING, clip, stale=True, requests={before.digest: before.request})

    assert told(found) == (Action.SUBMIT, "duration 10 -> 5")
    assert (found.price, found.attempt, found.after) == (PRICE, None, clip.id)


def test_a_shot_changed_back_keeps_its_first_clip() -> None:
    first = collected(OPENING)
    second = collected(changed(OPENING, duration=10), after=first)

    assert (step(OPENING, first, second).action, step(OPENING, first, second).attempt) == (
        Action.KEEP,
        first.id,
    )


def test_a_stale_shot_whose_new_attempt_created_nothing_is_sent_again() -> None:
    first = collected(changed(OPENING, duration=10))
    second = attempt(OPENING, send=SendState.NOT_CREATED, after=first)
    found = step(OPENING, first, second)

    assert (found.action, found.attempt) == (Action.SUBMIT, second.id)


def test_a_failed_shot_stays_failed_in_the_providers_words() -> None:
    found = step(OPENING, attempt(OPENING, task=TaskState.FAILED))

    assert told(found) == (Action.FAILED, "failed: too dark")
    assert (found.price, found.costs) == (PRICE, False)


def test_a_refused_shot_stays_failed_in_the_providers_words() -> None:
    refused = attempt(OPENING, send=SendState.NOT_CREATED, refusal="content rules")

    assert told(step(OPENING, refused)) == (Action.FAILED, "refused: content rules")


def test_a_failed_shot_is_bought_again_when_asked_for() -> None:
    failed = attempt(OPENING, task=TaskState.FAILED)
    found = step(OPENING, failed, failed=True)

    assert told(found) == (Action.SUBMIT, "again: failed: too dark")
    assert (found.price, found.attempt, found.after) == (PRICE, None, failed.id)


def test_a_failed_shot_that_changed_is_bought_anew() -> None:
    before = changed(OPENING, prompt="brighter")
    failed = attempt(before, task=TaskState.FAILED)
    found = step(OPENING, failed, requests={before.digest: before.request})

    assert told(found) == (Action.SUBMIT, "prompt brighter -> opening")


def test_stale_asks_for_nothing_that_failed_and_failed_for_nothing_stale() -> None:
    failed = attempt(OPENING, task=TaskState.FAILED)
    clip = collected(changed(OPENING, duration=10))

    assert step(OPENING, failed, stale=True).action is Action.FAILED
    assert step(OPENING, clip, failed=True).action is Action.STALE


def test_a_shot_to_skip_is_skipped_unless_something_is_paid_for() -> None:
    skipped = changed(OPENING, skip=True)

    assert told(step(skipped)) == (Action.SKIP, "skip is set in the manifest")
    assert step(skipped, attempt(OPENING, task=TaskState.RUNNING)).action is Action.RESUME


def test_an_unknown_price_is_no_price() -> None:
    batch = a_batch(a_shot("a", providers=("cometapi",)), a_shot("b"))
    found = plan(batch)

    assert [each.price for each in found.steps] == [None, PRICE]
    assert (found.unpriced, found.cost) == (1, PRICE)


def test_the_tasks_id_stands_in_the_reason() -> None:
    running = attempt(OPENING, task=TaskState.RUNNING)
    (key,) = running.tasks

    assert isinstance(key, TaskKey)
    assert key.task_id in step(OPENING, running).reason
