"""Objections to keys: those that there are not, and those that are missing."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from omnibatch.manifest import codes, nodes
from omnibatch.manifest.shape.plain import resolve
from omnibatch.manifest.shape.vocabulary import ELSEWHERE, LACKING, LATER
from omnibatch.manifest.suggest import closest, did_you_mean
from omnibatch.problems import Problem
from omnibatch.schema import load_schema

__all__ = [
    "ValidationError",
    "explained",
    "missing_keys",
    "path_in_words",
    "unknown_keys",
    "wanted",
]

# jsonschema's own type says of each of its fields that it may be unset; here none is.
ValidationError = Any


def path_in_words(path: Sequence[str | int]) -> str:
    """`defaults.mode`, or `multi_shot, entry 2`; empty for the top."""
    words = ""
    for step in path:
        if isinstance(step, int):
            words += f", entry {step + 1}"
        else:
            words += f".{step}" if words else step
    return words


def unknown_keys(
    error: ValidationError, node: nodes.Mapping, path: Sequence[str | int]
) -> Iterator[Problem]:
    """One finding for each key of `node`, found at `path`, that the schema does not know."""
    known = error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
    inside = f" in {path_in_words(path)}" if path else ""
    for key, _ in node:
        word = key.text
        if word in known:
            continue
        if path and word in LATER:
            message = f"{word}{inside} is not supported yet in this version"
            hint = "take it out; docs/manifest.md has the keys of this version"
            yield Problem(place=key.place, code=codes.NOT_YET, message=message, hint=hint)
        elif word in LACKING:
            message, hint = LACKING[word]
            yield Problem(place=key.place, code=codes.LACKING, message=message, hint=hint)
        else:
            hint = did_you_mean(word, known)
            if re.split("[:,]", ELSEWHERE.get(word, ""))[0] in known:
                hint = f"here it is {ELSEWHERE[word]}"
            message = f"there is no key {word}{inside}"
            yield Problem(place=key.place, code=codes.UNKNOWN_KEY, message=message, hint=hint)


def missing_keys(
    error: ValidationError, node: nodes.Node, path: Sequence[str | int]
) -> Iterator[Problem]:
    """One finding for each key that `node` needs and has not."""
    inside = f" in {path_in_words(path)}" if path else ""
    for word in wanted(error):
        if not explained(word, error):
            schema = load_schema("manifest")
            known = resolve(error.schema, schema).get("properties", {})
            examples = known.get(word, {}).get("examples", ())
            simple = bool(examples) and isinstance(examples[0], str | int)
            yield Problem(
                place=node.place,
                code=codes.MISSING_KEY,
                message=f"{word} is missing{inside}",
                hint=f"add a line such as {word}: {examples[0]}" if simple else f"add {word}",
            )


def explained(word: str, error: ValidationError) -> bool:
    """Whether another finding in the same map says why `word` is missing."""
    known = error.schema.get("properties", {})
    unknown = [key for key in error.instance if key not in known]
    return any(key in LATER or closest(key, known) == word for key in unknown)


def wanted(error: ValidationError) -> list[str]:
    """The keys that a `required` rule misses."""
    return [word for word in error.validator_value if word not in error.instance]
