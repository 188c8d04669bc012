"""What may stand at a place of a manifest, in words: what the schema says of it.

The titles of the schema's rules and alternatives are written for these sentences.
"""

from collections.abc import Iterable
from typing import Any, Final

from omnibatch.manifest.shape.key_objections import ValidationError
from omnibatch.manifest.shape.plain import resolve
from omnibatch.schema import load_schema

__all__ = ["enumerated", "examples", "expected", "title"]

_KINDS: Final = {
    "array": "a list",
    "boolean": "yes or no",
    "integer": "a whole number",
    "number": "a number",
    "object": "a map",
    "string": "text",
}


def expected(error: ValidationError) -> str:
    """What may stand here: the titles of the alternatives, or the one type."""
    schema = load_schema("manifest")
    if error.validator in ("anyOf", "oneOf"):
        ways = [title(resolve(way, schema)) for way in error.validator_value]
        return " or ".join(dict.fromkeys(way for way in ways if way and way != "a template"))
    words = title(error.schema)
    if words and not words[0].isupper():
        return words
    types = error.schema.get("type", ()) if isinstance(error.schema, dict) else ()
    names = [types] if isinstance(types, str) else list(types)
    return " or ".join(_KINDS[name] for name in names) or "something else"


def enumerated(error: ValidationError) -> list[str]:
    """The words of a choice."""
    schema = load_schema("manifest")
    ways = error.validator_value if error.validator in ("anyOf", "oneOf") else [error.schema]
    found = [word for way in ways for word in resolve(way, schema).get("enum", ())]
    return [word for word in found if isinstance(word, str)]


def examples(error: ValidationError) -> Iterable[Any]:
    """The examples nearest to what `error` is about: of the alternative, else of its whole."""
    at = error
    while at is not None and at.absolute_path == error.absolute_path:
        found = at.schema.get("examples", ()) if isinstance(at.schema, dict) else ()
        if found:
            return list(found)
        at = at.parent
    return ()


def title(schema: Any) -> str:  # a JSON Schema is any JSON
    """The title of a rule; empty where it has none."""
    return str(schema.get("title", "")) if isinstance(schema, dict) else ""
