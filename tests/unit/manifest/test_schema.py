"""The shipped schema: complete, valid, and true to what the loader takes."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from omnibatch.manifest import load_manifest, nodes
from omnibatch.manifest.shape.plain import inlined, resolve
from omnibatch.manifest.text.reader import read_yaml
from omnibatch.schema import load_schema

REPOSITORY = Path(__file__).parents[3]
SCHEMA = load_schema("manifest")


def _properties(rule: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(rule, dict):
        for name, below in rule.get("properties", {}).items():
            if isinstance(below, dict):
                yield f"{path}.{name}".lstrip("."), _explained(below)
        for word, below in rule.items():
            # Below a condition, properties say when and not what.
            if word not in ("dependentSchemas", "examples", "forEditors"):
                yield from _properties(below, f"{path}.{word}")
    elif isinstance(rule, list):
        for below in rule:
            yield from _properties(below, path)


def _explained(rule: dict[str, Any]) -> dict[str, Any]:
    """A property that is the same as another elsewhere says so, and nothing else."""
    return dict(resolve(rule, SCHEMA)) if rule.keys() == {"$ref"} else rule


PROPERTIES = list(_properties(SCHEMA))


def as_an_editor_reads(node: nodes.Node) -> Any:
    """The data of a manifest by the YAML 1.2 core schema, with no knowledge of its keys."""
    if isinstance(node, nodes.Mapping):
        return {key.text: as_an_editor_reads(value) for key, value in node}
    if isinstance(node, nodes.Sequence):
        return [as_an_editor_reads(item) for item in node.items]
    return nodes.core_value(node)


def _valid_manifests() -> list[Path]:
    examples = (REPOSITORY / "tests" / "examples" / "valid").glob("[!y]*.yaml")
    return sorted((*examples, *(REPOSITORY / "specs").glob("*.yaml")))


def test_schema_is_valid_by_its_own_dialect() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(("path", "rule"), PROPERTIES, ids=[path for path, _ in PROPERTIES])
def test_every_property_explains_itself(path: str, rule: dict[str, Any]) -> None:
    assert rule["title"]
    assert rule["description"].endswith(".")
    assert rule["examples"]


@pytest.mark.parametrize(("path", "rule"), PROPERTIES, ids=[path for path, _ in PROPERTIES])
def test_every_example_and_default_is_valid(path: str, rule: dict[str, Any]) -> None:
    validator = Draft202012Validator(inlined(rule, SCHEMA))

    for value in (*rule["examples"], *([rule["default"]] if "default" in rule else [])):
        assert list(validator.iter_errors(value)) == []


def test_every_map_with_named_keys_is_closed() -> None:
    def open_maps(rule: Any) -> Iterator[Any]:
        if isinstance(rule, dict):
            # Properties that are all false take keys away from a map that is closed elsewhere.
            named = [below for below in rule.get("properties", {}).values() if below is not False]
            if rule.get("type") == "object" and named:
                # Names that users give stand beside the named keys of a matrix.
                others = rule.get("additionalProperties", True)
                yield from [] if others is False or isinstance(others, dict) else [rule]
            for below in rule.values():
                yield from open_maps(below)
        elif isinstance(rule, list):
            for below in rule:
                yield from open_maps(below)

    assert list(open_maps(SCHEMA)) == []


@pytest.mark.parametrize("path", _valid_manifests(), ids=lambda path: path.name)
def test_editor_finds_nothing_wrong_with_a_manifest_that_loads(path: Path) -> None:
    node = read_yaml(path.read_bytes(), path.name).node
    assert node is not None

    errors = Draft202012Validator(SCHEMA).iter_errors(as_an_editor_reads(node))

    assert [error.message for error in errors] == []


def test_examples_of_the_schema_load(tmp_path: Path) -> None:
    shot = SCHEMA["properties"]["shots"]["examples"][0][0]
    text = f"version: 1\nprovider: apimodels\nshots:\n- {{id: {shot['id']}, prompt: {shot['prompt']}}}\n"
    (tmp_path / "m.yaml").write_text(text, "utf-8")

    assert load_manifest(tmp_path / "m.yaml").batch is not None


def test_patterns_mean_the_same_to_python_and_to_editors() -> None:
    """JavaScript, which editors run, lacks what Python adds to patterns."""

    def patterns(rule: Any) -> Iterator[str]:
        if isinstance(rule, dict):
            for word, below in rule.items():
                if word == "pattern" and isinstance(below, str):
                    yield below
                else:
                    yield from patterns(below)
        elif isinstance(rule, list):
            for below in rule:
                yield from patterns(below)

    found = list(patterns(SCHEMA))
    assert found
    for pattern in found:
        assert not re.search(r"\\[AZwWdDbB]|\(\?[^:=!]|\\p", pattern), pattern
