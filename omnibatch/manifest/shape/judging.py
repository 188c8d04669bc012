"""The shape of a manifest: which keys there are, and what kind of value each takes.

`schemas/manifest.schema.json` is the judge. One shot costs the judge a tenth of a
millisecond, so what it said of others like it is remembered (`quick`). Only a shot that
is not surely right is judged as a whole, and then in words.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Literal

from omnibatch.manifest import codes, nodes
from omnibatch.manifest.enough import MOST_ERRORS
from omnibatch.manifest.shape.objections import objections
from omnibatch.manifest.shape.plain import Guide, follow, inlined, plain, resolve
from omnibatch.manifest.shape.quick import quick
from omnibatch.problems import Problem
from omnibatch.schema import load_schema

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

__all__ = ["Kind", "Verdict", "judge", "judge_shot"]

Kind = Literal["manifest", "library", "fragment", "scene", "included"]

_A: Final[Mapping[Kind, str]] = {
    "manifest": "a manifest",
    "library": "a library",
    "fragment": "a file of shots",
    "scene": "a scene",
    "included": "an include",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the judge found in one map.

    `bad_keys` are its keys with a problem, unknown ones among them; `bad_inside` gives the
    ways to bad values further in, such as `("defaults", "mode")`. What is good beside them
    is worth a look, since all problems are to be found at once; not so where the map `is_bad`
    as a whole.
    """

    problems: tuple[Problem, ...] = ()
    bad_keys: frozenset[str] = frozenset()
    bad_inside: frozenset[tuple[str, ...]] = frozenset()
    is_bad: bool = False

    def bad_in(self, *way: str) -> frozenset[str]:
        """The keys of the map at `way` that have a problem."""
        return frozenset(
            bad[len(way)]
            for bad in self.bad_inside
            if len(bad) > len(way) and bad[: len(way)] == way
        )


_MOST_OBJECTIONS: Final = MOST_ERRORS + 1  # more than are looked at

_FINE: Final = Verdict()


class _Judge:
    """The compiled schema: the manifest without its shots, one shot, and its parts."""

    def __init__(self) -> None:
        from omnibatch.manifest.shape.law import validator_class

        law = validator_class()
        schema = load_schema("manifest")
        self.heads: dict[Kind, tuple[Validator, Guide]] = {}
        for kind in _A:
            rule = schema if kind == "manifest" else schema["$defs"][kind]
            properties = dict(rule["properties"])
            if "shots" in properties:
                shots = dict(properties["shots"])
                while "$ref" in shots:
                    shots = dict(resolve(shots, schema))
                del shots["items"]
                properties["shots"] = shots
            head = {**rule, "properties": properties}
            self.heads[kind] = (
                law(inlined(head, schema)),
                follow(head, schema),
            )
        shot = inlined({"$ref": "#/$defs/shot"}, schema)
        self.shot: Validator = law(shot)
        self.shot_guide = follow(shot, schema)
        self.surely_right = quick(shot, self.shot_guide, law)


@cache
def _judge() -> _Judge:
    return _Judge()


def judge(node: nodes.Node, kind: Kind) -> Verdict:
    """Judge a map of the given kind; of its `shots`, only that there are some."""
    if not isinstance(node, nodes.Mapping):
        return Verdict(problems=(_no_map(node, kind),), is_bad=True)
    validator, guide = _judge().heads[kind]
    head = _plain_head(node, guide)
    known = guide.properties
    problems: list[Problem] = []
    bad: set[tuple[str, ...]] = {(key,) for key in head if key not in known}
    is_bad = False
    for error in validator.iter_errors(head):
        ways = set(_bad_ways(error))
        is_bad = is_bad or not ways
        bad |= ways
        problems += islice(objections(error, node, _A[kind]), _MOST_OBJECTIONS)
        if len(problems) > _MOST_OBJECTIONS:
            break
    if not problems:
        return _FINE
    return Verdict(
        problems=tuple(problems),
        bad_keys=frozenset(way[0] for way in bad),
        bad_inside=frozenset(way for way in bad if len(way) > 1),
        is_bad=is_bad and not bad,
    )


def judge_shot(node: nodes.Node) -> Verdict:
    """Judge one shot."""
    law = _judge()
    if law.surely_right(node):
        return _FINE
    data = plain(node, law.shot_guide)
    problems: list[Problem] = []
    bad: set[tuple[str, ...]] = set()
    for error in law.shot.iter_errors(data):
        problems += islice(objections(error, node, "a shot"), _MOST_OBJECTIONS)
        bad |= set(_bad_ways(error))
        _forget(error)
        if len(problems) > _MOST_OBJECTIONS:
            break
    if not problems:
        return _FINE
    return Verdict(
        problems=tuple(problems),
        bad_keys=frozenset(way[0] for way in bad),
        bad_inside=frozenset(way for way in bad if len(way) > 1),
        is_bad=not bad,
    )


def _bad_ways(error: Any) -> Iterator[tuple[str, ...]]:  # jsonschema's ValidationError
    """The ways to what `error` is about: one, or one for each unknown key."""
    way = tuple(str(step) for step in error.absolute_path)
    if error.validator == "additionalProperties" and isinstance(error.schema, dict):
        for key in _unknown_in(error.instance, error.schema.get("properties", {})):
            yield (*way, key)
    elif way:
        yield way


def _forget(error: Any) -> None:  # jsonschema's ValidationError
    """Take apart what holds itself: nothing else does while collection is put off."""
    for cause in error.context or ():
        _forget(cause)
        cause.parent = None


def _unknown_in(data: object, known: Container[str]) -> set[str]:
    return {key for key in data if key not in known} if isinstance(data, dict) else set()


def _no_map(node: nodes.Node, kind: Kind) -> Problem:
    message, hint = {
        "manifest": (
            "a manifest is a map of keys: version, provider, shots",
            "begin with version: 1",
        ),
        "library": (
            "a library is a map of keys: vars, references, defaults, profiles",
            "begin with vars: or references:",
        ),
        "fragment": ("a file of shots is a list of shots, or a map of keys", "begin with shots:"),
    }.get(kind, ("this is not a map of keys", "write key: value"))
    return Problem(place=node.place, code=codes.WRONG_TYPE, message=message, hint=hint)


def _plain_head(node: nodes.Mapping, guide: Guide) -> dict[str, Any]:
    """The data of a map with its shots counted but not read."""
    head: dict[str, Any] = {}
    for key, value in node:
        if key.text == "shots" and isinstance(value, nodes.Sequence):
            head[key.text] = [None] * min(len(value.items), 1)
        else:
            head[key.text] = plain(value, guide.properties.get(key.text, Guide()))
    return head
