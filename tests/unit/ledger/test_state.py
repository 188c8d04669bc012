"""The state words, and what may be asked of an attempt."""

import pytest

from omnibatch.ledger import (
    Attempt,
    Mark,
    SendKey,
    SendState,
    State,
    Task,
    TaskKey,
    TaskState,
    best_task,
    doubtful_sends,
    is_granted,
    may_have_cost,
    next_send_number,
    state_of,
)

from .samples import NOW, an_id

ON = Mark(NOW, "aaaaaaaa", True)
OFF = Mark(NOW, "aaaaaaaa", False)


def an_attempt(
    sends: str = "",
    tasks: str = "",
    refusal: str | None = None,
    abandoned: Mark | None = None,
    granted: Mark | None = None,
) -> Attempt:
    return Attempt(
        id=an_id(1),
        sends={
            SendKey(number, "aaaaaaaa"): SendState[word.upper()]
            for number, word in enumerate(sends.split(), start=1)
        },
        tasks={
            TaskKey("apimodels", "a1b2c3", f"clx{number}"): Task(state=TaskState[word.upper()])
            for number, word in enumerate(tasks.split(), start=1)
        },
        refusal=refusal,
        abandoned=abandoned,
        granted=granted,
    )


@pytest.mark.parametrize(
    ("attempt", "state"),
    [
        (an_attempt(), State.RELEASED),
        (an_attempt("not_created"), State.RELEASED),
        (an_attempt("not_created not_created"), State.RELEASED),
        (an_attempt("open"), State.UNCONFIRMED),
        (an_attempt("in_doubt"), State.UNCONFIRMED),
        (an_attempt("not_created open"), State.UNCONFIRMED),
        (an_attempt("in_doubt not_created"), State.UNCONFIRMED),
        (an_attempt("created"), State.UNCONFIRMED),  # its id is not known here
        (an_attempt("not_created", refusal="no"), State.REFUSED),
        (an_attempt("in_doubt not_created", refusal="no"), State.UNCONFIRMED),
        (an_attempt(refusal=""), State.REFUSED),
        (an_attempt("created", "running"), State.RUNNING),
        (an_attempt("created", "succeeded"), State.SUCCEEDED),
        (an_attempt("created", "collected"), State.COLLECTED),
        (an_attempt("created", "failed"), State.FAILED),
        (an_attempt("created created", "failed running"), State.RUNNING),
        (an_attempt("created created", "succeeded running"), State.SUCCEEDED),
        (an_attempt("created created", "collected failed"), State.COLLECTED),
        (an_attempt("in_doubt", abandoned=ON), State.ABANDONED),
        (an_attempt("in_doubt", abandoned=OFF), State.UNCONFIRMED),
        (an_attempt("created", "failed", abandoned=ON), State.ABANDONED),
        (an_attempt("created", "running", abandoned=ON), State.ABANDONED),  # it may never end
        (an_attempt("created", "collected", abandoned=ON), State.COLLECTED),
    ],
)
def test_state_follows_from_the_facts(attempt: Attempt, state: State) -> None:
    assert state_of(attempt) is state


def test_every_state_word_is_reached_by_the_designs_names() -> None:
    assert {state.value for state in State} == {
        *("released", "unconfirmed", "running", "succeeded"),
        *("collected", "failed", "refused", "abandoned"),
    }


@pytest.mark.parametrize(
    ("attempt", "cost"),
    [
        (an_attempt(), False),
        (an_attempt("not_created"), False),
        (an_attempt("open"), True),
        (an_attempt("in_doubt", abandoned=ON), True),
        (an_attempt("created", "failed"), True),
        (an_attempt("", "running"), True),
    ],
)
def test_money_may_have_gone_unless_nothing_was_certainly_created(
    attempt: Attempt, cost: bool
) -> None:
    assert may_have_cost(attempt) is cost


def test_doubts_are_open_and_lost_sends_alone() -> None:
    attempt = an_attempt("created open not_created in_doubt")

    assert [key.number for key in doubtful_sends(attempt)] == [2, 4]


def test_the_next_send_counts_from_the_highest_of_any_writer() -> None:
    attempt = Attempt(
        id=an_id(1),
        sends={
            SendKey(7, "bbbbbbbb"): SendState.NOT_CREATED,
            SendKey(2, "aaaaaaaa"): SendState.NOT_CREATED,
        },
    )

    assert next_send_number(attempt) == 8
    assert next_send_number(an_attempt()) == 1


def test_of_equal_tasks_the_same_one_speaks_whatever_was_inserted_first() -> None:
    attempt = an_attempt("", "running running")
    turned = Attempt(id=attempt.id, tasks=dict(reversed(list(attempt.tasks.items()))))
    best, again = best_task(attempt), best_task(turned)

    assert best is not None
    assert best == again
    assert best_task(an_attempt()) is None


def test_a_grant_taken_back_is_none() -> None:
    assert is_granted(an_attempt(granted=ON))
    assert not is_granted(an_attempt(granted=OFF))
    assert not is_granted(an_attempt())
