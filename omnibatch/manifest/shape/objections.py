"""What the schema objects to, in people's words and with places.

jsonschema says which rule a value breaks; this module says it to somebody who has never
seen the schema. A rule of alternatives is followed into the one alternative that the
value was meant for, and said as a whole where there is none.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from omnibatch.manifest import codes, nodes
from omnibatch.manifest.names import bad_name
from omnibatch.manifest.shape.key_objections import (
    ValidationError,
    explained,
    missing_keys,
    path_in_words,
    unknown_keys,
    wanted,
)
from omnibatch.manifest.shape.plain import resolve
from omnibatch.manifest.suggest import closest, listed
from omnibatch.problems import Problem
from omnibatch.schema import load_schema

__all__ = ["objections"]

_KINDS = {
    "array": "a list",
    "boolean": "yes or no",
    "integer": "a whole number",
    "number": "a number",
    "object": "a map",
    "string": "text",
}


def objections(error: ValidationError, top: nodes.Node, whole: str) -> Iterator[Problem]:
    """Say `error`, found in the data of `top`, which is `whole` ("a shot")."""
    path = list(error.absolute_path)
    key, node = _find(top, path)
    if "propertyNames" in error.absolute_schema_path:
        yield from _bad_name(error, node)
    elif error.instance is None:
        place = key.place if key is not None else node.place
        subject = path_in_words(path) or "this"
        hint = 'write a value, or leave the key out; the word null needs quotes: "null"'
        yield Problem(place=place, code=codes.EMPTY, message=f"{subject} is empty", hint=hint)
    elif error.validator == "additionalProperties" and isinstance(node, nodes.Mapping):
        yield from unknown_keys(error, node, path)
    elif error.validator == "required":
        yield from missing_keys(error, node, path)
    elif error.validator in ("anyOf", "oneOf"):
        yield from _alternatives(error, top, node, path, whole)
    else:
        yield _simple(error, node, path, whole)


def _find(top: nodes.Node, path: Sequence[str | int]) -> tuple[nodes.Scalar | None, nodes.Node]:
    key: nodes.Scalar | None = None
    node = top
    for step in path:
        below: nodes.Node | None = None
        if isinstance(node, nodes.Mapping) and isinstance(step, str):
            key, below = node.key(step), node.get(step)
        elif isinstance(node, nodes.Sequence) and isinstance(step, int):
            key, below = None, node.items[step]
        if below is None:
            break
        node = below
    return key, node


def _bad_name(error: ValidationError, node: nodes.Node) -> Iterator[Problem]:
    written = node.key(str(error.instance)) if isinstance(node, nodes.Mapping) else None
    yield bad_name(str(error.instance), (written or node).place)


def _alternatives(
    error: ValidationError,
    top: nodes.Node,
    node: nodes.Node,
    path: Sequence[str | int],
    whole: str,
) -> Iterator[Problem]:
    causes = list(error.context or ())
    if causes and all(cause.validator == "required" and not cause.path for cause in causes):
        words = [word for cause in causes for word in wanted(cause)]
        if any(explained(word, error) for word in words):
            return
        subject = path_in_words(path) or "this shot"
        message = f"{subject} needs {' or '.join(words)}"
        hint = f"add a line such as {words[0]}: ..."
        yield Problem(place=node.place, code=codes.MISSING_KEY, message=message, hint=hint)
        return
    if error.validator == "oneOf" and isinstance(error.instance, dict):
        words = [way["required"][0] for way in error.validator_value]
        both = [word for word in words if word in error.instance]
        message = f"{path_in_words(path)} has {' and '.join(both)}"
        hint = "a reference is one thing: give each a name of its own"
        yield Problem(place=node.place, code=codes.WRONG_TYPE, message=message, hint=hint)
        return
    ways: dict[int, list[ValidationError]] = {}
    for cause in causes:
        ways.setdefault(int(cause.schema_path[0]), []).append(cause)
    meant = [way for way in ways.values() if not any(_misses(cause) for cause in way)]
    if len(meant) == 1:
        for cause in meant[0]:
            yield from objections(cause, top, whole)
        return
    yield _simple(error, node, path, whole)


def _misses(cause: ValidationError) -> bool:
    """Whether the value was not meant for the alternative that `cause` came from."""
    at_top = not cause.relative_path
    return at_top and (cause.validator in ("type", "enum") or _title(cause.schema) == "a template")


def _title(schema: Any) -> str:  # a JSON Schema is any JSON
    return str(schema.get("title", "")) if isinstance(schema, dict) else ""


def _simple(
    error: ValidationError, node: nodes.Node, path: Sequence[str | int], whole: str
) -> Problem:
    rule, limit, value = error.validator, error.validator_value, error.instance
    subject = path_in_words(path) or whole
    shown = _shown(value)
    code, hint = codes.WRONG_TYPE, ""
    expected = _expected(error)
    message = f"{subject} must be {expected}, not {shown}"
    if path == ["version"]:
        code, message = codes.WRONG_VERSION, f"this is version {shown}; omnibatch reads version 1"
        hint = "write version: 1, or use a newer omnibatch"
    elif rule in ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"):
        code = codes.OUT_OF_RANGE
        side = {"minimum": "at least", "exclusiveMinimum": "more than"}.get(str(rule), "at most")
        message = f"{subject} must be {side} {limit}, not {value}"
    elif rule in ("minLength", "maxLength", "minItems"):
        code = codes.WRONG_COUNT
        what = "entry" if rule == "minItems" else "characters"
        side = "at most" if rule == "maxLength" else "at least"
        message = f"{subject} must have {side} {limit} {what}, and has {len(value)}"
    elif rule == "uniqueItems":
        code, message = codes.WRONG_COUNT, f"{subject} has an entry twice"
        hint = "leave one out"
    elif rule is None:
        message = f"{subject} does not go together with key"
        hint = "key stands for the content of an address"
    elif isinstance(value, str | int | float) and rule != "type":
        code = codes.BAD_NAME if path[-1:] in (["id"], ["name"]) else codes.WRONG_VALUE
        near = closest(str(value), _enumerated(error))
        hint = f"did you mean {near}?" if near else ""
    elif "a list" in expected and not isinstance(value, dict | list):
        hint = f"write [{value}]"
    hint = hint or _cure(error, expected, whole_is_text=whole == "a shot" and not path)
    return Problem(place=node.place, code=code, message=message, hint=hint)


def _cure(error: ValidationError, expected: str, *, whole_is_text: bool) -> str:
    """What to do where nothing better is known: an example of what is meant."""
    rule, limit = error.validator, error.validator_value
    if rule == "minItems":
        return "add one"
    if rule in ("minLength", "maxLength"):
        return "write more" if rule == "minLength" else "cut it"
    if rule in ("minimum", "maximum"):
        return f"use {limit} or {'more' if rule == 'minimum' else 'less'}"
    examples = error.schema.get("examples", ()) if isinstance(error.schema, dict) else ()
    if "any of @" in expected:
        return "use letters, digits, - and _, such as opening-2"
    if whole_is_text:
        return "write - id: NAME with a prompt below it, or - include: FILE.yaml"
    simple = [each for each in examples if isinstance(each, str | int) and each is not True]
    if simple:
        return f"write it like {simple[0]}"
    return f"write {expected}"


def _expected(error: ValidationError) -> str:
    """What may stand here: the titles of the alternatives, or the one type."""
    schema = load_schema("manifest")
    if error.validator in ("anyOf", "oneOf"):
        ways = [_title(resolve(way, schema)) for way in error.validator_value]
        return " or ".join(dict.fromkeys(way for way in ways if way and way != "a template"))
    title = _title(error.schema)
    if title and not title[0].isupper():
        return title
    types = error.schema.get("type", ()) if isinstance(error.schema, dict) else ()
    names = [types] if isinstance(types, str) else list(types)
    return " or ".join(_KINDS[name] for name in names) or "something else"


def _enumerated(error: ValidationError) -> list[str]:
    schema = load_schema("manifest")
    ways = error.validator_value if error.validator in ("anyOf", "oneOf") else [error.schema]
    found = [word for way in ways for word in resolve(way, schema).get("enum", ())]
    return [word for word in found if isinstance(word, str)]


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return f"a map with {listed(value)}" if value else "an empty map"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    return repr(text if len(text) <= 60 else text[:57] + "...")
