"""What `&name` names and what every `*name` costs.

An alias is one reference here, but whoever walks the nodes pays for all that stands
behind it. So an alias counts as the nodes and the levels it stands for: nine lines of
nine aliases each would otherwise be a thousand million nodes.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from omnibatch.manifest.nodes import Node, Scalar
from omnibatch.manifest.text.silence import unused_anchor
from omnibatch.manifest.text.source import excerpt
from omnibatch.problems import Place, Problem

__all__ = ["DEEPEST", "MOST_EXPANDED", "Anchored", "Anchors", "Stop", "too_deep", "unknown_alias"]

# Levels of lists and maps. A manifest's own shape needs about ten.
DEEPEST = 60
# Nodes that aliases may stand for, beyond those written.
MOST_EXPANDED = 1_000_000


class Stop(Exception):
    """Reading on would be dangerous or senseless; the problem says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchored:
    """A named node, with the nodes and levels that one alias to it stands for."""

    node: Node
    size: int
    height: int
    place: Place


class Anchors:
    """The names of one document, in the order of its text."""

    def __init__(self) -> None:
        self._named: dict[str, Anchored | None] = {}  # None: its node is still open
        self._unused: dict[str, Anchored] = {}
        self._given_up: list[tuple[str, Anchored]] = []
        self._expanded = 0

    def open(self, name: str) -> None:
        """A list or map called `name` starts."""
        self._named[name] = None

    def name(self, name: str, anchored: Anchored) -> None:
        """A node called `name` is whole. A name may be given again."""
        if name in self._unused:
            self._given_up.append((name, self._unused[name]))
        self._named[name] = self._unused[name] = anchored

    def resolve(self, name: str, place: Place, depth: int) -> Anchored | None:
        """What `*name` at `place`, `depth` levels deep, stands for; None if nothing.

        Raises `Stop` where it would never end, or be too much or too deep.
        """
        if name not in self._named:
            return None
        anchored = self._named[name]
        if anchored is None:
            raise Stop(_cycle(name, place))
        self._unused.pop(name, None)
        self._expanded += anchored.size
        if self._expanded > MOST_EXPANDED:
            raise Stop(_too_many(self._expanded, place))
        if depth + anchored.height > DEEPEST:
            raise Stop(too_deep(place))
        return anchored

    def unused(self) -> Iterator[Problem]:
        """The problems with names that nobody uses and that were likely meant as text."""
        for name, anchored in (*self._given_up, *self._unused.items()):
            node = anchored.node
            if isinstance(node, Scalar) and node.style == "plain" and node.text:
                yield unused_anchor(name, anchored.place)


def unknown_alias(name: str, place: Place) -> Problem:
    """The problem with a `*name` that nothing before it is called."""
    name = excerpt(name)
    return Problem(
        place=place,
        code="OB123",
        message=f"`*{name}` stands for what `&{name}` names, and there is no `&{name}` before it",
        hint="quote the text if it is meant to start with `*`",
    )


def too_deep(place: Place) -> Problem:
    """The problem with one more level than are read."""
    return Problem(
        place=place,
        code="OB126",
        message=f"lists and maps are nested {DEEPEST + 1} levels deep, limit {DEEPEST}",
        hint="use fewer levels; a manifest needs about ten",
    )


def _cycle(name: str, place: Place) -> Problem:
    name = excerpt(name)
    return Problem(
        place=place,
        code="OB124",
        message=f"`*{name}` stands inside what `&{name}` names, and so would never end",
        hint="name a part that does not hold the alias",
    )


def _too_many(expanded: int, place: Place) -> Problem:
    return Problem(
        place=place,
        code="OB125",
        message=f"the aliases up to here stand for {expanded:,} values, limit {MOST_EXPANDED:,}",
        hint="write out what the aliases stand for",
    )
