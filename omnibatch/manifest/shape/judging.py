"""The shape of a manifest: which keys there are, and what kind of value each takes.

`schemas/manifest.schema.json` is the judge. One shot costs the judge a tenth of a
millisecond, so verdicts are remembered: over the same keys together, and over the same
value under the same key, it says the same each time. Only a shot that is not surely
right is judged as a whole, and then in words.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from omnibatch.manifest import codes, nodes
from omnibatch.manifest.shape.objections import objections
from omnibatch.manifest.shape.plain import Guide, follow, inlined, plain
from omnibatch.problems import Problem
from omnibatch.schema import load_schema

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

__all__ = ["Shape", "judge"]

_MOST_REMEMBERED = 10_000
_ANNOTATIONS = frozenset({"default", "description", "examples", "title"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What the judge found.

    `bad_keys` are the top-level keys with a problem, unknown ones among them;
    `bad_defaults` those of `defaults`. `bad_shots` gives, by position from 0, the keys
    of a shot with one, none for a shot that is bad as a whole. What is good beside them
    is worth a look: all problems are to be found at once.
    """

    problems: tuple[Problem, ...]
    bad_keys: frozenset[str] = frozenset()
    bad_defaults: frozenset[str] = frozenset()
    bad_shots: Mapping[int, frozenset[str]] = field(default_factory=dict)


class _Judge:
    """The compiled schema: the manifest without its shots, one shot, and its parts."""

    def __init__(self) -> None:
        from jsonschema import Draft202012Validator

        schema = load_schema("manifest")
        shots = dict(schema["properties"]["shots"])
        del shots["items"]
        head = {**schema, "properties": {**schema["properties"], "shots": shots}}
        shot = inlined({"$ref": "#/$defs/shot"}, schema)
        rules: dict[str, dict[str, Any]] = shot["properties"]
        self.head: Validator = Draft202012Validator(inlined(head, schema))
        self.head_guide = follow(head, schema)
        self.shot: Validator = Draft202012Validator(shot)
        self.shot_guide = follow(shot, schema)
        self.shot_keys: Validator = Draft202012Validator(
            {**shot, "properties": dict.fromkeys(rules, True)}
        )
        defaults = self.head_guide.properties.get("defaults", Guide())
        self.defaults = frozenset(defaults.properties)
        self.values = {key: Draft202012Validator(rule) for key, rule in rules.items()}
        self.any_text = frozenset(key for key, rule in rules.items() if _takes_any_text(rule))
        self._right_keys: dict[frozenset[str], bool] = {}
        self._right_values: set[tuple[str, type, object]] = set()

    def surely_right(self, shot: Mapping[str, Any]) -> bool:
        """Whether `shot` breaks no rule; False may also mean "not sure"."""
        keys = frozenset(shot)
        if keys not in self._right_keys:
            self._forget(self._right_keys)
            self._right_keys[keys] = self.shot_keys.is_valid(dict.fromkeys(keys, ""))
        return self._right_keys[keys] and all(self._right(*item) for item in shot.items())

    def _right(self, key: str, value: Any) -> bool:  # JSON data
        if isinstance(value, str) and key in self.any_text:
            return True
        if isinstance(value, list) and all(type(each) is str for each in value):
            verdict = (key, list, tuple(value))
        elif isinstance(value, dict | list):
            return self.values[key].is_valid(value)
        else:
            verdict = (key, type(value), value)
        if verdict in self._right_values:
            return True
        if not self.values[key].is_valid(value):
            return False
        self._forget(self._right_values)
        self._right_values.add(verdict)
        return True

    @staticmethod
    def _forget(memory: dict[Any, Any] | set[Any]) -> None:  # either is emptied alike
        if len(memory) >= _MOST_REMEMBERED:
            memory.clear()


def _takes_any_text(rule: Mapping[str, Any]) -> bool:
    """Whether `rule` says no more about a text than that it is one."""
    return rule.get("type") == "string" and not rule.keys() - _ANNOTATIONS - {"type"}


@cache
def _judge() -> _Judge:
    return _Judge()


def judge(manifest: nodes.Node) -> Shape:
    """Judge the shape of a whole manifest and find everything that is wrong with it."""
    if not isinstance(manifest, nodes.Mapping):
        found = Problem(
            place=manifest.place,
            code=codes.WRONG_TYPE,
            message="a manifest is a map of keys: version, provider, shots",
            hint="begin with version: 1",
        )
        return Shape(problems=(found,), bad_keys=frozenset({"version"}))
    law = _judge()
    problems: list[Problem] = []
    bad_keys: set[str] = set()
    head = _plain_head(manifest, law.head_guide)
    known = law.head_guide.properties
    bad_keys.update(key for key in head if key not in known)
    bad_defaults: set[str] = set()
    for error in law.head.iter_errors(head):
        path = [str(step) for step in error.absolute_path]
        bad_keys.update(path[:1])
        if path[:1] == ["defaults"]:
            bad_defaults.update(path[1:2] or _unknown_in(error.instance, law.defaults))
        problems += objections(error, manifest, "a manifest")
    bad_shots: dict[int, frozenset[str]] = {}
    shots = manifest.get("shots")
    if isinstance(shots, nodes.Sequence):
        for position, node in enumerate(shots.items):
            found_here, keys = _judge_shot(node, law)
            problems += found_here
            if found_here:
                bad_shots[position] = keys
    return Shape(
        problems=tuple(problems),
        bad_keys=frozenset(bad_keys),
        bad_defaults=frozenset(bad_defaults),
        bad_shots=bad_shots,
    )


def _plain_head(manifest: nodes.Mapping, guide: Guide) -> dict[str, Any]:
    """The manifest's data with its shots counted but not read."""
    head: dict[str, Any] = {}
    for key, value in manifest:
        if key.text == "shots" and isinstance(value, nodes.Sequence):
            head[key.text] = [None] * min(len(value.items), 1)
        else:
            head[key.text] = plain(value, guide.properties.get(key.text, Guide()))
    return head


def _judge_shot(node: nodes.Node, law: _Judge) -> tuple[list[Problem], frozenset[str]]:
    """What is wrong with a shot, and under which of its keys."""
    data = plain(node, law.shot_guide)
    if isinstance(data, dict) and law.surely_right(data):
        return [], frozenset()
    problems: list[Problem] = []
    keys: set[str] = set()
    for error in law.shot.iter_errors(data):
        problems += objections(error, node, "a shot")
        path = [str(step) for step in error.absolute_path]
        keys.update(path[:1] or _unknown_in(error.instance, law.values))
    return problems, frozenset(keys)


def _unknown_in(data: object, known: Container[str]) -> set[str]:
    return {key for key in data if key not in known} if isinstance(data, dict) else set()
