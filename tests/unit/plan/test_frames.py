"""Shots with frames of other shots: what they wait for, when they are stale, what blocks them."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from omnibatch.checks import CheckedShot, Clip, with_frames
from omnibatch.ledger import Attempt, Mark, Output, SendState, TaskState, best_task
from omnibatch.plan import Action, Plan, Step, closed_shots, plan_batch
from omnibatch.problems import Place
from omnibatch.shots import FrameSource, ImageRef, Slot

from .samples import LOCAL, ON, a_batch, a_ledger, a_shot, asked, attempt, changed, collected, one
from .samples import plan as plan_of

HERE = Place("film.yaml", 12, 5)
OF_OPENING = FrameSource(shot="opening")
OPENING = one()


def framed(source: FrameSource = OF_OPENING, name: str = "turn", **changes: Any) -> CheckedShot:
    """A shot that begins with a frame of another one; open as yet."""
    frame = ImageRef(source=source, use="first_frame", place=HERE)
    return one(name, images=(frame,), aspect_ratio=None, **changes)


def output_of(made: Attempt) -> Output:
    """The clip of a collected attempt."""
    best = best_task(made)
    assert best is not None
    assert best[1].output is not None
    return best[1].output


def clip_at(output: Output) -> Clip:
    """Where a plan is told that a clip lies."""
    return Clip(path=Path(output.path), shown=output.path, sha256=output.sha256)


def closed(shot: CheckedShot, *sources: Attempt) -> CheckedShot:
    """The shot with its frames of these clips, in the order of its frames."""
    clips = [clip_at(output_of(source)) for source in sources]
    return with_frames(shot, dict(zip(shot.shot.frames, clips, strict=True)))


def steps(found: Plan) -> Mapping[str, Step]:
    """The steps by slot."""
    return {str(step.slot): step for step in found.steps}


def planned(
    *shots: CheckedShot, ledger: tuple[Attempt, ...] = (), **flags: Any
) -> Mapping[str, Step]:
    """A plan of these shots with a ledger of these attempts."""
    return steps(plan_of(a_batch(*(each.shot for each in shots)), *ledger, **flags))


def test_a_shot_whose_source_is_bought_by_the_same_run_is_priced_and_waits() -> None:
    found = planned(OPENING, framed(), framed(FrameSource(shot="turn"), "close"))

    assert [step.action for step in found.values()] == [Action.SUBMIT] * 3
    assert found["turn"].price == OPENING.price
    assert found["turn"].reason == "new; waits for the clip of opening"
    assert found["turn"].waits_for == (Slot("opening"),)
    assert found["close"].waits_for == (Slot("turn"),)
    assert not found["opening"].waits_for


def test_a_shot_whose_source_is_collected_is_bought_with_the_hash_of_that_clip() -> None:
    clip = collected(OPENING)
    found = planned(OPENING, framed(), ledger=(clip,))["turn"]

    assert (found.action, found.waits_for, found.reason) == (Action.SUBMIT, (), "new")
    assert found.checked is not None
    assert found.checked.digest == closed(framed(), clip).digest
    assert found.checked.request["first_frame"] == {
        "clip": f"sha256:{output_of(clip).sha256}",
        "frame": "last",
    }


def test_a_collected_shot_is_kept_as_long_as_its_source_is_the_same() -> None:
    clip = collected(OPENING)
    mine = collected(closed(framed(), clip))

    assert planned(OPENING, framed(), ledger=(clip, mine))["turn"].attempt == mine.id


def test_another_moment_of_the_same_clip_is_another_request() -> None:
    clip = collected(OPENING)
    mine = collected(closed(framed(), clip))
    other = framed(FrameSource(shot="opening", at=Decimal("2.5")))

    found = planned(OPENING, other, ledger=(clip, mine))["turn"]

    assert found.action is Action.STALE
    assert "first_frame" in found.reason or "changed" in found.reason


def test_a_source_rendered_anew_makes_its_dependents_stale_and_buys_none() -> None:
    first = collected(OPENING)
    mine = collected(closed(framed(), first))
    second = collected(changed(OPENING, prompt="edited"), after=first)
    edited = one(prompt="edited")

    found = planned(edited, framed(), ledger=(first, mine, second))

    assert (found["opening"].action, found["turn"].action) == (Action.KEEP, Action.STALE)


def test_a_dependent_that_has_a_clip_is_not_bought_in_the_run_that_changes_its_source() -> None:
    first = collected(OPENING)
    mine = collected(closed(framed(), first))

    found = planned(one(prompt="edited"), framed(), ledger=(first, mine), stale=True)

    assert (found["opening"].action, found["turn"].action) == (Action.SUBMIT, Action.KEEP)


def test_a_changed_dependent_of_a_changed_source_waits_for_the_new_clip() -> None:
    first = collected(OPENING)
    mine = collected(closed(framed(), first))

    found = planned(
        one(prompt="edited"), framed(prompt="edited too"), ledger=(first, mine), stale=True
    )

    assert (found["turn"].action, found["turn"].waits_for) == (Action.SUBMIT, (Slot("opening"),))


def test_a_stale_source_is_a_source_as_it_is() -> None:
    clip = collected(OPENING)
    edited = one(prompt="edited")

    found = planned(edited, framed(), ledger=(clip,))

    assert found["opening"].action is Action.STALE
    assert found["turn"].checked is not None
    assert found["turn"].checked.digest == closed(framed(), clip).digest


def test_a_task_of_the_source_under_way_is_waited_for() -> None:
    running = attempt(OPENING, task=TaskState.RUNNING)

    assert planned(OPENING, framed(), ledger=(running,))["turn"].waits_for == (Slot("opening"),)


@pytest.mark.parametrize(
    ("facts", "changes", "why"),
    [
        ({"task": TaskState.FAILED}, {}, "which failed"),
        ({"send": SendState.NOT_CREATED, "refusal": "no"}, {}, "which failed"),
        ({"send": SendState.IN_DOUBT}, {}, "which is in doubt"),
        ({"send": SendState.IN_DOUBT, "abandoned": ON}, {}, "which is left out"),
        (None, {"skip": True}, "which is left out"),
    ],
)
def test_a_source_that_will_not_come_blocks_its_dependents(
    facts: dict[str, Any] | None, changes: dict[str, Any], why: str
) -> None:
    ledger = () if facts is None else (attempt(OPENING, **facts),)

    found = planned(one(**changes), framed(), ledger=ledger)["turn"]

    assert (found.action, found.reason) == (Action.BLOCKED, f"needs a frame of opening, {why}")
    assert not found.costs


def test_a_source_that_is_blocked_itself_blocks_its_dependents() -> None:
    running = attempt(OPENING, task=TaskState.RUNNING)

    found = planned(OPENING, framed(), ledger=(running,), endpoint=LOCAL)["turn"]

    assert (found.action, found.reason) == (
        Action.BLOCKED,
        "needs a frame of opening, which is blocked itself",
    )


def test_a_skipped_source_with_a_clip_is_a_source() -> None:
    clip = collected(OPENING)

    assert planned(one(skip=True), framed(), ledger=(clip,))["turn"].action is Action.SUBMIT


def test_a_source_that_is_not_selected_is_not_waited_for() -> None:
    batch = a_batch(OPENING.shot, framed().shot)
    found = plan_batch(batch, a_ledger(), asked(), wanted=frozenset({Slot("turn")}))

    assert [(step.action, step.reason) for step in found.steps] == [
        (Action.BLOCKED, "needs a frame of opening, which this run does not buy")
    ]


def test_a_source_that_is_not_selected_but_collected_will_do() -> None:
    batch = a_batch(OPENING.shot, framed().shot)
    ledger = a_ledger(collected(OPENING))

    found = plan_batch(batch, ledger, asked(), wanted=frozenset({Slot("turn")}))

    assert [step.action for step in found.steps] == [Action.SUBMIT]


def test_a_source_whose_clip_is_gone_is_fetched_first_and_keeps_what_was_made_of_it() -> None:
    clip = collected(OPENING)
    mine = collected(closed(framed(), clip))
    here = output_of(mine)

    found = planned(
        OPENING,
        framed(),
        framed(name="close"),
        ledger=(clip, mine),
        clip_exists=lambda output: output == here,
    )

    assert found["opening"].action is Action.COLLECT
    assert found["turn"].action is Action.KEEP


def test_a_stale_source_whose_clip_is_fetched_again_is_waited_for() -> None:
    film = (one(prompt="edited"), framed())
    not_here = {"ledger": (collected(OPENING),), "clip_exists": lambda output: False}

    found = planned(*film, **not_here)
    lost = planned(*film, **not_here, expired=lambda attempt, key: "expired: long ago")

    assert found["opening"].action is Action.STALE
    assert found["turn"].waits_for == (Slot("opening"),)
    assert lost["turn"].reason == "needs a frame of opening, whose clip is not here"


def test_a_rehearsed_clip_is_no_source_of_what_has_to_be_paid_for() -> None:
    rehearsed = collected(OPENING, endpoint=LOCAL)

    found = planned(OPENING, framed(), ledger=(rehearsed,))
    there = planned(OPENING, framed(), ledger=(rehearsed,), endpoint=LOCAL)

    assert found["turn"].waits_for == (Slot("opening"),)
    assert (there["turn"].action, there["turn"].waits_for) == (Action.SUBMIT, ())


def test_a_renamed_sources_clip_is_still_its_own() -> None:
    clip = collected(OPENING)
    dock = one("dock", prompt="opening", was="opening")
    mine = collected(closed(framed(), clip))

    found = planned(dock, framed(FrameSource(shot="dock")), ledger=(clip, mine))

    assert found["turn"].action is Action.KEEP


def test_a_twins_clip_stands_for_a_source_that_is_kept_by_it() -> None:
    twin = one("twin", prompt="opening")
    clip = collected(OPENING)

    found = planned(OPENING, twin, framed(FrameSource(shot="twin")), ledger=(clip,))

    assert found["turn"].checked is not None
    assert found["turn"].checked.digest == closed(framed(FrameSource(shot="twin")), clip).digest


def test_the_take_that_is_named_counts_else_the_picked_one_else_the_first() -> None:
    takes = [a_shot("opening", slot=Slot("opening", "", n), target=f"{n}.mp4") for n in (1, 2, 3)]
    batch = a_batch(
        *takes, framed().shot, framed(FrameSource(shot="opening", take=3), "close").shot
    )
    clips = [collected(checked) for checked in batch.shots[:3]]
    picked = collected(batch.shots[1], picked=Mark("2026-11-22T12:00:00Z", "me", on=True))

    def sources(*ledger: Attempt) -> list[object]:
        found = plan_batch(batch, a_ledger(*ledger), asked()).steps[3:]
        requests = [step.checked.request["first_frame"] for step in found if step.checked]
        return [request["clip"] for request in requests if isinstance(request, dict)]

    def of(*made: Attempt) -> list[str]:
        return [f"sha256:{output_of(each).sha256}" for each in made]

    assert sources(*clips) == of(clips[0], clips[2])
    assert sources(clips[0], picked, clips[2]) == of(picked, clips[2])


def test_each_profile_takes_frames_of_its_own_clips() -> None:
    draft = a_shot("opening", slot=Slot("opening", "draft"))
    mine = framed(slot=Slot("turn", "draft")).shot
    final = collected(one("opening", slot=Slot("opening", "final"), mode="pro"))

    found = steps(plan_of(a_batch(draft, mine), final))

    assert found["turn [draft]"].waits_for == (Slot("opening", "draft"),)


def test_a_granted_attempt_waits_as_well() -> None:
    clip = collected(OPENING, granted=ON)
    mine = collected(closed(framed(), clip), granted=ON)

    found = planned(OPENING, framed(), ledger=(clip, mine))

    assert (found["turn"].action, found["turn"].waits_for) == (Action.SUBMIT, (Slot("opening"),))
    assert found["turn"].after == mine.id


def test_a_locked_dependent_is_kept_whatever_becomes_of_its_source() -> None:
    clip = collected(OPENING)
    mine = collected(closed(framed(), clip))

    found = planned(one(prompt="edited"), framed(locked=True), ledger=(clip, mine), stale=True)

    assert found["turn"].action is Action.KEEP


def test_both_frames_may_be_of_other_shots() -> None:
    images = tuple(
        ImageRef(source=FrameSource(shot=name), use=use, place=HERE)
        for name, use in (("opening", "first_frame"), ("ending", "end_frame"))
    )
    both = one("turn", images=images, aspect_ratio=None)
    clip = collected(OPENING)

    found = planned(OPENING, one("ending"), both, ledger=(clip,))

    assert found["turn"].waits_for == (Slot("ending"),)


def test_a_ring_in_a_batch_made_by_hand_is_never_bought() -> None:
    found = planned(
        framed(FrameSource(shot="close"), "turn"), framed(FrameSource(shot="turn"), "close")
    )

    assert Action.BLOCKED in {step.action for step in found.values()}
    assert not any(step.costs and not step.waits_for for step in found.values())


def test_a_source_that_the_batch_does_not_have_blocks() -> None:
    assert planned(framed())["turn"].reason == "needs a frame of opening, which is not in the film"


def test_status_closes_what_it_can() -> None:
    clip = collected(OPENING)
    batch = a_batch(OPENING.shot, framed().shot, framed(FrameSource(shot="turn"), "close").shot)

    found = closed_shots(batch.shots, {Slot("opening"): [clip]}, clip_at)

    assert found[Slot("turn")].digest == closed(framed(), clip).digest
    assert [each.is_open for each in found.values()] == [False, False, True]


def test_a_chain_of_thousands_is_planned_without_recursion() -> None:
    links = [framed(FrameSource(shot=f"s{n:04d}"), f"s{n + 1:04d}").shot for n in range(3000)]
    found = plan_of(a_batch(*reversed(links), a_shot("s0000")))

    assert len(found.submits) == 3001
    assert sum(not step.waits_for for step in found.submits) == 1


def test_of_two_clips_of_one_request_the_one_that_is_here_is_the_source() -> None:
    first = collected(OPENING)
    second = collected(OPENING, after=first)
    here = output_of(first)

    found = planned(
        OPENING, framed(), ledger=(first, second), clip_exists=lambda output: output == here
    )

    assert found["opening"].attempt == first.id
    assert found["turn"].checked is not None
    assert found["turn"].checked.digest == closed(framed(), first).digest
