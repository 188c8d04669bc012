"""The words of drift, from what is recorded, what a plan says, and what is on the disk."""

import pytest

from omnibatch.ledger import Attempt, SendState, TaskState
from omnibatch.plan import Action, Asked, ClipFile, Drift, Step, drifts_of

from .samples import ENDPOINT, LOCAL, ON, attempt, collected, one

OPENING = one()
CLIP = collected(OPENING)
RUNNING = attempt(OPENING, task=TaskState.RUNNING)
SUCCEEDED = attempt(OPENING, task=TaskState.SUCCEEDED)
DOUBT = attempt(OPENING, send=SendState.IN_DOUBT)
ELSEWHERE = "http://127.0.0.1:1"


def drift(
    of: Attempt,
    action: Action = Action.KEEP,
    clip: ClipFile | None = None,
    *,
    endpoint: str = ENDPOINT,
    is_orphan: bool = False,
    is_expired: bool = False,
) -> list[Drift]:
    asked = Asked(
        endpoints={"apimodels": endpoint},
        can_look_up=lambda name: False,
        clip_exists=lambda output: clip is not ClipFile.MISSING,
        expired=lambda attempt, key: "expired" if is_expired else "",
    )
    step = Step(slot=of.slot, action=action, reason="")
    found = drifts_of(of, step, asked, clip=clip, is_orphan=is_orphan)
    return list(found)


def test_a_clip_that_is_as_it_was_has_not_drifted() -> None:
    assert drift(CLIP, clip=ClipFile.SAME) == []


def test_a_clip_that_is_not_here_is_missing_expired_or_lost() -> None:
    gone = ClipFile.MISSING

    assert drift(CLIP, clip=gone) == [Drift.MISSING]
    assert drift(CLIP, clip=gone, is_expired=True) == [Drift.EXPIRED]
    assert drift(CLIP, clip=gone, endpoint=ELSEWHERE) == [Drift.LOST]
    assert drift(CLIP, clip=gone, endpoint=ELSEWHERE, is_expired=True) == [Drift.EXPIRED]


def test_a_clip_that_is_here_cannot_expire() -> None:
    assert drift(CLIP, clip=ClipFile.SAME, is_expired=True) == []
    assert drift(CLIP, clip=ClipFile.EDITED, is_expired=True) == [Drift.EDITED]


def test_a_doubt_is_lost_until_somebody_has_decided() -> None:
    granted = attempt(OPENING, send=SendState.IN_DOUBT, granted=ON)
    abandoned = attempt(OPENING, send=SendState.IN_DOUBT, abandoned=ON)

    assert drift(DOUBT, Action.DECIDE) == [Drift.LOST]
    assert drift(DOUBT, Action.RECONCILE) == [Drift.LOST]
    assert drift(granted, Action.SUBMIT) == []
    assert drift(abandoned, Action.SKIP) == []


@pytest.mark.parametrize("under_way", [RUNNING, SUCCEEDED])
def test_what_renders_is_lost_only_where_nobody_can_ask_for_it(under_way: Attempt) -> None:
    assert drift(under_way, Action.RESUME) == []
    assert drift(under_way, Action.BLOCKED, endpoint=ELSEWHERE) == [Drift.LOST]


def test_what_was_never_fetched_expires_too() -> None:
    assert drift(SUCCEEDED, Action.COLLECT, is_expired=True) == [Drift.EXPIRED]
    assert drift(RUNNING, Action.LOST, is_expired=True) == [Drift.EXPIRED]


def test_what_was_made_elsewhere_is_asked_about_here_and_neither_lost_nor_expired() -> None:
    moved = "https://moved.example"

    assert drift(RUNNING, Action.RESUME, endpoint=moved) == []
    assert drift(CLIP, Action.COLLECT, ClipFile.MISSING, endpoint=moved, is_expired=True) == [
        Drift.MISSING
    ]


def test_what_was_made_on_this_machine_is_never_lost() -> None:
    for made in (
        attempt(OPENING, task=TaskState.RUNNING, endpoint=LOCAL),
        attempt(OPENING, task=TaskState.SUCCEEDED, endpoint=LOCAL),
    ):
        assert drift(made, Action.SUBMIT) == []
    assert drift(collected(OPENING, endpoint=LOCAL), Action.SUBMIT, ClipFile.MISSING) == []


def test_a_slot_may_have_drifted_several_times_and_the_most_urgent_comes_first() -> None:
    assert drift(CLIP, Action.STALE, ClipFile.SAME) == [Drift.STALE]
    assert drift(CLIP, Action.STALE, ClipFile.EDITED) == [Drift.EDITED, Drift.STALE]
    assert drift(CLIP, Action.STALE, ClipFile.MISSING) == [Drift.MISSING, Drift.STALE]


def test_of_an_orphan_neither_clip_nor_request_is_told() -> None:
    assert drift(CLIP, Action.STALE, ClipFile.MISSING, is_orphan=True) == [Drift.ORPHAN]
    assert drift(DOUBT, Action.DECIDE, is_orphan=True) == [Drift.LOST, Drift.ORPHAN]
    assert drift(RUNNING, Action.ORPHAN, is_orphan=True) == [Drift.ORPHAN]
