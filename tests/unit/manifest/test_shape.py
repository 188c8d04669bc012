"""The judge: what it takes, what it says, and that its memory changes nothing."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omnibatch.manifest import codes, nodes
from omnibatch.manifest.shape import judging as shape
from omnibatch.manifest.shape.judging import Verdict, judge, judge_shot
from omnibatch.manifest.shape.plain import plain, read_yes_no
from omnibatch.manifest.text.reader import read_yaml

HEAD = "version: 1\nprovider: apimodels\n"
# A judge without memories.
LAW = shape._Judge()


def _node(text: str) -> nodes.Node:
    node = read_yaml(text.encode(), "m.yaml").node
    assert node is not None
    return node


def _shots(text: str) -> list[Verdict]:
    manifest = _node(text)
    shots = manifest.get("shots") if isinstance(manifest, nodes.Mapping) else None
    return [judge_shot(shot) for shot in (shots.items if isinstance(shots, nodes.Sequence) else ())]


def _said(text: str) -> list[str]:
    found = (judge(_node(text), "manifest"), *_shots(text))
    return [f"{each.code} {each.message}" for verdict in found for each in verdict.problems]


def test_text_is_what_was_written_where_text_is_meant() -> None:
    assert _said(HEAD + "shots: [{id: 010, prompt: 1e3, note: off, tags: [2024-01-01, 5]}]") == []


@pytest.mark.parametrize("word", ["true", "FALSE", "Yes", "no", "ON", "off", '"yes"'])
def test_yes_and_no_are_read_in_every_spelling(word: str) -> None:
    assert _said(HEAD + f"shots: [{{id: a, prompt: b, skip: {word}}}]") == []
    assert read_yes_no(word.strip('"')) is not None


@pytest.mark.parametrize("seconds", ["5", "5s", '"5"', "'10s'", '"{{ seconds }}"'])
def test_duration_is_read_in_every_spelling(seconds: str) -> None:
    assert _said(HEAD + f"shots: [{{id: a, prompt: b, duration: {seconds}}}]") == []


def test_problems_of_all_shots_are_found_at_once() -> None:
    text = HEAD + "shots: [{id: a, promt: x}, {id: b, prompt: x, mode: best}, {id: c, prompt: x}]"

    found = _shots(text)

    assert [e.code for each in found for e in each.problems] == [
        codes.UNKNOWN_KEY,
        codes.WRONG_VALUE,
    ]
    assert [each.bad_keys for each in found] == [{"promt"}, {"mode"}, frozenset()]


def test_missing_key_is_not_reported_beside_its_misspelling() -> None:
    assert _said(HEAD + "shots: [{id: a, promt: x}]") == ["OB201 there is no key promt"]


def test_nothing_where_text_is_meant_is_a_problem() -> None:
    assert _said(HEAD + "shots: [{id: a, prompt: }]") == ["OB206 prompt is empty"]
    assert _said(HEAD + 'shots: [{id: a, prompt: "null"}]') == []


@pytest.mark.parametrize(
    "text", ["just words", "- a list", "version: 1", "{}", "version: 1\nshots: {}"]
)
def test_what_is_no_manifest_is_said_to_be_none(text: str) -> None:
    assert _said(text) != []


def test_numbers_and_truth_are_not_taken_for_each_other_by_the_memory() -> None:
    shots = "[{id: a, prompt: b, skip: true}, {id: c, prompt: b, skip: 1}, {id: d, prompt: b, skip: yes}]"

    assert [each.bad_keys for each in _shots(HEAD + f"shots: {shots}")] == [set(), {"skip"}, set()]


_VALUES = st.sampled_from(
    [
        "a",
        "5",
        "5s",
        "0",
        "std",
        "pro",
        "16:9",
        "yes",
        "off",
        "[]",
        "[a]",
        "[a, a]",
        "{}",
        "auto",
        '"{{ x }}"',
        "~",
        "-1",
        "{image: a.png}",
        "[{prompt: a, duration: 2}]",
        "{a: {b: 1}}",
    ]
)
_KEYS = st.sampled_from(
    [
        "id",
        "prompt",
        "mode",
        "duration",
        "aspect_ratio",
        "sound",
        "tags",
        "skip",
        "extra",
        "references",
        "multi_shot",
        "first_frame",
        "provider",
        "nonsense",
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.dictionaries(_KEYS, _VALUES, min_size=1), min_size=1, max_size=4))
def test_a_shot_is_judged_the_same_alone_and_among_others(shots: list[dict[str, str]]) -> None:
    rows = [
        "{" + ", ".join(f"{key}: {value}" for key, value in shot.items()) + "}" for shot in shots
    ]

    together = [bool(each.problems) for each in _shots(HEAD + f"shots: [{', '.join(rows)}]")]

    assert together == [not LAW.shot.is_valid(_plain_shot(row)) for row in rows]


def _plain_shot(row: str) -> Any:  # JSON data
    return plain(_node(row), LAW.shot_guide)


def test_codes_are_listed_once_each_with_their_meaning() -> None:
    named = {
        value for name, value in vars(codes).items() if name.isupper() and isinstance(value, str)
    }

    assert named == set(codes.MEANINGS)
