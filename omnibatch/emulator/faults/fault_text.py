"""The written form of faults: a JSON or YAML list of mappings."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import fields

import yaml

from omnibatch.emulator.faults.fault import Fault

__all__ = ["load_faults"]

_YES_NO = "tag:yaml.org,2002:bool"


class _Loader(yaml.SafeLoader):
    """YAML in which `on` stays a word: YAML 1.1 takes it for true, and it is our first key."""


_Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag != _YES_NO]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(_YES_NO, re.compile("true|false"), list("tf"))


def load_faults(text: str) -> tuple[Fault, ...]:
    """Read a JSON or YAML list of faults; keys are the fields of `Fault`.

    A `body` that is not text is sent as JSON. Empty text is an empty list. Raise
    `ValueError` naming the entry, counted from 1, that cannot be used.
    """
    document = _parse(text)
    if document is None:
        return ()
    if not isinstance(document, list):
        raise ValueError(f"faults: expected a list, got {type(document).__name__}")
    return tuple(_read(number, entry) for number, entry in enumerate(document, 1))


def _parse(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass  # YAML's own complaint, below, fits both
    try:
        return yaml.load(text, Loader=_Loader)  # the loader is safe: it makes plain values only
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ValueError(f"faults: neither JSON nor YAML: {error}") from error


def _read(number: int, entry: object) -> Fault:
    where = f"fault {number}"
    if not isinstance(entry, dict):
        raise ValueError(f"{where}: expected a mapping such as {{on: create, do: drop_after}}")
    known = {item.name for item in fields(Fault)}
    for key in entry:
        if key not in known:
            raise ValueError(f"{where}: unknown key {key!r}; known: {', '.join(sorted(known))}")
    for key in ("on", "do"):
        if key not in entry:
            raise ValueError(f"{where}: {key!r} is missing")
    values = {key: value for key, value in entry.items() if value is not None}
    if "body" in values and not isinstance(values["body"], str):
        values["body"] = json.dumps(values["body"])
    for key, value in values.items():
        fits, wanted = _FORMS[key]
        if not fits(value):
            raise ValueError(f"{where}: {key} must be {wanted}, not {value!r}")
    try:
        return Fault(**values)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from error


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_text_map(value: object) -> bool:
    return isinstance(value, Mapping) and all(
        isinstance(part, str) for pair in value.items() for part in pair
    )


_TEXT: tuple[Callable[[object], bool], str] = (_is_text, "text")
_WHOLE: tuple[Callable[[object], bool], str] = (_is_whole, "a whole number")
_FORMS: Mapping[str, tuple[Callable[[object], bool], str]] = {
    "on": _TEXT,
    "do": _TEXT,
    "times": _WHOLE,
    "after": _WHOLE,
    "prompt": _TEXT,
    "dialect": _TEXT,
    "seconds": (_is_number, "a number of seconds"),
    "status": _WHOLE,
    "body": _TEXT,
    "headers": (_is_text_map, "a mapping of text to text"),
    "location": _TEXT,
    "message": _TEXT,
    "bytes": _WHOLE,
}
