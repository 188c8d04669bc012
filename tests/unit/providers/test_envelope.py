"""Opening a reply's wrappers without ever raising."""

import json
from typing import Any

import pytest

from omnibatch.providers.envelope import (
    BODY_LIMIT,
    Envelope,
    open_envelope,
    task_id_in,
    word_of,
)


def opened(value: Any) -> Envelope:
    return open_envelope(json.dumps(value).encode())


def test_layers_follow_data_outermost_first_to_three_levels() -> None:
    envelope = opened({"n": 0, "data": {"n": 1, "data": {"n": 2, "data": {"n": 3, "data": {}}}}})

    assert [layer["n"] for layer in envelope.layers] == [0, 1, 2, 3]


def test_a_list_of_one_reads_like_its_only_row() -> None:
    envelope = opened({"data": [{"task_id": "a"}]})

    assert [layer.get("task_id") for layer in envelope.layers] == [None, "a"]


def test_a_list_of_several_is_no_layer_but_rows() -> None:
    envelope = opened({"data": [{"task_id": "a"}, {"task_id": "b"}, 3]})

    assert len(envelope.layers) == 1
    assert [row["task_id"] for row in envelope.rows] == ["a", "b"]


@pytest.mark.parametrize("body", [b"", b"null", b"[1]", b"3", b'"x"', b"{", b"<html>", b"\xff"])
def test_what_is_no_json_object_is_not_readable(body: bytes) -> None:
    assert not open_envelope(body).readable


def test_a_body_at_the_limit_is_read_and_one_above_is_not() -> None:
    body = b'{"code":0}'.ljust(BODY_LIMIT)

    assert open_envelope(body).readable
    assert not open_envelope(body + b" ").readable
    assert str(BODY_LIMIT + 1) in open_envelope(body + b" ").words


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"error": {"message": "E"}, "message": "M"}, "E"),
        ({"error": "flat"}, "flat"),
        ({"code": 1, "message": "M"}, "M"),
        ({"code": 1, "msg": "m"}, "m"),
        ({"message": "SUCCEED", "data": {"task_status_msg": "pixel"}}, "pixel"),
        ({"msg": "success", "data": {"failMsg": "policy"}}, "policy"),
        ({"code": "success", "data": {"error": {"message": "inner", "code": "x"}}}, "inner"),
        ({"message": "", "msg": " \t", "detail": "D"}, "D"),
        ({"message": {"en": "no text"}}, ""),
        ({}, ""),
    ],
)
def test_words_are_found_in_every_documented_shape(body: Any, words: str) -> None:
    assert opened(body).words == words


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"upstream connect error", "upstream connect error"),
        (b"<html><head><title>502 Bad Gateway</title>...", "a web page: 502 Bad Gateway"),
        (b"<!doctype html><p>hello", "a web page"),
        (b"", ""),
    ],
)
def test_words_of_a_body_that_is_no_json(body: bytes, words: str) -> None:
    assert open_envelope(body).words == words


def test_the_errors_own_code_comes_before_the_wrappers() -> None:
    envelope = opened({"code": 500, "error": {"code": "invalid_request"}})

    assert envelope.codes == ("invalid_request", "500")


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (0, "0"),
        ("0", "0"),
        (0.0, "0"),
        (" SUCCESS ", "success"),
        (1.5, "1.5"),
        (True, ""),
        (None, ""),
        ([], ""),
        (float("inf"), "inf"),
    ],
)
def test_a_code_is_one_word_however_it_is_typed(value: object, word: str) -> None:
    assert word_of(value) == word


def test_the_first_place_that_holds_anything_decides_the_id() -> None:
    empty, odd, good = {"id": None}, {"id": "not an id"}, {"id": "t-1"}

    assert task_id_in([(empty, "id"), (good, "id")]) == "t-1"
    assert task_id_in([(odd, "id"), (good, "id")]) is None
    assert task_id_in([]) is None
