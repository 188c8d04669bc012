"""The judge: jsonschema's for draft 2020-12, but quick to refuse a long list.

Its own `uniqueItems` compares each entry with each where they cannot be sorted, which
takes minutes for a list of texts with one map in it. And it judges every entry of a list
that has too many of them, at 20 microseconds each, and as often as an entry is repeated.
"""

import json
from collections.abc import Hashable, Iterator, Sized
from math import inf
from typing import Any, Final

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend

__all__ = ["validator_class"]

_LONG: Final = 100  # entries


def validator_class() -> type[Validator]:
    """The class of validators that manifests are judged by."""
    made: type[Validator] = extend(  # type: ignore[no-untyped-call]  # its stubs leave that out
        Draft202012Validator, {"items": _items, "uniqueItems": _unique}
    )
    return made


def _items(validator: Any, rule: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    if not validator.is_type(instance, "array") or _are_too_many(instance, schema):
        return
    # One place is enough for a value that is there again and again.
    once = len(instance) > _LONG and schema.get("uniqueItems", False)
    known: set[Hashable] = set()
    for index, entry in enumerate(instance):
        if once:
            value = _told_apart(entry)
            if value in known:
                continue
            known.add(value)
        yield from validator.descend(entry, rule, path=index)


def _unique(
    validator: Validator,
    is_unique: bool,
    instance: Any,
    schema: Any,
) -> Iterator[ValidationError]:
    if not is_unique or not validator.is_type(instance, "array"):
        return
    if not _are_too_many(instance, schema) and len(set(map(_told_apart, instance))) < len(instance):
        yield ValidationError("there is an entry twice")


def _are_too_many(instance: Sized, schema: Any) -> bool:
    most: float = schema.get("maxItems", inf)
    return len(instance) > most


def _told_apart(entry: Any) -> Hashable:
    """Something that is the same for the same entry: true is not 1, and 1 is not "1"."""
    return entry if type(entry) is str else (json.dumps(entry, sort_keys=True),)
