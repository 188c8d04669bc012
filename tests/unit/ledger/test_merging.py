"""Three copies of a lockfile made into one: what is brought back, and which runs are open."""

from dataclasses import replace

import pytest
from hypothesis import given

from omnibatch.errors import LedgerDamaged, LedgerTooNew
from omnibatch.ledger import (
    Attempt,
    Ledger,
    Opening,
    encode_lockfile,
    looks_like_lockfile,
    merge_lockfiles,
    parse_lockfile,
    weave,
)
from omnibatch.ledger.conflict import sides_of
from omnibatch.ledger.join import join_ledgers

from ...property.strategies import ledgers, steady
from .samples import NOW, a_ledger, made

W = "wwwwwwww"
OPEN = Opening(W, NOW)


def merged(base: Ledger | None, ours: Ledger, theirs: Ledger) -> Ledger:
    """The merge, which has to be the same from either side."""
    before, left, right = (
        b"" if x is None else encode_lockfile(x).encode() for x in (base, ours, theirs)
    )
    found = merge_lockfiles(before, left, right)
    assert found == merge_lockfiles(before, right, left)
    assert found.decode() == encode_lockfile(parse_lockfile(found.decode()))
    return parse_lockfile(found.decode())


def opened(*attempts: Attempt, by: str = W) -> Ledger:
    return replace(a_ledger(*attempts), open=Opening(by, NOW))


@steady
@given(ledgers(), ledgers())
def test_a_merge_without_a_base_is_the_join(ours: Ledger, theirs: Ledger) -> None:
    assert merged(None, ours, theirs) == join_ledgers(ours, theirs)


@steady
@given(ledgers(), ledgers(), ledgers())
def test_no_attempt_of_any_copy_is_forgotten(base: Ledger, ours: Ledger, theirs: Ledger) -> None:
    found = merged(base, ours, theirs)

    everything = join_ledgers(join_ledgers(base, ours), theirs)
    assert found.attempts == everything.attempts
    assert found.requests == everything.requests


def test_what_both_sides_have_lost_the_base_brings_back() -> None:
    assert merged(a_ledger(made(1), made(2)), a_ledger(made(1)), a_ledger()).attempts.keys() == (
        a_ledger(made(1), made(2)).attempts.keys()
    )


def test_a_run_that_one_side_knows_to_have_ended_is_open_no_more() -> None:
    """Another machine pulls the lockfile of a killed run, and later that of its end."""
    ended = a_ledger(made(1), made(2, writer=W))

    assert merged(opened(made(1)), opened(made(1), made(3)), ended).open is None


def test_a_run_that_both_sides_know_to_have_ended_is_open_no_more() -> None:
    assert merged(opened(), a_ledger(made(1, writer=W)), a_ledger(made(1, writer=W))).open is None


def test_a_run_that_began_on_one_side_is_open() -> None:
    assert merged(a_ledger(made(1)), a_ledger(made(1), made(2)), opened(made(1))).open == OPEN


def test_a_reverted_commit_ends_no_run() -> None:
    """The side of the revert knows no more than what was before."""
    base, ours = opened(made(1)), opened(made(1), made(3))

    assert merged(base, ours, a_ledger(made(1))).open == OPEN
    assert merged(base, ours, a_ledger()).open == OPEN


def test_a_run_given_up_on_one_side_that_goes_on_at_the_other_is_open() -> None:
    base = opened(made(1))
    given_up = a_ledger(made(1), made(4))

    assert merged(base, given_up, opened(made(1), made(2, writer=W))).open == OPEN


def test_of_two_runs_that_were_open_the_ended_one_is_taken_away() -> None:
    both = "uuuuuuuu+" + W
    ended = opened(made(1, writer=W), by="uuuuuuuu")

    assert merged(opened(by=both), opened(made(3), by=both), ended).open == Opening("uuuuuuuu", NOW)


def test_a_base_that_cannot_be_read_adds_nothing() -> None:
    ours, theirs = (encode_lockfile(a_ledger(made(n))).encode() for n in (1, 2))

    found = merge_lockfiles(b"<<<<<<< \n\xff", ours, theirs)

    assert parse_lockfile(found.decode()) == a_ledger(made(1), made(2))


@pytest.mark.parametrize("side", ["ours", "theirs"])
def test_a_side_that_cannot_be_read_is_named(side: str) -> None:
    whole = encode_lockfile(a_ledger(made(1))).encode()
    for text, error in (
        (b"\xff", LedgerDamaged),
        (b"{}", LedgerDamaged),
        (whole.replace(b'{"version":1', b'{"version":9'), LedgerTooNew),
    ):
        sides = {"ours": whole, "theirs": whole} | {side: text}
        with pytest.raises(error, match=f"^{side} "):
            merge_lockfiles(b"", **sides)


SIDES = [
    b"",
    b"one\n",
    b"no end",
    b"<<<<<<< a\nx\n=======\ny\n>>>>>>> b\n",
    b"=========== \n",
    b"\xff\n",
]


@pytest.mark.parametrize("ours", SIDES)
@pytest.mark.parametrize("theirs", SIDES)
def test_a_woven_file_gives_back_both_sides(ours: bytes, theirs: bytes) -> None:
    woven = weave(ours, theirs).decode(errors="surrogateescape")

    found = [side.encode(errors="surrogateescape") for side in sides_of(woven)]

    assert [side.rstrip(b"\n") for side in found] == [ours.rstrip(b"\n"), theirs.rstrip(b"\n")]
    assert ours in weave(ours, theirs)
    assert theirs in weave(ours, theirs)


def test_conflicts_within_conflicts_are_read_to_a_depth_and_then_refused() -> None:
    text = encode_lockfile(a_ledger(made(0))).encode()
    for number in range(1, 17):
        text = weave(encode_lockfile(a_ledger(made(number))).encode(), text)
    assert len(parse_lockfile(text.decode()).attempts) == 17

    with pytest.raises(LedgerDamaged, match="16 deep"):
        parse_lockfile(weave(text, text).decode())


def test_lockfiles_of_other_programs_are_told_apart() -> None:
    assert looks_like_lockfile(encode_lockfile(Ledger()).encode())
    assert not looks_like_lockfile(b'{"name":"x","lockfileVersion":3,"packages":{}}')
    assert not looks_like_lockfile(b"")
