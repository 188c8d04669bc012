"""A shot in the making: its values, picked from the layers around it and read.

The innermost layer that has a key wins: manifest, defaults, scene, the shot itself, the
profile in use, and what the shot says for that profile. A template that comes to nothing
is as good as not written, and the next layer outwards counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from omnibatch.manifest import codes, nodes
from omnibatch.manifest.composition.film import Layer, Picked
from omnibatch.manifest.expansion.fields import (
    choices,
    expected,
    read_number,
    read_seconds,
    read_yes_no,
)
from omnibatch.manifest.expansion.scope import Scope
from omnibatch.manifest.suggest import closest
from omnibatch.manifest.template.rendering import Parts
from omnibatch.problems import Place, Problem

__all__ = ["OWN", "Draft"]

OWN: Final = "shot"
"""The origin of what is written on a shot itself; for a profile, `shot's profile NAME`."""


@dataclass(slots=True, kw_only=True)
class Draft:
    """The values of one shot, and how they read.

    `layers` come the outermost first, and `values` are all of them as one. `facts` are
    the parts of `shot` in templates, as far as they are known. `written` gathers what was
    picked, and `origins` the names of the layers it is from. `failed` is set where a
    value cannot be had. The finding has been recorded, and what is left of the shot is
    still worked out for more of them.
    """

    layers: Sequence[Layer]
    values: Layer
    scope: Scope
    problems: list[Problem]
    facts: Parts
    written: dict[str, nodes.Node] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    dropped: dict[str, str] = field(default_factory=dict)
    failed: bool = False
    _texts: dict[tuple[int, bool], str | None] = field(default_factory=dict)

    def pick(self, key: str, *, prompt: bool = False) -> Picked | None:
        """The innermost value of `key` that is not empty, noting where it was written."""
        picked = self.values.get(key)
        return None if picked is None else self._pick(key, picked, prompt)

    def _pick(self, key: str, picked: Picked, prompt: bool) -> Picked | None:
        node = picked.node
        if type(node) is nodes.Scalar and "{" in node.text:
            text = self._template(node, prompt)
            if text is not None and not text.strip():
                outside = self._outside(key, picked)
                return None if outside is None else self._pick(key, outside, prompt)
        self.written[key] = node
        self.origins[key] = picked.origin
        return picked

    def _outside(self, key: str, picked: Picked) -> Picked | None:
        """The next value of `key` outside of `picked`."""
        written = [layer[key] for layer in self.layers if key in layer]
        position = next(at for at, each in enumerate(written) if each is picked)
        return written[position - 1] if position else None

    def leave_out(self, key: str) -> None:
        """Take `key` for not written: what its templates made is nothing."""
        self.written.pop(key, None)
        self.origins.pop(key, None)

    def picked(self, key: str) -> bool:
        """Whether `key` was written in any layer."""
        return key in self.written

    def place_of(self, key: str) -> Place:
        """Where `key` is written, else the shot's id."""
        node = self.written.get(key)
        return self.values["id"].node.place if node is None else node.place

    def place_in(self, scalar: nodes.Scalar | None, part: str) -> Place:
        """Where `part` stands in `scalar`, or `scalar` itself, or the shot."""
        if scalar is None:
            return self.values["id"].node.place
        offset = scalar.text.find(part)
        return scalar.place_at(offset) if offset >= 0 else scalar.place

    def render(self, node: nodes.Node, *, prompt: bool = False) -> str | None:
        """The text of a scalar, or None (and a failed draft) where it cannot be had."""
        if type(node) is nodes.Scalar:
            return self._template(node, prompt) if "{" in node.text else node.text
        self.failed = True
        return None

    def read(self, picked: Picked, *, prompt: bool = False) -> str | None:
        """The text of what was picked, or None (and a failed draft) where it cannot be had."""
        return self.render(picked.node, prompt=prompt)

    def _template(self, scalar: nodes.Scalar, prompt: bool) -> str | None:
        """What a text with a brace in it comes to, worked out once."""
        key = (id(scalar), prompt)  # an alias may stand both in a prompt and elsewhere
        try:
            text = self._texts[key]
        except KeyError:
            text = self._texts[key] = self.scope.text(scalar, prompt=prompt)
        self.failed = self.failed or text is None
        return text

    def text(self, key: str, built_in: str = "") -> str:
        """The text of `key`, else what is built in."""
        picked = self.values.get(key)
        if picked is not None:
            node = picked.node
            if type(node) is nodes.Scalar and "{" not in node.text:  # most; spelt out for speed
                self.written[key] = node
                self.origins[key] = picked.origin
                return node.text
            picked = self._pick(key, picked, False)
        if picked is None:
            if built_in:
                self.origins[key] = "built-in"
            return built_in
        return self.read(picked) or ""

    def texts(self, key: str) -> tuple[str, ...]:
        """The texts of `key`, written as one or as a list; each once."""
        picked = self.pick(key)
        if picked is None:
            return ()
        node = picked.node
        items = node.items if isinstance(node, nodes.Sequence) else (node,)
        found = [
            item.text
            if type(item) is nodes.Scalar and "{" not in item.text  # most; spelt out for speed
            else self.render(item)
            for item in items
        ]
        return tuple(dict.fromkeys([text for text in found if text and not text.isspace()]))

    def choice(self, key: str, built_in: str | None = None) -> str | None:
        """One of the values that the schema lists for `key`."""
        text = self.text(key, built_in or "")
        if text in choices(key):
            return text
        if key not in self.written or (self.failed and not text):
            return text or None
        text = text.strip()
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

    def number(self, key: str, built_in: int, most: int) -> int:
        """A whole number from 1 to `most` under `key`."""
        text = self.text(key, str(built_in))
        number = read_number(text, most)
        if number is None and text:
            self.refuse(key, text)
        return number or built_in

    def yes_no(self, key: str) -> bool:
        """Yes or no under `key`; no where nothing is written."""
        text = self.text(key) if key in self.values else ""
        answer = read_yes_no(text) if text else None
        if answer is None and text:
            self.refuse(key, text)
        return bool(answer)

    def refuse(self, key: str, text: str, hint: str = "") -> None:
        """Record that what a template made is not what `key` takes."""
        message = f"{key} must be {expected(key)}, not {text[:60]!r}"
        self.add(self.place_of(key), codes.WRONG_VALUE, message, hint or f"write {expected(key)}")

    def is_own(self, key: str) -> bool:
        """Whether `key` was picked from the shot itself."""
        return self.origins.get(key, "").startswith(OWN)

    def drop(self, key: str, reason: str) -> bool:
        """Leave out `key`, which does not apply; written on the shot itself it is a problem.

        Return whether it was written anywhere.
        """
        is_own = self.is_own(key)
        self.origins.pop(key, None)
        if self.written.pop(key, None) is None:
            return False
        if is_own:
            written = self.values[key].key.place
            message = f"{key} does not apply: {reason}"
            self.add(written, codes.DOES_NOT_APPLY, message, f"leave {key} out")
        else:
            self.dropped[key] = reason
        return True

    def add(self, place: Place, code: str, message: str, hint: str) -> None:
        """Record a problem, which fails the shot."""
        self.failed = True
        self.problems.append(Problem(place=place, code=code, message=message, hint=hint))
