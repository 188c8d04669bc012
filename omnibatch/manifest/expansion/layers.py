"""Where each value of a shot comes from: the layers, from the innermost outwards.

The innermost layer that has a key wins: layers are merged, outer ones first, and each
value remembers where it is from. Scenes and profiles will be layers between these.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from omnibatch.manifest import codes, nodes
from omnibatch.manifest.expansion.fields import choices, expected, read_seconds, read_yes_no
from omnibatch.manifest.expansion.scope import Scope
from omnibatch.manifest.suggest import closest
from omnibatch.problems import Place, Problem

__all__ = ["Draft", "Layer", "Picked", "layer"]


@dataclass(frozen=True, slots=True)
class Picked:
    """A value that was written: its key, its node, and the layer it is from."""

    key: nodes.Scalar
    node: nodes.Node
    origin: str


Layer = Mapping[str, Picked]


def layer(origin: str, node: nodes.Node | None, *, without: frozenset[str] = frozenset()) -> Layer:
    """The values of a map as one layer, but for some keys; nothing for anything else."""
    pairs = node if isinstance(node, nodes.Mapping) else ()
    return {key.text: Picked(key, value, origin) for key, value in pairs if key.text not in without}


@dataclass(slots=True, kw_only=True)
class Draft:
    """A shot in the making: the values of its merged layers, and how they read.

    `facts` are the parts of `shot` in templates, as far as they are known. `failed` is set where a value cannot be had. The finding has been recorded, and what
    is left of the shot is still worked out for more of them.
    """

    values: Layer
    scope: Scope
    problems: list[Problem]
    facts: dict[str, object]
    places: dict[str, Place] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    dropped: dict[str, str] = field(default_factory=dict)
    failed: bool = False

    def pick(self, key: str) -> Picked | None:
        """The innermost value of `key`, noting where it was written."""
        picked = self.values.get(key)
        if picked is not None:
            self.places[key] = picked.node.place
            self.origins[key] = picked.origin
        return picked

    def picked(self, key: str) -> bool:
        """Whether `key` was written in any layer."""
        return key in self.places

    def place_in(self, scalar: nodes.Scalar | None, part: str) -> Place:
        """Where `part` stands in `scalar`, or `scalar` itself, or the shot."""
        if scalar is None:
            return self.values["id"].node.place
        offset = scalar.text.find(part)
        return scalar.place_at(offset) if offset >= 0 else scalar.place

    def render(self, node: nodes.Node, *, prompt: bool = False) -> str | None:
        """The text of a scalar, or None (and a failed draft) where it cannot be had."""
        text = self.scope.text(node, prompt=prompt) if isinstance(node, nodes.Scalar) else None
        if text is None:
            self.failed = True
        return text

    def text(self, key: str, built_in: str = "") -> str:
        """The text of `key`, else what is built in."""
        picked = self.pick(key)
        if picked is None:
            if built_in:
                self.origins[key] = "built-in"
            return built_in
        return self.render(picked.node) or ""

    def texts(self, key: str) -> tuple[str, ...]:
        """The texts of `key`, written as one or as a list; each once."""
        picked = self.pick(key)
        if picked is None:
            return ()
        items = picked.node.items if isinstance(picked.node, nodes.Sequence) else (picked.node,)
        found = [self.render(item) for item in items]
        return tuple(dict.fromkeys(text for text in found if text))

    def choice(self, key: str, built_in: str | None = None) -> str | None:
        """One of the values that the schema lists for `key`."""
        text = self.text(key, built_in or "")
        if key not in self.places or (self.failed and not text):
            return text or None
        if text not in choices(key):
            near = closest(text, choices(key))
            self.refuse(key, text, f"did you mean {near}?" if near else "")
        return text

    def seconds(self, key: str, built_in: int) -> int:
        """Whole seconds under `key`."""
        text = self.text(key, str(built_in))
        seconds = read_seconds(text)
        if seconds is None and text:
            self.refuse(key, text)
        return seconds or built_in

    def yes_no(self, key: str) -> bool:
        """Yes or no under `key`; no where nothing is written."""
        text = self.text(key)
        answer = read_yes_no(text)
        if answer is None and text:
            self.refuse(key, text)
        return bool(answer)

    def refuse(self, key: str, text: str, hint: str = "") -> None:
        """Record that what a template made is not what `key` takes."""
        message = f"{key} must be {expected(key)}, not {text[:60]!r}"
        self.add(self.places[key], codes.WRONG_VALUE, message, hint)

    def drop(self, key: str, reason: str) -> bool:
        """Leave out `key`, which does not apply; written on the shot itself it is a problem.

        Return whether it was written anywhere.
        """
        origin = self.origins.pop(key, None)
        place = self.places.pop(key, None)
        if place is None or origin is None:
            return False
        if origin == "shot":
            written = self.values[key].key.place
            self.add(
                written, codes.DOES_NOT_APPLY, f"{key} does not apply: {reason}", f"leave {key} out"
            )
        else:
            self.dropped[key] = reason
        return True

    def add(self, place: Place, code: str, message: str, hint: str = "") -> None:
        """Record a problem, which fails the shot."""
        self.failed = True
        self.problems.append(Problem(place=place, code=code, message=message, hint=hint))
