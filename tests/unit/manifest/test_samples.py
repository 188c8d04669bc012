"""Examples in hints: what they show can be copied into a manifest as it is."""

from typing import Any

import pytest

from omnibatch.manifest import nodes
from omnibatch.manifest.shape.samples import as_written, sample_for
from omnibatch.manifest.text.reader import read_yaml
from omnibatch.schema import load_schema


def _examples(rule: Any) -> list[Any]:
    if isinstance(rule, dict):
        own = list(rule.get("examples", ())) if isinstance(rule.get("examples"), list) else []
        return own + [
            each for word, below in rule.items() if word != "examples" for each in _examples(below)
        ]
    return [each for below in rule for each in _examples(below)] if isinstance(rule, list) else []


def _read(node: nodes.Node) -> Any:
    if isinstance(node, nodes.Mapping):
        return {key.text: _read(value) for key, value in node}
    if isinstance(node, nodes.Sequence):
        return [_read(item) for item in node.items]
    return node.text


def _texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _texts(below) for key, below in value.items()}
    if isinstance(value, list):
        return [_texts(below) for below in value]
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def test_every_example_reads_as_it_was_meant() -> None:
    found = _examples(load_schema("manifest"))

    assert len(found) > 50
    for example in found:
        node = read_yaml(f"x: {as_written(example)}\n".encode(), "m.yaml").node
        assert node is not None, example
        assert _read(node) == {"x": _texts(example)}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a: b",
        "a #b",
        "a, b",
        "{{ x }}",
        '"',
        "a\\b",
        "- a",
        "*a",
        "#a",
        "a:",
        " a",
        "a ",
        "~",
        "'",
        "%a",
    ],
)
def test_odd_texts_read_as_they_were_meant(text: str) -> None:
    node = read_yaml(f"x: [{as_written(text)}]\n".encode(), "m.yaml").node

    assert node is not None
    assert _read(node) == {"x": [text]}


@pytest.mark.parametrize(
    ("wrong", "shown"),
    [("many", "1m"), (3, "30"), ([1], "[a]"), ({"a": 1}, "{b: c}"), (True, "1m")],
)
def test_a_sample_is_of_the_kind_that_was_written(wrong: object, shown: str) -> None:
    assert sample_for(wrong, ["1m", 30, ["a"], {"b": "c"}]) == shown


def test_there_is_no_sample_where_all_are_too_long() -> None:
    assert sample_for("x", ["y" * 200]) is None
