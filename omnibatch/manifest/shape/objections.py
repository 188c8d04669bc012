"""What the schema objects to, in people's words and with places.

jsonschema says which rule a value breaks; this module says it to somebody who has never
seen the schema. A rule of alternatives is followed into the one alternative that the
value was meant for, and said as a whole where there is none.
"""

from collections.abc import Iterator, Sequence

from omnibatch.manifest import codes, nodes
from omnibatch.manifest.names import bad_name
from omnibatch.manifest.shape.expectations import enumerated, examples, expected, title
from omnibatch.manifest.shape.key_objections import (
    ValidationError,
    explained,
    missing_keys,
    path_in_words,
    unknown_keys,
)
from omnibatch.manifest.shape.plain import read_yes_no
from omnibatch.manifest.shape.samples import as_written, sample_for
from omnibatch.manifest.suggest import closest, listed
from omnibatch.problems import Problem

__all__ = ["objections"]


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
    place = (written or node).place
    word = str(error.instance)
    # Names in templates are narrower than those of profiles.
    if error.schema.get("maxLength") == 64:
        yield bad_name(word, place)
        return
    message = f"{word[:60]!r} cannot be a name"
    hint = "use letters, digits, - and _, at most 100, and do not begin with -"
    if error.validator == "maxLength":
        message = f"the name {word[:20]!r}... has {len(word):,} characters, limit 100"
        hint = "use a shorter one"
    yield Problem(place=place, code=codes.BAD_NAME, message=message, hint=hint)


def _alternatives(
    error: ValidationError,
    top: nodes.Node,
    node: nodes.Node,
    path: Sequence[str | int],
    whole: str,
) -> Iterator[Problem]:
    causes = list(error.context or ())
    if all("required" in way for way in error.validator_value):
        yield from _one_of_keys(error, node, path)
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


def _one_of_keys(
    error: ValidationError, node: nodes.Node, path: Sequence[str | int]
) -> Iterator[Problem]:
    """A map needs one key of several, and has none of them or more than one."""
    words = [way["required"][0] for way in error.validator_value]
    if not isinstance(error.instance, dict):
        return  # that it is no map has been said
    written = [word for word in words if word in error.instance]
    subject = path_in_words(path) or "this shot"
    if written:
        message = f"{subject} has {' and '.join(written)}"
        hint = "a reference is one thing: give each a name of its own"
        yield Problem(place=node.place, code=codes.WRONG_TYPE, message=message, hint=hint)
    elif not any(explained(word, error) for word in words):
        known = error.schema.get("properties", {})
        sample = sample_for(0, known.get(words[0], {}).get("examples", ())) or "..."
        message = f"{subject} needs {' or '.join(words)}"
        hint = f"add a line such as {words[0]}: {sample}"
        yield Problem(place=node.place, code=codes.MISSING_KEY, message=message, hint=hint)


def _misses(cause: ValidationError) -> bool:
    """Whether the value was not meant for the alternative that `cause` came from."""
    at_top = not cause.relative_path
    return at_top and (cause.validator in ("type", "enum") or title(cause.schema) == "a template")


def _simple(
    error: ValidationError, node: nodes.Node, path: Sequence[str | int], whole: str
) -> Problem:
    rule, limit, value = error.validator, error.validator_value, error.instance
    subject = path_in_words(path) or whole
    shown = _shown(value)
    code, hint = codes.WRONG_TYPE, ""
    message = f"{subject} must be {expected(error)}, not {shown}"
    if path == ["version"]:
        code, message = codes.WRONG_VERSION, f"this is version {shown}; omnibatch reads version 1"
        hint = "write version: 1, or use a newer omnibatch"
    elif rule in ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"):
        code = codes.OUT_OF_RANGE
        side = {"minimum": "at least", "exclusiveMinimum": "more than"}.get(str(rule), "at most")
        message = f"{subject} must be {side} {limit:,}, not {value:,}"
    elif rule in ("minLength", "maxLength", "minItems", "maxItems"):
        code = codes.WRONG_COUNT
        one, many = ("entry", "entries") if rule.endswith("Items") else ("character", "characters")
        what = one if limit == 1 else many
        side = "at most" if rule.startswith("max") else "at least"
        has = len(node.items if isinstance(node, nodes.Sequence) else value)
        message = f"{subject} must have {side} {limit:,} {what}, and has {has:,}"
        if rule == "maxItems":
            hint = f"leave {has - limit:,} out"
    elif rule == "uniqueItems":
        code, message = codes.WRONG_COUNT, f"{subject} has an entry twice"
        hint = "leave one out"
    elif rule is None:
        # The one key that is forbidden beside another: a reference's key.
        message = f"{subject} does not go together with key, which is for addresses"
        hint = "leave key out"
    elif isinstance(value, str | int | float) and rule != "type":
        code = codes.BAD_NAME if path[-1:] in (["id"], ["name"]) else codes.WRONG_VALUE
        hint = _near(str(value), enumerated(error))
    return Problem(
        place=node.place, code=code, message=message, hint=hint or _cure(error, path, whole)
    )


def _near(value: str, words: Sequence[str]) -> str:
    """The word of a choice that was probably meant."""
    answer = read_yes_no(value)
    if answer is not None and "on" in words:
        return f"did you mean {'on' if answer else 'off'}?"
    near = closest(value, words)
    return f"did you mean {near}?" if near else ""


def _cure(error: ValidationError, path: Sequence[str | int], whole: str) -> str:
    """What to do where nothing better is known: an example of what is meant."""
    rule, limit, value = error.validator, error.validator_value, error.instance
    meant = expected(error)
    if rule == "minItems":
        return "add one"
    if rule in ("minLength", "maxLength"):
        return "write more" if rule == "minLength" else f"cut {len(value) - limit:,}"
    if rule == "minimum" and path[-1:] == ["duration"] and "multi_shot" not in path:
        return "`omnibatch models` shows how many seconds each model renders"
    if rule in ("minimum", "maximum"):
        return f"use {limit:,} or {'more' if rule == 'minimum' else 'less'}"
    if "none of @" in meant:
        return "use letters, digits, - and _, such as opening-2"
    if path[-1:] == ["shots"]:
        return "write each shot as - id: NAME with a prompt below it"
    if whole == "a shot" and not path:
        return "write - id: NAME with a prompt below it, or - include: FILE.yaml"
    if "a list" in meant and not isinstance(value, dict | list) and " or " not in meant:
        return f"write {as_written([value])}"
    sample = sample_for(value, examples(error))
    if sample is None:
        return "write it as one text" if meant == "text" else f"write {meant}"
    return f"write it like {sample}"


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return f"a map with {listed(value)}" if value else "an empty map"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    return repr(text if len(text) <= 60 else text[:57] + "...")
