"""A plan as a whole: its order, its sums, its orphans; pure, and linear in what it reads."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType

from omnibatch.checks import CheckedShot, check
from omnibatch.ledger import Attempt, SendState, TaskState
from omnibatch.money import parse_money
from omnibatch.plan import Action, Plan, plan_batch, plan_ledger, tip_of, total_of
from omnibatch.shots import Batch, Slot

from .samples import (
    ENDPOINT,
    FOLDER,
    LOCAL,
    a_batch,
    a_ledger,
    a_shot,
    asked,
    attempt,
    collected,
    one,
    plan,
)

FILM = a_batch(*(a_shot(name) for name in ("zebra", "alpha", "middle", "beta")))
GONE = attempt(one("gone"), task=TaskState.RUNNING)


def shots(found: Plan) -> list[str]:
    return [step.slot.shot for step in found.steps]


def test_steps_come_in_the_order_of_the_film_and_orphans_last() -> None:
    earlier = attempt(one("early"), task=TaskState.SUCCEEDED)

    assert shots(plan(FILM, GONE, earlier)) == ["zebra", "alpha", "middle", "beta", "early", "gone"]


def test_an_orphan_is_collected_and_says_why() -> None:
    orphan = plan(FILM, GONE).steps[-1]

    assert orphan.action is Action.ORPHAN
    assert orphan.reason.startswith("no longer in the manifest: ")
    assert (orphan.attempt, orphan.price) == (GONE.id, None)


def test_a_gone_slots_doubt_and_a_blocked_one_keep_their_action() -> None:
    doubt = attempt(one("doubt"), send=SendState.IN_DOUBT)
    blocked = attempt(one("blocked"), task=TaskState.RUNNING)

    steps = plan(FILM, doubt, blocked, endpoint=LOCAL).steps[4:]
    found = {step.slot.shot: step.action for step in steps}
    assert found == {"doubt": Action.DECIDE, "blocked": Action.BLOCKED}


def test_a_gone_slot_that_wants_nothing_is_not_in_the_plan() -> None:
    done = collected(one("done"))
    failed = attempt(one("failed"), task=TaskState.FAILED)

    assert len(plan(FILM, done, failed).steps) == 4


def test_only_wanted_slots_are_planned_and_the_others_are_no_orphans() -> None:
    running = attempt(FILM.shots[0], task=TaskState.RUNNING)
    found = plan_batch(
        FILM, a_ledger(running, GONE), asked(), wanted=frozenset({Slot("beta"), Slot("alpha")})
    )

    assert shots(found) == ["alpha", "beta", "gone"]


def test_costs_are_added_up_exactly() -> None:
    found = plan(FILM, collected(FILM.shots[0]))

    assert len(found.submits) == 3
    assert found.cost == parse_money("0.9495 USD")
    assert found.unpriced == 0


def test_actions_are_counted() -> None:
    found = plan(FILM, collected(FILM.shots[0]), GONE)

    assert found.counts == {Action.SUBMIT: 3, Action.KEEP: 1, Action.ORPHAN: 1}


def test_nothing_known_adds_up_to_nothing() -> None:
    assert total_of([]) is None
    assert total_of([None, None]) is None
    assert total_of([None, parse_money("1.10 USD"), parse_money("2.20 USD")]) == parse_money(
        "3.30 USD"
    )


def test_after_a_complete_run_there_is_no_open_work() -> None:
    found = plan(FILM, *(collected(checked) for checked in FILM.shots))

    assert {step.action for step in found.steps} == {Action.KEEP}
    assert not found.has_open_work
    assert found.cost is None


def test_what_is_left_as_it_is_on_purpose_is_no_open_work() -> None:
    zebra, alpha, middle, beta = FILM.shots
    stale = collected(a_batch(replace(alpha.shot, duration=10)).shots[0])
    failed = attempt(middle, task=TaskState.FAILED)
    film = a_batch(zebra.shot, alpha.shot, middle.shot, replace(beta.shot, skip=True))

    found = plan(film, collected(zebra), stale, failed)

    actions = [step.action for step in found.steps]
    assert actions == [Action.KEEP, Action.STALE, Action.FAILED, Action.SKIP]
    assert not found.has_open_work


def test_any_task_doubt_or_purchase_is_open_work() -> None:
    rest = [collected(checked) for checked in FILM.shots]

    for left in (GONE, attempt(one("doubt"), send=SendState.IN_DOUBT)):
        assert plan(FILM, *rest, left).has_open_work
    assert plan(FILM, *rest[1:]).has_open_work


def test_a_ledger_alone_wants_what_is_paid_for_or_in_doubt() -> None:
    doubt = attempt(one("doubt"), send=SendState.OPEN)
    ledger = a_ledger(GONE, doubt, collected(one("done")), attempt(one("x"), send=None))
    found = plan_ledger(ledger, asked())

    assert {step.slot.shot: step.action for step in found.steps} == {
        "doubt": Action.DECIDE,
        "gone": Action.RESUME,
    }
    assert found.submits == ()


def test_the_last_attempt_is_the_one_that_none_was_made_after() -> None:
    first = attempt(one())
    second = attempt(one(), after=first)
    earlier = replace(second.known_intent, intended_at="2020-01-01T00:00:00Z")
    second = replace(second, intent=earlier)  # a clock that was set back

    assert tip_of([second, first]) == second


def test_where_two_machines_went_on_the_later_one_speaks_in_any_order() -> None:
    first = attempt(one())
    left, right = attempt(one(), after=first), attempt(one(), after=first)

    assert tip_of([first, left, right]) == tip_of([right, left, first]) == right


def test_of_no_attempts_none_is_the_last() -> None:
    assert tip_of([]) is None


def test_a_cycle_that_somebody_forged_still_has_a_last_attempt() -> None:
    first = attempt(one())
    second = attempt(one(), after=first)
    looped = replace(first, intent=replace(first.known_intent, after=second.id))

    assert tip_of([looped, second]) in (looped, second)


def test_same_inputs_give_the_same_plan_whatever_the_order_of_the_ledger() -> None:
    attempts = [collected(FILM.shots[0]), GONE, attempt(FILM.shots[1], task=TaskState.FAILED)]

    assert plan(FILM, *attempts) == plan(FILM, *reversed(attempts)) == plan(FILM, *attempts)


@contextmanager
def counted() -> Iterator[list[int]]:
    """Count every call that Python makes meanwhile, its own built-ins included."""
    calls = [0]

    def count(frame: FrameType, event: str, argument: object) -> None:
        if event in ("call", "c_call"):
            calls[0] += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        yield calls
    finally:
        sys.setprofile(before)


def cost_of(batch_size: int, **changes: object) -> int:
    """How many calls it takes to plan a batch of which all but every fifth shot is collected."""
    takes = changes.pop("takes", False)
    slots = [Slot("same", "", n + 1) if takes else Slot(f"s{n:05d}") for n in range(batch_size)]
    batch = a_batch(
        *(
            a_shot(slot.shot, slot=slot, target=f"{n}.mp4", **changes)
            for n, slot in enumerate(slots)
        )
    )
    ledger = a_ledger(*(collected(shot) for n, shot in enumerate(batch.shots) if n % 5))
    with counted() as calls:
        found = plan_batch(batch, ledger, asked())
    assert len(found.steps) == batch_size
    return calls[0]


def test_the_cost_grows_with_the_number_of_shots_and_no_faster() -> None:
    assert cost_of(1000) <= 11 * cost_of(100)


def test_a_thousand_takes_of_one_request_cost_no_more_than_a_thousand_shots() -> None:
    assert cost_of(1000, takes=True) <= 11 * cost_of(100, takes=True)


def test_a_thousand_shots_of_one_request_cost_no_more_either() -> None:
    assert cost_of(1000, prompt="the same") <= 11 * cost_of(100, prompt="the same")


def test_many_attempts_on_one_slot_cost_no_more_than_one_each() -> None:
    def chain(length: int) -> int:
        opening = one()
        attempts: list[Attempt] = []
        for _ in range(length):
            before = attempts[-1] if attempts else None
            attempts.append(attempt(opening, task=TaskState.FAILED, after=before))
        ledger = a_ledger(*attempts)
        with counted() as calls:
            plan_batch(a_batch(opening.shot), ledger, asked(endpoint=ENDPOINT))
        return calls[0]

    assert chain(1000) <= 11 * chain(100)


def test_a_task_of_another_profile_is_resumed_and_is_no_orphan() -> None:
    def slot(profile: str, name: str = "opening") -> CheckedShot:
        return one(name, slot=Slot(name, profile))

    draft = slot("draft").shot
    loaded = Batch(
        name="film",
        manifest=FOLDER / "film.yaml",
        folder=FOLDER,
        shots=(draft,),
        profile="draft",
        profiles=("draft", "final"),
    )
    batch = check(loaded).batch
    assert batch is not None
    running = [
        attempt(slot(profile, name), task=TaskState.RUNNING)
        for profile, name in (("final", "opening"), ("old", "opening"), ("final", "gone"))
    ]

    found = plan(batch, *running)

    assert [
        (str(step.slot), step.action, step.reason.partition(":")[0]) for step in found.steps
    ] == [
        (
            "opening [draft]",
            Action.BLOCKED,
            "the same request as opening [final], which may still become a clip",
        ),
        ("gone [final]", Action.ORPHAN, "no longer in the manifest"),
        ("opening [final]", Action.RESUME, "of profile final"),
        ("opening [old]", Action.ORPHAN, "no longer in the manifest"),
    ]
