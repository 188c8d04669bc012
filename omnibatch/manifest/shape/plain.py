"""Nodes as the plain data that the schema judges.

YAML says little about what a scalar is: `010`, `off` and `5s` are text, numbers or yes
and no only by the key they stand under. So each scalar is read the way its key in the
schema asks for: text as it was written, numbers where numbers are meant (quoted or
not), yes and no in all their spellings, and the YAML 1.2 core rules where anything goes.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from omnibatch.manifest import nodes

__all__ = ["ANYTHING", "Guide", "follow", "inlined", "plain", "read_yes_no", "resolve"]

Reading = Literal["text", "number", "yes_no", "any"]
Schema = Mapping[str, Any]  # a JSON Schema is any JSON

_NUMBER = re.compile(r"[-+]?[0-9]{1,18}(\.[0-9]{1,18})?")
_YES_NO = {
    "true": True,
    "yes": True,
    "on": True,
    "false": False,
    "no": False,
    "off": False,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """What the schema says about how to read a node and those below it.

    `most` is how many `items` there may be: of more, one is enough to see that.
    """

    scalar: Reading = "any"
    properties: Mapping[str, "Guide"] = field(default_factory=dict)
    others: "Guide | None" = None
    items: "Guide | None" = None
    most: int | None = None


ANYTHING = Guide()


def resolve(schema: Schema, root: Schema) -> Schema:
    """Follow `$ref`s inside `root`; words beside a `$ref` win over those it names."""
    while "$ref" in schema:
        target = _step(schema["$ref"], root)
        schema = {**target, **{word: value for word, value in schema.items() if word != "$ref"}}
    return schema


def _step(pointer: str, root: Schema) -> Schema:
    target: Any = root
    for step in pointer.removeprefix("#/").split("/"):
        target = target[int(step) if isinstance(target, list) else step]
    found: Schema = target
    return found


def inlined(schema: Schema, root: Schema) -> dict[str, Any]:
    """`schema` without any `$ref`, which cost the judge more than all else.

    A definition's title says what may stand there, in words for a sentence; it wins over
    the title of the property that refers to it, which is a heading for editors and begins
    with a capital.
    """
    whole = resolve(schema, root)
    definition = schema
    while "$ref" in definition:
        definition = _step(definition["$ref"], root)
    if "title" in definition and whole["title"][:1].isupper():
        whole = {**whole, "title": definition["title"]}
    return {
        word: _inlined(rule, root) for word, rule in whole.items() if not _for_editors(word, rule)
    }


def _for_editors(word: str, rule: Any) -> bool:  # any JSON
    """Whether it is there for editors alone.

    These are a word that only they know, and limits of the models, which `checks` judges
    by the model at hand and with both numbers.
    """
    if word == "allOf":
        return all(each.get("$ref", "").startswith("#/$defs/forEditors/") for each in rule)
    return word == "errorMessage"


def _inlined(rule: Any, root: Schema) -> Any:  # any JSON
    if isinstance(rule, dict):
        return inlined(rule, root)
    return [_inlined(each, root) for each in rule] if isinstance(rule, list) else rule


def follow(schema: Schema, root: Schema) -> Guide:
    """Make the guide of `schema`, once; schemas of manifests do not recurse."""
    whole = resolve(schema, root)
    readings: set[Reading] = set()
    properties: dict[str, Guide] = {}
    others: Guide | None = None
    items: Guide | None = None
    most: int | None = None
    for way in (whole, *(resolve(each, root) for each in whole.get("anyOf", ()))):
        if any(word in way for word in ("anyOf", "properties", "items")) and way is not whole:
            inner = follow(way, root)
            properties |= inner.properties
            others, items = inner.others or others, inner.items or items
            most = inner.most or most
            readings.add(inner.scalar)
            continue
        readings.add(_reading(way))
        properties |= {key: follow(sub, root) for key, sub in way.get("properties", {}).items()}
        if isinstance(way.get("additionalProperties"), dict):
            others = follow(way["additionalProperties"], root)
        if "items" in way:
            items = follow(way["items"], root)
            most = way.get("maxItems")
    scalar: Reading = "any"
    for reading in ("yes_no", "number", "text"):
        if reading in readings:
            scalar = reading
            break
    return Guide(scalar=scalar, properties=properties, others=others, items=items, most=most)


def _reading(way: Schema) -> Reading:
    types = way.get("type", ())
    types = {types} if isinstance(types, str) else set(types)
    if "string" in types:
        return "text"
    if types & {"integer", "number"} or isinstance(way.get("const"), int):
        return "number"
    if True in way.get("enum", ()):
        return "yes_no"
    return "text" if "enum" in way else "any"


def plain(node: nodes.Node, guide: Guide) -> Any:  # JSON data
    """`node` as JSON data: dicts, lists, text, numbers, true and false, None."""
    if isinstance(node, nodes.Mapping):
        known, others = guide.properties, guide.others or ANYTHING
        return {key.text: plain(value, known.get(key.text, others)) for key, value in node}
    if isinstance(node, nodes.Sequence):
        items = guide.items or ANYTHING
        seen = node.items if guide.most is None else node.items[: guide.most + 1]
        return [plain(item, items) for item in seen]
    return _scalar(node, guide.scalar)


def _scalar(scalar: nodes.Scalar, reading: Reading) -> object:
    if reading == "any":
        return nodes.core_value(scalar)
    if scalar.style == "plain" and nodes.core_value(scalar) is None:
        return None
    if reading == "yes_no":
        answer = read_yes_no(scalar.text)
        return scalar.text if answer is None else answer
    if reading == "number" and (match := _NUMBER.fullmatch(scalar.text.strip())):
        return float(match[0]) if match[1] else int(match[0])
    return scalar.text


def read_yes_no(text: str) -> bool | None:
    """true, yes, on; false, no, off; in any case. None for anything else."""
    return _YES_NO.get(text.strip().lower())
