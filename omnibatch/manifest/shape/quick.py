"""A quick yes to most values: what the judge has said of their like, put together.

jsonschema takes a tenth of a millisecond for a shot, and as long again goes into the data
it is given. Most of what it does depends on which keys there are, or on a value that a
thousand other shots have, too. So keys are judged once for each set of them, values once
for each value, and both by jsonschema; only length and pattern of texts, which all shots
have different, are looked at here. A no means "not sure", and the judge is asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from math import inf
from typing import TYPE_CHECKING, Any, Final

from omnibatch.manifest import nodes
from omnibatch.manifest.shape.plain import ANYTHING, Guide, plain

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

__all__ = ["Quick", "quick"]

Quick = Callable[[nodes.Node], bool]
_Make = Callable[[Mapping[str, Any]], "Validator"]
_Rule = Mapping[str, Any]  # any JSON

_MOST_REMEMBERED: Final = 10_000
_ANNOTATIONS: Final = frozenset({"default", "description", "examples", "title"})
# Words about what stands under a key; all others are about the map itself.
_INNER: Final = ("properties", "additionalProperties")
_OF_TEXT: Final = frozenset({"type", "minLength", "maxLength", "pattern"})
_OF_LIST: Final = frozenset({"type", "items", "minItems", "maxItems", "uniqueItems"})


def quick(rule: _Rule, guide: Guide, make: _Make) -> Quick:
    """Compile `rule`, which has no `$ref` in it, for nodes that are read as `guide` says.

    `make` makes a validator of a rule.
    """
    words = rule.keys() - _ANNOTATIONS
    if "properties" in rule or isinstance(rule.get("additionalProperties"), dict):
        return _map(rule, guide, make)
    if words == {"anyOf"}:
        return _any([quick(way, guide, make) for way in rule["anyOf"]])
    if guide.scalar == "text" and words <= _OF_TEXT and "string" in rule.get("type", ()):
        return _text(rule)
    if words <= _OF_LIST and rule.get("type") == "array" and "items" in rule:
        items = guide.items or ANYTHING
        if items.scalar == "text" or not rule.get("uniqueItems"):
            return _list(rule, quick(rule["items"], items, make))
    return _value(make(rule), guide)


def _text(rule: _Rule) -> Quick:
    least, most = rule.get("minLength", 0), rule.get("maxLength")
    pattern = re.compile(rule["pattern"]) if "pattern" in rule else None
    is_null = nodes.NULL.__contains__

    def judge(node: nodes.Node) -> bool:
        if type(node) is not nodes.Scalar:
            return False
        text = node.text
        return (
            not (is_null(text) and node.style == "plain")
            and len(text) >= least
            and (most is None or len(text) <= most)
            and (pattern is None or pattern.search(text) is not None)
        )

    return judge


def _any(ways: list[Quick]) -> Quick:
    first = ways[0]
    rest = ways[1:]

    def judge(node: nodes.Node) -> bool:
        return first(node) or any(way(node) for way in rest)

    return judge


def _list(rule: _Rule, item: Quick) -> Quick:
    least, most = rule.get("minItems", 0), rule.get("maxItems", inf)
    is_unique = rule.get("uniqueItems", False)

    def judge(node: nodes.Node) -> bool:
        if type(node) is not nodes.Sequence or not least <= len(node.items) <= most:
            return False
        if is_unique:
            texts = {each.text for each in node.items if isinstance(each, nodes.Scalar)}
            if len(texts) < len(node.items):
                return False
        return all(map(item, node.items))

    return judge


def _value(validator: Validator, guide: Guide) -> Quick:
    """Remember texts that are right as they are read."""
    right: set[tuple[str, bool]] = set()

    def judge(node: nodes.Node) -> bool:
        if type(node) is not nodes.Scalar:
            return validator.is_valid(plain(node, guide))
        key = (node.text, node.style == "plain")
        if key in right:
            return True
        if not validator.is_valid(plain(node, guide)):
            return False
        if len(right) >= _MOST_REMEMBERED:
            right.clear()
        right.add(key)
        return True

    return judge


def _map(rule: _Rule, guide: Guide, make: _Make) -> Quick:
    """Judge the keys of a map together, and each value by its own rule."""
    known = rule.get("properties", {})
    others = rule.get("additionalProperties")
    keys_alone = {word: part for word, part in rule.items() if word not in _INNER}
    keys_alone["properties"] = dict.fromkeys(known, True)
    if others is not None:
        keys_alone["additionalProperties"] = others is not False
    validator = make(keys_alone)
    other_guide = guide.others or ANYTHING
    inner = {
        key: quick(part, guide.properties.get(key, other_guide), make)
        for key, part in known.items()
    }
    other = quick(others, other_guide, make) if isinstance(others, dict) else None
    # Who judges the values of these keys, in their order; None where the keys are wrong.
    judges: dict[tuple[str, ...], list[Quick | None] | None] = {}

    def judge(node: nodes.Node) -> bool:
        if type(node) is not nodes.Mapping:
            return False
        keys = tuple([key.text for key in node.keys])
        if keys not in judges:
            if len(judges) >= _MOST_REMEMBERED:
                judges.clear()
            are_right = validator.is_valid(dict.fromkeys(keys, ""))
            judges[keys] = [inner.get(key, other) for key in keys] if are_right else None
        in_order = judges[keys]
        if in_order is None:
            return False
        for judged, value in zip(in_order, node.values, strict=True):
            if judged is not None and not judged(value):
                return False
        return True

    return judge
