"""What a manifest and the files it includes make together, before any template is read."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import repeat
from pathlib import Path
from typing import NamedTuple

from omnibatch.manifest import nodes

__all__ = ["Context", "Entry", "Film", "Layer", "Named", "Names", "Picked", "layer"]


class Picked(NamedTuple):
    """A value that was written: its key, its node, and the layer it is from."""

    key: nodes.Scalar
    node: nodes.Node
    origin: str


Layer = Mapping[str, Picked]


def layer(origin: str, node: nodes.Node | None, *, without: frozenset[str] = frozenset()) -> Layer:
    """The values of a map as one layer, but for some keys; nothing for anything else."""
    if not isinstance(node, nodes.Mapping):
        return {}
    keys, values = node.keys, node.values
    names = [key.text for key in keys]
    found = dict(zip(names, map(_picked, zip(keys, values, repeat(origin))), strict=True))
    for key in without:
        found.pop(key, None)
    return found


_picked = partial(tuple.__new__, Picked)  # a million times over


class Named(NamedTuple):
    """A definition: the name where it was written, and what it names."""

    key: nodes.Scalar
    node: nodes.Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What a file defines for others: variables, references, default values and profiles."""

    vars: Mapping[str, Named] = field(default_factory=dict)
    references: Mapping[str, Named] = field(default_factory=dict)
    defaults: Mapping[str, Named] = field(default_factory=dict)
    profiles: Mapping[str, Named] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Context:
    """What stands around some shots: values, and the references in reach.

    `layers` are those outside the shot, and `references` the levels of names, both the
    outermost first. `scene` is empty outside scenes.
    """

    layers: tuple[Layer, ...]
    references: tuple[Mapping[str, Named], ...] = ()
    scene: str = ""


class Entry(NamedTuple):
    """One shot as written, the keys that are bad in it (None: it is sound), and its context."""

    node: nodes.Mapping
    bad: frozenset[str] | None
    context: Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """All shots as written, in the order of the film, and what they have in common.

    `files` are the real paths of the manifest and of all that it includes.
    Without `is_whole`, a file could not be read, or what it defines is not as it should
    be: shots would be found wrong for no fault of their own.
    """

    variables: Mapping[str, nodes.Scalar]
    profiles: Mapping[str, Named]
    bad_profiles: frozenset[tuple[str, str]] = frozenset()
    entries: deque[Entry]
    files: tuple[Path, ...]
    is_whole: bool = True
