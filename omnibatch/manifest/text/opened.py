"""A list or map while it is read, and the node it becomes."""

from typing import Any, cast

from omnibatch.manifest.nodes import Mapping, Node, Scalar, Sequence, mapping
from omnibatch.manifest.text.merging import merged_pairs
from omnibatch.manifest.text.mistakes import Block
from omnibatch.problems import Place, Problem

__all__ = ["Opened"]


class Opened:
    """A list or map whose end has not been reached."""

    __slots__ = (
        "anchor",
        "deeper",
        "height",
        "is_flow",
        "is_map",
        "is_suspect",
        "is_template",
        "items",
        "place",
        "start",
    )

    def __init__(self, event: Any, start: int, place: Place, is_map: bool) -> None:
        self.start = start  # its index in the text
        self.place = place
        self.is_map = is_map
        self.is_flow: bool = event.flow_style
        self.anchor: str | None = event.anchor
        self.items: list[Node] = []  # in a map: key, value, key, value
        self.deeper = 0  # nodes below the items
        self.height = 1  # levels, itself included
        self.is_suspect = False  # a key is no text
        self.is_template = False  # `{{ ... }}`, read as a map

    @property
    def size(self) -> int:
        """The nodes in it, itself and all that aliases stand for included."""
        return 1 + len(self.items) + self.deeper

    @property
    def entries(self) -> int:
        """How many entries the list or map has by now."""
        return len(self.items) // 2 if self.is_map else len(self.items)

    def hold(self, size: int, height: int) -> None:
        """Count a list or map that is about to become an item."""
        self.deeper += size - 1
        self.height = max(self.height, height + 1)

    def awaits_key(self) -> bool:
        """Tell whether the next item is a map's key."""
        return self.is_map and len(self.items) % 2 == 0

    def block(self) -> Block:
        """Where it is and of what kind, for whoever explains a mistake in it."""
        return Block(self.place, self.is_map, self.is_flow)

    def give_up(self, problems: list[Problem]) -> None:
        """Add what is wrong with the pairs so far: the text broke off inside."""
        if self.is_map:
            merged_pairs(self.items[: len(self.items) // 2 * 2], problems)

    def node(self, problems: list[Problem]) -> Sequence | Mapping:
        """The node it has become. Adds what is wrong with a map's keys to `problems`."""
        items = self.items
        if not self.is_map:
            return Sequence(tuple(items), self.place)
        if not self.is_suspect:
            keys = tuple(cast("list[Scalar]", items[::2]))
            texts = {key[0] for key in keys}
            if len(texts) == len(keys) and "<<" not in texts and "" not in texts:
                return Mapping(keys, tuple(items[1::2]), self.place)
        return mapping(merged_pairs(items, problems), self.place)
