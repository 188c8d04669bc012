"""A shot's matrix: every combination of its lists, some added, some left out again."""

import itertools
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from omnibatch.manifest import codes, nodes
from omnibatch.manifest.suggest import did_you_mean
from omnibatch.manifest.template.rendered import is_template
from omnibatch.problems import Place, Problem, Severity

__all__ = ["MOST_COMBINATIONS", "Combination", "read_matrix"]

MOST_COMBINATIONS: Final = 10_000
_NOT_LISTS: Final = frozenset({"exclude", "include"})
_MOST_EXCLUDED: Final = 500  # each is compared with every combination
_MOST_SHOWN: Final = 10**18

# What an id may not have in it: `16:9` becomes `16-9` there.
_NOT_IN_IDS = re.compile(r"[\s@+:,/*?\[\]{}]+")


class Combination(NamedTuple):
    """One choice from each list: the texts for templates, and their names as ids have them."""

    texts: Mapping[str, str]
    names: Mapping[str, str]

    @property
    def suffix(self) -> str:
        """What is added to an id that uses none of the names."""
        return "".join(f"-{name}" for name in self.names.values() if name)


@dataclass(frozen=True, slots=True)
class _Matrix:
    """The lists by their keys: names and the texts that they stand for."""

    lists: Mapping[str, Mapping[str, str]]
    problems: list[Problem]

    def text(self, key: str, name: str) -> str:
        return self.lists[key].get(name, name)

    def add(
        self, place: Place, code: str, message: str, hint: str, severity: Severity = "error"
    ) -> None:
        self.problems.append(
            Problem(place=place, code=code, message=message, hint=hint, severity=severity)
        )


def read_matrix(node: nodes.Mapping, problems: list[Problem]) -> tuple[Combination, ...]:
    """All combinations of the matrix `node`, the last list turning fastest.

    What is left out by `exclude` is left out of those that `include` adds, too. Findings
    are added to `problems`; nothing is left where one makes the rest doubtful.
    """
    lists = {key.text: _texts(value) for key, value in node if key.text not in _NOT_LISTS}
    matrix = _Matrix(lists or _of_combinations(node.get("include")), problems)
    _warn_of_braces(node, problems)
    count = math.prod(map(len, matrix.lists.values()))
    if count > MOST_COMBINATIONS:
        # So many lists may there be that their product has more digits than Python writes.
        many = f"{count:,}" if count < _MOST_SHOWN else f"more than {_MOST_SHOWN:,}"
        message = f"the matrix has {many} combinations, limit {MOST_COMBINATIONS:,}"
        matrix.add(node.place, codes.TOO_MANY_SHOTS, message, "make a shot for each part of it")
        return ()
    if _too_long(node, matrix):
        return ()
    before = len(problems)
    chosen = [
        dict(zip(matrix.lists, names, strict=True))
        for names in (itertools.product(*matrix.lists.values()) if lists else ())
    ]
    chosen += _included(node.get("include"), matrix, chosen)
    chosen = _without_excluded(node.get("exclude"), matrix, chosen)
    if any(problem.severity == "error" for problem in problems[before:]):
        return ()
    if not chosen:
        message = "nothing is left of this matrix"
        matrix.add(node.place, codes.EMPTY_MATRIX, message, "exclude fewer combinations")
    return tuple(_combination(names, matrix) for names in chosen)


def _warn_of_braces(node: nodes.Mapping, problems: list[Problem]) -> None:
    """Texts are data: a template among them would be paid for as it stands."""
    waiting: list[nodes.Node] = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, nodes.Mapping):
            waiting += [value for _, value in each]
        elif isinstance(each, nodes.Sequence):
            waiting += each.items
        elif is_template(each.text):
            problems.append(
                Problem(
                    place=each.place,
                    code=codes.BRACES,
                    message="this text looks like a template, and is sent as it stands",
                    hint="texts of a matrix are data: write the template in vars or the prompt",
                    severity="warning",
                )
            )


def _of_combinations(node: nodes.Node | None) -> dict[str, Mapping[str, str]]:
    """The keys of a matrix that is `include` alone: those of its first combination."""
    first = next((written for _, written in _listed(node)), {})
    return {key: {} for key in first}


def _too_long(node: nodes.Mapping, matrix: _Matrix) -> bool:
    """Whether more is added or left out than is read, which is recorded."""
    found = False
    for key, most in (("include", MOST_COMBINATIONS), ("exclude", _MOST_EXCLUDED)):
        items = node.get(key)
        if isinstance(items, nodes.Sequence) and len(items.items) > most:
            found = True
            message = f"{key} has {len(items.items):,} combinations, limit {most:,}"
            matrix.add(
                items.place, codes.TOO_MANY_SHOTS, message, "make a shot for each part of it"
            )
    return found


def _texts(node: nodes.Node) -> dict[str, str]:
    if isinstance(node, nodes.Mapping):
        return {
            key.text: value.text.rstrip("\n")
            for key, value in node
            if isinstance(value, nodes.Scalar)
        }
    items = node.items if isinstance(node, nodes.Sequence) else ()
    texts = [item.text.rstrip("\n") for item in items if isinstance(item, nodes.Scalar)]
    return {text: text for text in texts}


def _combination(names: Mapping[str, str], matrix: _Matrix) -> Combination:
    texts = {key: matrix.text(key, name) for key, name in names.items()}
    return Combination(
        texts,
        {key: _NOT_IN_IDS.sub("-", name.strip()).strip("-") for key, name in names.items()},
    )


def _listed(node: nodes.Node | None) -> Iterator[tuple[nodes.Mapping, dict[str, nodes.Scalar]]]:
    for item in node.items if isinstance(node, nodes.Sequence) else ():
        if isinstance(item, nodes.Mapping):
            yield item, {key.text: each for key, each in item if isinstance(each, nodes.Scalar)}


def _included(
    node: nodes.Node | None, matrix: _Matrix, there: list[dict[str, str]]
) -> list[dict[str, str]]:
    known = {tuple(names.values()) for names in there}
    added: list[dict[str, str]] = []
    for item, written in _listed(node):
        if _unknown(item, matrix):
            continue
        missing = [key for key in matrix.lists if key not in written]
        if missing:
            message = f"this combination has no {', '.join(missing)}"
            hint = "an include is a whole combination: give every key of the matrix"
            matrix.add(item.place, codes.BAD_COMBINATION, message, hint)
            continue
        names = {key: written[key].text for key in matrix.lists}
        if tuple(names.values()) in known:
            message = "the matrix has this combination already"
            matrix.add(item.place, codes.BAD_COMBINATION, message, "leave it out of include")
            continue
        known.add(tuple(names.values()))
        added.append(names)
    return added


def _without_excluded(
    node: nodes.Node | None, matrix: _Matrix, chosen: list[dict[str, str]]
) -> list[dict[str, str]]:
    for item, written in _listed(node):
        if _unknown(item, matrix):
            continue
        names = {key: scalar.text for key, scalar in written.items()}
        left = [each for each in chosen if any(each[key] != name for key, name in names.items())]
        if len(left) == len(chosen):
            message = "this exclude matches no combination"
            hint = _cure(names, matrix, chosen)
            matrix.add(item.place, codes.EXCLUDES_NOTHING, message, hint, "warning")
        chosen = left
    return chosen


def _cure(names: Mapping[str, str], matrix: _Matrix, chosen: list[dict[str, str]]) -> str:
    """What to do about an exclude that matches nothing: a name in it is wrong, or it is done."""
    for key, name in names.items():
        there = dict.fromkeys(each[key] for each in chosen)
        if name not in there:
            by_text = [n for n, text in matrix.lists[key].items() if text == name and n in there]
            if by_text:
                return f"use its name: {by_text[0]}"
            return did_you_mean(name, there) or f"{key} is one of {', '.join(there) or 'none'}"
    return "leave it out"


def _unknown(item: nodes.Mapping, matrix: _Matrix) -> bool:
    """Whether `item` has a key that is none of the matrix, which is recorded."""
    found = [key for key, _ in item if key.text not in matrix.lists]
    for key in found:
        known = ", ".join(matrix.lists)
        hint = did_you_mean(key.text, matrix.lists) or (
            f"it has {known}" if known else "leave it out"
        )
        message = f"the matrix has no list {key.text}"
        matrix.add(key.place, codes.BAD_COMBINATION, message, hint)
    return bool(found)
