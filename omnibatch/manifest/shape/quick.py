"""A quick yes to most values: what the judge has said of their like, put together.

jsonschema takes a tenth of a millisecond for a shot. Most of what it does depends on
which keys there are, or on a value that a thousand other shots have, too. So keys are
judged once for each set of them, values once for each value, and both by jsonschema:
nothing here knows a rule of its own. A no means "not sure", and the judge is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

__all__ = ["Quick", "quick"]

Quick = Callable[[Any], bool]  # over any JSON data

_MOST_REMEMBERED: Final = 10_000
_ANNOTATIONS: Final = frozenset({"default", "description", "examples", "title"})
# Words about what stands under a key; all others are about the map itself.
_INNER: Final = ("properties", "additionalProperties")


def quick(rule: Mapping[str, Any], make: Callable[[Mapping[str, Any]], Validator]) -> Quick:
    """Compile `rule`, which has no `$ref` in it; `make` makes a validator of a rule."""
    if _takes_any_text(rule):
        return _is_text
    if "properties" in rule or isinstance(rule.get("additionalProperties"), dict):
        return _map(rule, make)
    ways = rule.get("anyOf")
    if ways is not None and not rule.keys() - _ANNOTATIONS - {"anyOf"}:
        return _any([quick(way, make) for way in ways])
    return _value(make(rule))


def _takes_any_text(rule: Mapping[str, Any]) -> bool:
    return rule.get("type") == "string" and not rule.keys() - _ANNOTATIONS - {"type"}


def _is_text(value: Any) -> bool:
    return type(value) is str


def _any(ways: list[Quick]) -> Quick:
    first = ways[0]
    rest = ways[1:]

    def judge(value: Any) -> bool:
        return first(value) or any(way(value) for way in rest)

    return judge


def _value(validator: Validator) -> Quick:
    """Remember values that are right; lists of texts among them."""
    right: set[object] = set()

    def judge(value: Any) -> bool:
        if type(value) is list:
            key: object = (list, *value) if all(type(each) is str for each in value) else None
        elif type(value) is dict:
            key = None
        else:
            key = (type(value), value)
        if key is not None and key in right:
            return True
        if not validator.is_valid(value):
            return False
        if key is not None:
            if len(right) >= _MOST_REMEMBERED:
                right.clear()
            right.add(key)
        return True

    return judge


def _map(rule: Mapping[str, Any], make: Callable[[Mapping[str, Any]], Validator]) -> Quick:
    """Judge the keys of a map together, and each value by its own rule."""
    known = rule.get("properties", {})
    others = rule.get("additionalProperties")
    keys_alone = {word: part for word, part in rule.items() if word not in _INNER}
    keys_alone["properties"] = dict.fromkeys(known, True)
    if others is not None:
        keys_alone["additionalProperties"] = others is not False
    validator = make(keys_alone)
    inner = {key: quick(part, make) for key, part in known.items()}
    other = quick(others, make) if isinstance(others, dict) else None
    right: dict[frozenset[str], bool] = {}

    def judge(value: Any) -> bool:
        if type(value) is not dict:
            return False
        keys = frozenset(value)
        are_right = right.get(keys)
        if are_right is None:
            if len(right) >= _MOST_REMEMBERED:
                right.clear()
            are_right = right[keys] = validator.is_valid(dict.fromkeys(keys, ""))
        if not are_right:
            return False
        for key, each in value.items():
            judged = inner.get(key, other)
            if judged is not None and not judged(each):
                return False
        return True

    return judge
