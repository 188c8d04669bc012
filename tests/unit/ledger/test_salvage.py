"""What can be read of a broken lockfile, line by line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnibatch.errors import LedgerTooNew
from omnibatch.ledger import Ledger, encode_lockfile, parse_lockfile, weave
from omnibatch.ledger.join import join_ledgers
from omnibatch.ledger.salvage import salvage

from ...property.strategies import ledgers, steady
from .samples import a_ledger, made


def named(ledger: Ledger) -> bool:
    return bool(ledger.batch)


@steady
@given(ledgers().filter(named))
def test_a_whole_lockfile_is_read_as_it_is(ledger: Ledger) -> None:
    data = encode_lockfile(ledger).encode()

    for spelled in (data, data.replace(b"\n", b"\r\n")):
        found = salvage(spelled)
        assert (found.ledger, found.lost, found.whole) == (ledger, 0, True)


@steady
@given(ledgers().filter(named), ledgers().filter(named))
def test_both_sides_in_one_file_are_joined_with_markers_or_without(
    ours: Ledger, theirs: Ledger
) -> None:
    one, other = (encode_lockfile(ledger).encode() for ledger in (ours, theirs))

    for data in (one + other, weave(one, other), weave(one, other).replace(b"\n=======\n", b"\n")):
        found = salvage(data)
        assert found.ledger == join_ledgers(ours, theirs)
        assert found.whole


@steady
@given(ledgers().filter(named), st.data())
def test_a_file_cut_anywhere_gives_nothing_that_was_not_in_it(
    ledger: Ledger, data: st.DataObject
) -> None:
    whole = encode_lockfile(ledger).encode()
    cut = data.draw(st.integers(0, len(whole) - 3))

    found = salvage(whole[:cut])

    assert found.whole is False
    assert join_ledgers(found.ledger, ledger) == ledger


def test_lines_that_are_damaged_are_counted_and_the_rest_is_read() -> None:
    text = encode_lockfile(a_ledger(made(1), made(2), made(3)))
    first, second = text.index('{"id"'), text.index("clx2")
    data = (text[:first] + "x" + text[first:second] + text[second:]).encode()

    found = salvage(data.replace(b"clx2", b"\xff"))

    assert found.lost == 2
    assert found.ledger.attempts.keys() == a_ledger(made(3)).attempts.keys()
    assert not found.whole


def test_a_later_format_is_not_guessed_at() -> None:
    text = encode_lockfile(a_ledger(made(1))).replace('{"version":1', '{"version":2')

    with pytest.raises(LedgerTooNew):
        salvage(text.encode())


def test_a_character_for_what_could_not_be_decoded_is_text_like_any_other() -> None:
    ledger = Ledger(batch="b-aaaaaaaa", name="\ufffd")

    assert salvage(encode_lockfile(ledger).encode()).ledger == parse_lockfile(
        encode_lockfile(ledger)
    )
