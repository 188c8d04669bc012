"""The one place that finds the shipped JSON Schemas, installed or in a checkout."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from omnibatch.errors import UsageError

__all__ = ["load_schema", "schema_names", "schema_text"]

_SUFFIX = ".schema.json"


@cache
def _folder() -> Path:
    """An installed wheel carries `schemas/` inside the package; a checkout, beside it."""
    inside = Path(__file__).parent / "schemas"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "schemas"


def schema_names() -> tuple[str, ...]:
    """The names of the shipped schemas, sorted: `lock`, `manifest`, ..."""
    return tuple(sorted(p.name.removesuffix(_SUFFIX) for p in _folder().glob(f"*{_SUFFIX}")))


def schema_text(name: str) -> str:
    """The text of the schema `name`. Raise `UsageError` naming those that exist."""
    if name not in schema_names():
        raise UsageError(f"there is no schema {name!r}", f"one of: {', '.join(schema_names())}")
    return (_folder() / f"{name}{_SUFFIX}").read_text(encoding="utf-8")


@cache
def load_schema(name: str) -> dict[str, Any]:  # a JSON Schema is any JSON
    """The schema `name` as data; treat it as read-only, since it is shared."""
    loaded: dict[str, Any] = json.loads(schema_text(name))
    return loaded
