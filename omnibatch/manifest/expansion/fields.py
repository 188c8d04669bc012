"""Values of a shot's keys, read from text: what was written, or what a template made.

The schema has judged what was written as it stands. What a template makes is only known
here, so each key's text is read once more, by the same rules.
"""

import re
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from omnibatch.manifest.shape.plain import read_yes_no, resolve
from omnibatch.schema import load_schema

__all__ = [
    "choices",
    "expected",
    "read_number",
    "read_seconds",
    "read_span",
    "read_yes_no",
    "rounded",
]

_SECONDS = re.compile(r"\+?0*([1-9][0-9]{0,3})(\.0+)?\s*s?")
_NUMBER = re.compile(r"\+?0*([1-9][0-9]{0,5})(?:\.0+)?")
_SPAN = re.compile(r"\+?([0-9]{1,5}(?:\.[0-9]{1,3})?)\s*([smh]?)")
_UNIT_S = {"": 1, "s": 1, "m": 60, "h": 3600}
_LONGEST_SPAN_S = 86400


@lru_cache(maxsize=1000)
def read_seconds(text: str) -> int | None:
    """Whole seconds: `5`, `5s`. None for anything else."""
    match = _SECONDS.fullmatch(text.strip())
    return int(match[1]) if match else None


def read_number(text: str, most: int) -> int | None:
    """A whole number from 1 to `most`. None for anything else."""
    match = _NUMBER.fullmatch(text.strip())
    return int(match[1]) if match and int(match[1]) <= most else None


def read_span(text: str) -> float | None:
    """A time in seconds, up to a day: `30`, `30s`, `10m`, `1h`. None for anything else."""
    match = _SPAN.fullmatch(text.strip())
    if match is None:
        return None
    seconds = float(match[1]) * _UNIT_S[match[2]]
    return seconds if 0 < seconds <= _LONGEST_SPAN_S else None


def rounded(text: str) -> Decimal:
    """A number that the schema has let pass, exactly as it was written."""
    return Decimal(text.strip())


@cache
def choices(key: str) -> tuple[str, ...]:
    """The values that a shot's `key` may have, from the schema."""
    return tuple(word for way in _ways(key) for word in way.get("enum", ()))


@cache
def expected(key: str) -> str:
    """What a shot's `key` takes, in words, from the schema."""
    titles = dict.fromkeys(way["title"] for way in _ways(key))
    return " or ".join(title for title in titles if title != "a template")


def _ways(key: str) -> list[dict[str, Any]]:  # a JSON Schema is any JSON
    schema = load_schema("manifest")
    rule = resolve(schema["$defs"]["shot"]["properties"][key], schema)
    return [dict(resolve(way, schema)) for way in rule.get("anyOf", (rule,))]
