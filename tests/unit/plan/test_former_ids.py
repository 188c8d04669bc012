"""A renamed shot keeps what was paid for under the id it had; nothing is bought beside it."""

from typing import Any

import pytest

from omnibatch.checks import CheckedShot
from omnibatch.ledger import SendState, TaskState
from omnibatch.plan import Action, Names
from omnibatch.shots import Slot

from .samples import (
    LOCAL,
    ON,
    a_batch,
    a_ledger,
    a_shot,
    attempt,
    changed,
    collected,
    one,
    plan,
    step,
)

PIER = one("pier")


def renamed(**changes: Any) -> CheckedShot:
    """`pier`, called `dock` by now; its request is what it was."""
    return one("dock", **{"prompt": "pier", "was": "pier", **changes})


def test_a_clip_collected_under_the_former_id_is_kept() -> None:
    found = step(renamed(), collected(PIER))

    assert (found.action, found.reason) == (
        Action.KEEP,
        "collected as pier: renders/pier.mp4",
    )


@pytest.mark.parametrize(
    ("task", "send", "action"),
    [
        (TaskState.RUNNING, SendState.CREATED, Action.RESUME),
        (TaskState.SUCCEEDED, SendState.CREATED, Action.COLLECT),
        (None, SendState.IN_DOUBT, Action.DECIDE),
        (None, SendState.OPEN, Action.DECIDE),
        (TaskState.FAILED, SendState.CREATED, Action.FAILED),
    ],
)
def test_what_is_under_way_or_failed_belongs_to_the_new_id(
    task: TaskState | None, send: SendState, action: Action
) -> None:
    before = attempt(PIER, task=task, send=send)
    (found,) = plan(a_batch(renamed().shot), before).steps

    assert (found.slot.shot, found.action, found.attempt) == ("dock", action, before.id)


def test_no_flag_buys_over_a_former_ids_doubt_or_task() -> None:
    other = renamed(duration=10)

    for before in (attempt(PIER, send=SendState.IN_DOUBT), attempt(PIER, task=TaskState.RUNNING)):
        assert not step(other, before, stale=True, failed=True).costs


def test_a_renamed_shot_that_changed_is_stale_and_bought_after_its_former_attempt() -> None:
    clip = collected(PIER)
    other = renamed(duration=10)

    assert step(other, clip).action is Action.STALE
    found = step(other, clip, stale=True)
    assert (found.action, found.attempt, found.after) == (Action.SUBMIT, None, clip.id)


def test_a_failed_attempt_of_the_former_id_is_followed_by_one_of_the_new() -> None:
    failed = attempt(PIER, task=TaskState.FAILED)
    found = step(renamed(), failed, failed=True)

    assert (found.action, found.attempt, found.after) == (Action.SUBMIT, None, failed.id)


def test_a_released_attempt_of_the_former_id_is_not_sent_under_that_id() -> None:
    released = attempt(PIER, send=SendState.NOT_CREATED)
    found = step(renamed(), released)

    assert (found.action, found.attempt, found.after) == (Action.SUBMIT, None, released.id)


def test_a_grant_for_the_former_id_is_used_up_by_the_new_ones_attempt() -> None:
    doubt = attempt(PIER, send=SendState.IN_DOUBT, granted=ON)
    granted = step(renamed(), doubt)
    assert (granted.action, granted.after) == (Action.SUBMIT, doubt.id)

    second = attempt(renamed(), task=TaskState.FAILED, after=doubt)
    assert step(renamed(), doubt, second).action is Action.FAILED


def test_each_take_and_profile_goes_over_to_its_own() -> None:
    takes = [one("pier", slot=Slot("pier", "final", take)) for take in (1, 2)]
    shots = [
        a_shot("dock", slot=Slot("dock", "final", n), prompt="pier", was="pier", target=f"{n}.mp4")
        for n in (1, 2)
    ]
    running = attempt(takes[1], task=TaskState.RUNNING)

    found = plan(a_batch(*shots), collected(takes[0]), running).steps

    assert [(each.slot.take, each.action) for each in found] == [
        (1, Action.KEEP),
        (2, Action.RESUME),
    ]


def test_a_take_that_the_film_no_longer_has_is_an_orphan_under_the_new_id() -> None:
    third = attempt(one("pier", slot=Slot("pier", "", 3)), task=TaskState.RUNNING)
    (_, orphan) = plan(a_batch(renamed().shot), collected(PIER), third).steps

    assert (orphan.slot, orphan.action) == (Slot("dock", "", 3), Action.ORPHAN)


def test_only_one_step_back_is_taken_from_the_manifest_alone() -> None:
    """But the clip of the same request is found all the same."""
    first = collected(PIER)
    third = renamed(was="quay")

    assert step(third, first).reason == "the same request as pier, collected"
    assert step(renamed(was="quay", duration=10), first).reason == (
        "new; nothing was bought as quay, its former id"
    )


def test_what_was_bought_again_after_a_rename_leads_further_back() -> None:
    first = collected(PIER)
    quay = one("quay", prompt="pier", duration=10)
    second = attempt(quay, task=TaskState.FAILED, after=first)
    running = attempt(changed(PIER, duration=10), task=TaskState.RUNNING)

    found = plan(a_batch(renamed(was="quay").shot), first, second, running).steps

    assert [(each.slot.shot, each.action) for each in found] == [("dock", Action.RESUME)]


def test_a_rename_that_was_bought_again_needs_no_was_any_more() -> None:
    first = collected(PIER)
    second = collected(renamed(duration=10), after=first)
    back = renamed(was="")

    assert step(back, first, second).attempt == first.id


def test_an_id_that_the_film_has_is_nobodys_former_one() -> None:
    running = attempt(PIER, task=TaskState.RUNNING)
    film = a_batch(PIER.shot, renamed(duration=10).shot)

    assert [each.action for each in plan(film, running).steps] == [Action.RESUME, Action.SUBMIT]


def test_two_branches_that_went_on_under_both_ids_are_one_shot() -> None:
    first = collected(PIER)
    here = attempt(changed(PIER, duration=10), task=TaskState.RUNNING, after=first)
    there = collected(renamed(mode="pro"), after=first)

    (found,) = plan(a_batch(renamed(mode="pro").shot), first, here, there).steps

    assert (found.action, found.attempt) == (Action.RESUME, here.id)


def test_ids_that_lead_in_a_circle_lead_nowhere() -> None:
    a = attempt(one("a"), task=TaskState.RUNNING)
    b = attempt(one("b"), task=TaskState.RUNNING, after=a)
    again = attempt(one("a"), task=TaskState.RUNNING, after=b)
    ledger = a_ledger(a, b, again)

    assert Names.of(a_batch(PIER.shot), ledger.attempts).former == {}


def test_a_former_id_that_was_rehearsed_only_satisfies_nothing_real() -> None:
    rehearsed = collected(PIER, endpoint=LOCAL)
    found = step(renamed(), rehearsed)

    assert (found.action, found.after) == (Action.SUBMIT, rehearsed.id)
    assert step(renamed(), rehearsed, endpoint=LOCAL).action is Action.KEEP


def test_a_former_id_that_nobody_knows_is_told_before_the_shot_is_paid_for() -> None:
    assert step(renamed(), collected(one("other"))).reason == (
        "new; nothing was bought as pier, its former id"
    )


def test_a_new_take_of_a_renamed_shot_is_just_new() -> None:
    second = renamed(slot=Slot("dock", "", 2))

    assert step(second, collected(PIER)).reason == "new"


@pytest.mark.parametrize(
    ("task", "send"),
    [
        (TaskState.RUNNING, SendState.CREATED),
        (TaskState.SUCCEEDED, SendState.CREATED),
        (None, SendState.IN_DOUBT),
    ],
)
def test_without_was_nothing_is_bought_beside_what_may_still_become_the_same_clip(
    task: TaskState | None, send: SendState
) -> None:
    before = attempt(PIER, task=task, send=send)
    found = step_of("dock", plan(a_batch(renamed(was="").shot), before, stale=True))

    assert found.action is Action.BLOCKED
    assert found.reason == "the same request as pier, which may still become a clip"


@pytest.mark.parametrize("facts", [{"granted": ON}, {"abandoned": ON}])
def test_the_users_word_about_the_old_id_sets_the_new_one_free(facts: dict[str, Any]) -> None:
    doubt = attempt(PIER, send=SendState.IN_DOUBT, **facts)

    assert step_of("dock", plan(a_batch(renamed(was="").shot), doubt)).action is Action.SUBMIT


def test_a_rehearsals_task_holds_no_purchase_back() -> None:
    rehearsed = attempt(PIER, task=TaskState.RUNNING, endpoint=LOCAL)

    assert step_of("dock", plan(a_batch(renamed(was="").shot), rehearsed)).costs


def test_a_shot_of_the_film_holds_no_other_back() -> None:
    film = a_batch(PIER.shot, renamed(was="").shot)
    running = attempt(PIER, task=TaskState.RUNNING)

    assert [each.action for each in plan(film, running).steps] == [Action.RESUME, Action.SUBMIT]


def step_of(shot: str, found: Any) -> Any:
    """The step of one shot."""
    (only,) = [each for each in found.steps if each.slot.shot == shot]
    return only
