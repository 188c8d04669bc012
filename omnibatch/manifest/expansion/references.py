"""References: images, elements and videos with names, and what a shot has in reach."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from omnibatch.manifest import codes, nodes
from omnibatch.manifest.expansion.scope import Scope
from omnibatch.manifest.expansion.sources import Sources, looks_like_source
from omnibatch.manifest.names import reference_name_problems
from omnibatch.manifest.suggest import did_you_mean
from omnibatch.problems import Place, Problem
from omnibatch.shots import Source, UrlSource

__all__ = ["Kind", "Reader", "Reference"]

Kind = Literal["image", "element", "video"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One reference. `source` is for images and videos, `element_id` for elements.

    Both are missing where what was written cannot be used, which has been recorded: the
    name exists all the same, so that nobody is told otherwise.
    """

    name: str
    kind: Kind
    place: Place
    source: Source | None = None
    element_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads references; findings are added to `problems`."""

    sources: Sources
    problems: list[Problem]

    def read_map(self, node: nodes.Mapping, scope: Scope) -> dict[str, Reference]:
        """A map of names to references, by name, in the order written."""
        read: dict[str, Reference] = {}
        for key, value in node:
            self.problems.extend(reference_name_problems(key.text, key.place))
            if isinstance(value, nodes.Mapping):
                read[key.text] = self._read(key.text, key.place, value, scope)
        return read

    def read_list(
        self, node: nodes.Sequence, scope: Scope, reach: Mapping[str, Reference]
    ) -> dict[str, Reference]:
        """A list of names of references in `reach`, by name, in the order of the list."""
        read: dict[str, Reference] = {}
        for item in node.items:
            if not isinstance(item, nodes.Scalar) or (name := scope.text(item)) is None:
                continue
            if name not in reach:
                self.unknown(name, item.place, reach)
            elif name in read:
                self._add(item.place, codes.WRONG_COUNT, f"{name} is listed twice", "leave one out")
            else:
                read[name] = reach[name]
        return read

    def read_one(
        self,
        node: nodes.Node,
        kind: Literal["image", "video"],
        scope: Scope,
        reach: Mapping[str, Reference],
    ) -> Reference | None:
        """A name in `reach`, a map such as `{image: ...}`, a path or an address."""
        if isinstance(node, nodes.Mapping):
            return self._read("", node.place, node, scope)
        if not isinstance(node, nodes.Scalar) or (text := scope.text(node)) is None:
            return None
        named = reach.get(text)
        if named is not None:
            if named.kind == kind:
                return named
            message = f"{text} is {_A[named.kind]}, and {_A[kind]} is needed here"
            self._add(node.place, codes.WRONG_KIND, message, f"name {_A[kind]}")
            return None
        if not looks_like_source(text):
            alike = [name for name, each in reach.items() if each.kind == kind]
            self.unknown(text, node.place, alike)
            return None
        source = self.sources.find(text, node)
        return Reference(name="", kind=kind, place=node.place, source=source)

    def unknown(self, name: str, place: Place, known: Mapping[str, Reference] | list[str]) -> None:
        """Record that `name` is no reference."""
        hint = did_you_mean(name, known) or "add it under references"
        self._add(place, codes.UNKNOWN_REFERENCE, f"there is no reference {name}", hint)

    def _read(self, name: str, place: Place, node: nodes.Mapping, scope: Scope) -> Reference:
        for kind in _KINDS:
            scalar = node.get(kind)
            if isinstance(scalar, nodes.Scalar):
                text = scope.text(scalar)
                if text is None:
                    return Reference(name=name, kind=kind, place=place)
                if kind == "element":
                    return self._element(name, place, text, scalar)
                source = self.sources.find(text, scalar, self._key(node, scope))
                if node.get("key") is not None and source and not isinstance(source, UrlSource):
                    message = "key is for addresses; a file is known by its content"
                    key = node.key("key") or scalar
                    self._add(key.place, codes.DOES_NOT_APPLY, message, "leave key out")
                return Reference(name=name, kind=kind, place=place, source=source)
        return Reference(name=name, kind="image", place=place)

    def _key(self, node: nodes.Mapping, scope: Scope) -> str | None:
        key = node.get("key")
        return scope.text(key) if isinstance(key, nodes.Scalar) else None

    def _element(self, name: str, place: Place, text: str, scalar: nodes.Scalar) -> Reference:
        digits = text.strip()
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 20):
            message = f"element must be the digits of an element's id, not {text[:60]!r}"
            self._add(scalar.place, codes.WRONG_VALUE, message)
            return Reference(name=name, kind="element", place=place)
        return Reference(name=name, kind="element", place=place, element_id=digits)

    def _add(self, place: Place, code: str, message: str, hint: str = "") -> None:
        self.problems.append(Problem(place=place, code=code, message=message, hint=hint))


_KINDS: tuple[Kind, ...] = ("image", "element", "video")
_A = {"image": "an image", "element": "an element", "video": "a video"}
