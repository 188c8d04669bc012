"""Examples that the schema gives, as somebody would write them into a manifest."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

__all__ = ["as_written", "sample_for"]

_LONGEST: Final = 100
# What YAML reads as something other than the text itself, if no quotes are around it.
_NEEDS_QUOTES: Final = re.compile(r"^$|^[\s\-?:,\[\]{}#&*!|>'\"%@`]|[,\[\]{}]|:(\s|$)|\s#|\s$|^~$")


def as_written(value: Any) -> str:  # any JSON, and so is the next
    """`value` in the flow form of YAML, on one line."""
    if isinstance(value, dict):
        inner = (f"{key}: {as_written(below)}" for key, below in value.items())
        return f"{{{', '.join(inner)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(as_written, value))}]"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    if not isinstance(value, str) or not _NEEDS_QUOTES.search(text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def sample_for(value: object, examples: Iterable[Any]) -> str | None:
    """The example that is closest in kind to the wrong `value`, written out; None for none.

    Who wrote a list or a map is shown one, if there is any, and who wrote one word a word.
    """
    found: Sequence[Any] = [each for each in examples if len(as_written(each)) <= _LONGEST]
    if not found:
        return None
    near = [each for each in found if _kind(each) == _kind(value)]
    near = near or [each for each in found if isinstance(each, list | dict) is _is_many(value)]
    return as_written((near or found)[0])


def _is_many(value: object) -> bool:
    return isinstance(value, list | dict)


def _kind(value: object) -> type:
    return type(value) if isinstance(value, list | dict | str | bool) else int
