"""The clock is set back a day, or an hour forward: what was recorded means the same."""

from dataclasses import replace
from pathlib import Path

import pytest

from omnibatch.ledger import (
    Attempt,
    Book,
    SendState,
    State,
    TaskState,
    abandon,
    grant,
    is_granted,
    read_ledger,
    state_of,
)
from omnibatch.plan import tip_of

from .samples import a_place, an_id, an_intent, draw, made, sent

CLOCKS = {
    "back": ("2026-11-22T10:00:00Z", "2026-11-21T10:00:00Z"),
    "forward": ("2026-11-22T10:00:00Z", "2026-11-22T11:00:00Z"),
}
jumping = pytest.mark.parametrize("clock", CLOCKS.values(), ids=CLOCKS)


def book_at(folder: Path, time: str) -> Book:
    return Book.open(a_place(folder), name="harbor", now=lambda: time, randomness=draw)


@jumping
def test_a_run_after_the_clock_was_set_knows_all_that_one_before_it_did(
    tmp_path: Path, clock: tuple[str, str]
) -> None:
    for number, time in enumerate(clock):
        with book_at(tmp_path, time) as book:
            book.begin_buying(time)
            book.record_now(sent(number))
            book.record_now(made(number, TaskState.COLLECTED))
            if number:
                book.close()  # the first one was killed

    known = read_ledger(a_place(tmp_path), whole=True)
    assert known.open is None
    assert {state_of(attempt) for attempt in known.attempts.values()} == {State.COLLECTED}
    assert len(known.attempts) == 2


@jumping
def test_the_last_attempt_of_a_slot_is_the_one_made_after_the_other(clock: tuple[str, str]) -> None:
    first = replace(made(1), intent=replace(an_intent(), intended_at=clock[0]))
    second = replace(made(2), intent=replace(an_intent(), after=an_id(1), intended_at=clock[1]))

    assert tip_of([first, second]) == tip_of([second, first]) == second


@jumping
def test_of_two_decisions_on_one_machine_the_later_one_counts(
    tmp_path: Path, clock: tuple[str, str]
) -> None:
    doubt = sent(1, SendState.IN_DOUBT)
    with book_at(tmp_path, clock[0]) as book:
        book.record_now(doubt)
        book.record_now(abandon(book.attempts[doubt.id], now=clock[0], by=book.writer))
        book.close()
    with book_at(tmp_path, clock[1]) as book:
        assert state_of(book.attempts[doubt.id]) is State.ABANDONED
        book.record_now(grant(book.attempts[doubt.id], now=clock[1], by=book.writer))
        book.close()

    held: Attempt = read_ledger(a_place(tmp_path)).attempts[doubt.id]
    assert is_granted(held)
    assert state_of(held) is not State.ABANDONED
