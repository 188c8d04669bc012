"""Attempts are told by time, and within one second as one followed the other."""

from dataclasses import replace
from itertools import permutations

from omnibatch.ledger import Attempt, AttemptId, Ledger, encode_lockfile, order_of, parse_lockfile

from .samples import NOW as EARLY
from .samples import an_intent

LATE = "2026-11-22T10:00:01Z"


def attempt(name: str, after: str | None = None, at: str = EARLY) -> Attempt:
    follows = None if after is None else an_id(after)
    return Attempt(id=an_id(name), intent=replace(an_intent(), after=follows, intended_at=at))


def an_id(letter: str) -> AttemptId:
    return AttemptId(f"ob-{letter * 26}")


def names(*attempts: Attempt) -> str:
    return "".join(each.id[-1] for each in sorted(attempts, key=order_of(attempts)))


def test_within_one_second_each_stands_after_the_one_it_followed() -> None:
    chain = [attempt("c"), attempt("b", "c"), attempt("a", "b")]

    assert {names(*order) for order in permutations(chain)} == {"cba"}


def test_time_comes_first() -> None:
    assert names(attempt("b", at=LATE), attempt("c"), attempt("a", "c", at=LATE)) == "cba"


def test_what_followed_nothing_here_is_sorted_by_id() -> None:
    assert names(attempt("b"), attempt("a"), attempt("c", "z")) == "abc"


def test_a_ring_that_somebody_wrote_has_one_order() -> None:
    ring = [attempt("a", "c"), attempt("b", "a"), attempt("c", "b"), attempt("d", "c")]

    assert len({names(*order) for order in permutations(ring)}) == 1


def test_a_lockfile_is_written_in_that_order() -> None:
    chain = [attempt("c"), attempt("b", "c"), attempt("a", "b")]
    ledger = Ledger(batch="b-1", attempts={each.id: each for each in reversed(chain)})

    text = encode_lockfile(ledger)

    assert list(parse_lockfile(text).attempts) == [each.id for each in chain]
