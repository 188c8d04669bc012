"""The judge: jsonschema's for draft 2020-12, but quick to see that no entry is there twice.

Its own `uniqueItems` compares each entry with each where they cannot be sorted, which
takes minutes for a list of texts with one map in it.
"""

import json
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend

__all__ = ["validator_class"]


def validator_class() -> type[Validator]:
    """The class of validators that manifests are judged by."""
    made: type[Validator] = extend(  # type: ignore[no-untyped-call]  # its stubs leave that out
        Draft202012Validator, {"uniqueItems": _unique}
    )
    return made


def _unique(
    validator: Validator,
    is_unique: bool,
    instance: Any,
    schema: Any,  # noqa: ARG001 - rules are given the whole of which they are a part
) -> Iterator[ValidationError]:
    if not is_unique or not validator.is_type(instance, "array"):
        return
    # A text for each entry, the same for the same: true is not 1, and 1 is not "1".
    if len({json.dumps(each, sort_keys=True) for each in instance}) < len(instance):
        yield ValidationError("there is an entry twice")
