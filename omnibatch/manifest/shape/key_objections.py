"""Objections to keys: those that there are not, and those that are missing."""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from omnibatch.manifest import codes, nodes
from omnibatch.manifest.shape.levels import place_for
from omnibatch.manifest.shape.plain import resolve
from omnibatch.manifest.shape.samples import sample_for
from omnibatch.manifest.shape.vocabulary import ELSEWHERE, LACKING, LATER
from omnibatch.manifest.suggest import closest, listed
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
    """`defaults.mode`, `multi_shot, entry 2`, or `prompt of multi_shot, entry 2`; empty for the top."""
    words = ""
    in_entry = False
    for step in path:
        if isinstance(step, int):
            words += f", entry {step + 1}"
        elif in_entry:
            words = f"{step} of {words}"
        else:
            words += f".{step}" if words else step
        in_entry = isinstance(step, int)
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
            message, hint = LATER[word]
            message = f"{word}{inside} is not taken: {message}"
            yield Problem(place=key.place, code=codes.NOT_YET, message=message, hint=hint)
        elif word in LACKING:
            message, hint = LACKING[word]
            yield Problem(place=key.place, code=codes.LACKING, message=message, hint=hint)
        else:
            message = f"there is no key {word}{inside}"
            hint = _where_to(word, known, {key.text for key, _ in node})
            yield Problem(place=key.place, code=codes.UNKNOWN_KEY, message=message, hint=hint)


def _where_to(word: str, known: Collection[str], written: Collection[str]) -> str:
    """What to write in place of the unknown key `word`, beside those that are `written`."""
    if re.split("[:,]", ELSEWHERE.get(word, ""))[0] in known:
        return f"here it is {ELSEWHERE[word]}"
    elsewhere = place_for(word, known)
    if elsewhere:
        return elsewhere
    near = closest(word, [name for name in known if name not in written])
    return f"did you mean {near}?" if near else f"there is: {listed(sorted(known))}"


def missing_keys(
    error: ValidationError, node: nodes.Node, path: Sequence[str | int]
) -> Iterator[Problem]:
    """One finding for each key that `node` needs and has not."""
    inside = f" in {path_in_words(path)}" if path else ""
    for word in wanted(error):
        if not explained(word, error):
            schema = load_schema("manifest")
            known = resolve(error.schema, schema).get("properties", {})
            sample = sample_for(0, known.get(word, {}).get("examples", ()))
            yield Problem(
                place=node.place,
                code=codes.MISSING_KEY,
                message=f"{word} is missing{inside}",
                hint=f"add a line such as {word}: {sample}" if sample else f"add {word}",
            )


def explained(word: str, error: ValidationError) -> bool:
    """Whether another finding in the same map says why `word` is missing."""
    known = error.schema.get("properties", {})
    unknown = [key for key in error.instance if key not in known]
    return any(key in LATER or closest(key, known) == word for key in unknown)


def wanted(error: ValidationError) -> list[str]:
    """The keys that a `required` rule misses."""
    return [word for word in error.validator_value if word not in error.instance]
