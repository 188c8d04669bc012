"""Decisions about what a lost run may have bought: attempts that carry one, and nothing else."""

from dataclasses import replace

import pytest

from omnibatch.ledger import (
    Attempt,
    Opening,
    SendState,
    State,
    TaskState,
    askable_doubts,
    lost_send,
    only_carries,
    state_of,
)
from omnibatch.plan import Action, tip_of

from .samples import OFF, ON, attempt, collected, one, step

LOST = lost_send(Opening("k3v7q2xa+p5nw4c6e", "2026-11-22T11:00:00Z"))


def carrier(state: SendState, *, after: Attempt | None = None, **marks: object) -> Attempt:
    return replace(attempt(one(), send=None, after=after, **marks), sends={LOST: state})


def test_what_only_carries_a_decision_is_a_doubt_that_nobody_is_asked_about() -> None:
    granted = carrier(SendState.IN_DOUBT, granted=ON)

    assert only_carries(granted)
    assert state_of(granted) is State.UNCONFIRMED
    assert list(askable_doubts([granted])) == []
    assert not only_carries(attempt(one(), send=SendState.IN_DOUBT))


def test_the_name_of_such_a_send_says_of_which_runs_and_fits_any_number_of_them() -> None:
    many = Opening("+".join(f"aaaaaaa{letter}" for letter in "bcdefg"), LOST.writer)

    assert LOST.writer == "lost-k3v7q2xa-p5nw4c6e"
    assert len(lost_send(many).writer) == 40


@pytest.mark.parametrize("carried_last", [True, False])
def test_what_was_found_speaks_and_not_the_decision_that_it_made_moot(carried_last: bool) -> None:
    moot = carrier(SendState.NOT_CREATED, granted=OFF)
    found = attempt(one(), send=None, task=TaskState.FAILED)
    if carried_last:
        moot, found = (
            replace(moot, intent=found.intent),
            replace(found, intent=moot.intent),
        )

    assert tip_of([moot, found]) == tip_of([found, moot]) == found
    assert step(one(), moot, found).action is Action.FAILED


def test_a_clip_that_turned_up_is_kept_and_one_from_before_is_not_enough() -> None:
    clip = collected(one())

    first = step(one(), clip, carrier(SendState.IN_DOUBT, granted=ON))
    again = step(one(), clip, carrier(SendState.IN_DOUBT, granted=ON, after=clip))

    assert first.action is Action.KEEP
    assert again.action is Action.SUBMIT
