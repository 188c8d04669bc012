"""What is written is what is read, whatever stands in its texts."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from omnibatch.ledger import Attempt, Ledger, encode_lockfile, parse_lockfile
from omnibatch.ledger.codec import attempt_from_json, attempt_to_json, canonical, in_order
from omnibatch.ledger.join import join_ledgers
from omnibatch.ledger.lockfile import read_lockfile, write_lockfile
from omnibatch.ledger.records import read_journal, record_line
from omnibatch.ledger.spelling import attempt_line
from omnibatch.schema import load_schema

from .strategies import attempts, ledgers, steady


@steady
@given(attempts())
def test_an_attempt_is_read_as_it_was_written(attempt: Attempt) -> None:
    assert attempt_from_json(json.loads(canonical(attempt_to_json(attempt)))) == attempt


@steady
@given(attempts())
def test_a_line_of_the_lockfile_says_what_the_codec_says(attempt: Attempt) -> None:
    if attempt.intent is not None:
        assert attempt_line(attempt) == in_order(attempt_to_json(attempt))


@steady
@given(ledgers())
def test_a_lockfile_is_read_as_it_was_written(ledger: Ledger) -> None:
    text = encode_lockfile(ledger)

    assert parse_lockfile(text) == ledger
    assert parse_lockfile(text.replace("\n", "\r\n")) == ledger


@steady
@given(ledgers())
def test_a_lockfile_comes_back_from_disk_as_utf8(tmp_path: Path, ledger: Ledger) -> None:
    path = tmp_path / "harbor.lock.json"
    write_lockfile(path, ledger)

    assert read_lockfile(path) == ledger
    assert path.read_bytes().decode("utf-8") == encode_lockfile(ledger)
    assert not write_lockfile(path, ledger)


@steady
@given(ledgers(), st.randoms(use_true_random=False))
def test_the_same_ledger_has_the_same_bytes_whatever_came_first(
    ledger: Ledger, random: Any
) -> None:
    def shuffled(held: Mapping[Any, Any]) -> dict[Any, Any]:
        return dict(random.sample(list(held.items()), len(held)))

    again = Ledger(
        batch=ledger.batch,
        name=ledger.name,
        open=ledger.open,
        requests={d: shuffled(r) for d, r in shuffled(ledger.requests).items()},
        attempts={
            key: Attempt(
                id=a.id,
                intent=a.intent,
                sends=shuffled(a.sends),
                tasks=shuffled(a.tasks),
                refusal=a.refusal,
                abandoned=a.abandoned,
                granted=a.granted,
                picked=a.picked,
            )
            for key, a in shuffled(ledger.attempts).items()
        },
    )

    assert encode_lockfile(again) == encode_lockfile(ledger)


@steady
@given(ledgers())
def test_each_attempt_and_each_request_has_a_line_of_its_own(ledger: Ledger) -> None:
    lines = encode_lockfile(ledger).split("\n")

    assert len(lines) == 6 + len(ledger.requests) + len(ledger.attempts)


@steady
@given(ledgers(), ledgers())
@pytest.mark.parametrize("base", [False, True], ids=["merge", "diff3"])
def test_a_file_in_conflict_as_a_whole_is_the_join_of_both_sides(
    base: bool, a: Ledger, b: Ledger
) -> None:
    middle = "||||||| 1a2b3c4\nwhatever {\n" if base else ""
    woven = (
        f"<<<<<<< HEAD\n{encode_lockfile(a)}{middle}=======\n{encode_lockfile(b)}>>>>>>> theirs\n"
    )

    assert encode_lockfile(parse_lockfile(woven)) == encode_lockfile(join_ledgers(a, b))


@steady
@given(st.lists(attempts(), max_size=4))
def test_a_journal_is_read_as_it_was_written(tmp_path: Path, deltas: list[Attempt]) -> None:
    path = tmp_path / "harbor.journal"
    header = {"journal": 1, "batch": "b-aaaaaaaa", "writer": "aaaaaaaa"}
    records = [{"attempts": [attempt_to_json(delta)]} for delta in deltas]
    path.write_bytes(b"".join(map(record_line, [header, *records])))
    text = read_journal(path)

    assert text is not None
    assert text.torn == b""
    assert [attempt_from_json(r["attempts"][0]) for r in text.records] == deltas


@steady
@given(ledgers())
def test_every_lockfile_keeps_to_its_schema(ledger: Ledger) -> None:
    validator = Draft202012Validator(load_schema("lock"))

    assert not [e.message for e in validator.iter_errors(json.loads(encode_lockfile(ledger)))]
