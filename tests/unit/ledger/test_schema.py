"""The lockfile's schema: well formed, explained, and as strict as the reader."""

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from omnibatch.schema import load_schema

SCHEMA = load_schema("lock")


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    """Every schema in `schema` that describes an object's properties."""
    if isinstance(schema, dict):
        if "properties" in schema:
            yield schema
        for inner in schema.values():
            yield from objects(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from objects(inner)


PROPERTIES = {
    f"{number}.{name}": found
    for number, holder in enumerate(objects(SCHEMA))
    for name, found in holder["properties"].items()
}


def test_the_schema_keeps_to_its_metaschema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_nothing_unknown_is_let_in() -> None:
    assert all(holder["additionalProperties"] is False for holder in objects(SCHEMA))


@pytest.mark.parametrize("name", PROPERTIES)
def test_every_property_is_explained_with_examples_that_hold(name: str) -> None:
    found = PROPERTIES[name]

    assert found["description"].endswith(".")
    assert found["examples"]
    validator = Draft202012Validator({**found, "$defs": SCHEMA["$defs"]})
    for example in found["examples"]:
        validator.validate(example)
