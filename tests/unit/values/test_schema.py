"""The shipped schemas are found by name, from a checkout as from an installed package."""

import json
from pathlib import Path

import pytest

from omnibatch.errors import UsageError
from omnibatch.schema import load_schema, schema_names, schema_text

SHIPPED = Path(__file__).parents[3] / "schemas"


def test_every_shipped_schema_has_a_name() -> None:
    files = sorted(path.name for path in SHIPPED.iterdir())

    assert [f"{name}.schema.json" for name in schema_names()] == files


@pytest.mark.parametrize("name", schema_names())
def test_its_text_is_the_files(name: str) -> None:
    text = (SHIPPED / f"{name}.schema.json").read_text(encoding="utf-8")

    assert schema_text(name) == text
    assert load_schema(name) == json.loads(text)


@pytest.mark.parametrize("name", ["", "lok", "../pyproject", "manifest.schema.json", "MANIFEST"])
def test_another_name_is_answered_with_those_that_exist(name: str) -> None:
    with pytest.raises(UsageError, match="there is no schema") as raised:
        schema_text(name)

    assert raised.value.hint == f"one of: {', '.join(schema_names())}"


def test_a_schema_is_read_once() -> None:
    assert load_schema("manifest") is load_schema("manifest")
