"""References: images, elements and videos with names, read when a shot asks for them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from omnibatch.manifest import codes, nodes
from omnibatch.manifest.composition.film import Named
from omnibatch.manifest.expansion.element_ids import element_id
from omnibatch.manifest.expansion.scope import Scope
from omnibatch.manifest.names import bad_name, is_bad_name
from omnibatch.manifest.sources import Sources, looks_like_source
from omnibatch.manifest.suggest import did_you_mean
from omnibatch.manifest.template.rendered import is_template
from omnibatch.problems import Place, Problem
from omnibatch.shots import BrokenSource, FileSource, Source

__all__ = ["Kind", "Reach", "Reader", "Reference", "name_problems"]

Kind = Literal["image", "element", "video"]
_KINDS: Final[tuple[Kind, ...]] = ("image", "element", "video")
# Above what any provider takes. Each use in a prompt is a token for every one of them.
_MOST_IMAGES: Final = 50
_A: Final = {"image": "an image", "element": "an element", "video": "a video"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reference:
    """One reference. `sources` are for images and videos, ids for elements.

    What cannot be used, which has been recorded, is a broken source, or an element that
    `is_broken`: it exists all the same, so that nobody is told otherwise. All are missing
    where a reference is not `is_set`: its template came to an empty text.
    """

    name: str
    kind: Kind
    place: Place
    sources: tuple[Source, ...] = ()
    element_id: str | None = None
    by_provider: Mapping[str, str] = field(default_factory=dict)
    is_set: bool = True
    is_broken: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads references; findings are added to `problems`."""

    sources: Sources
    problems: list[Problem]
    _known: dict[int, tuple[nodes.Node, Reference]] = field(default_factory=dict)

    def check(self, named: Iterable[Named], scope: Scope) -> None:
        """Read those that no template can change, so that what is wrong is found once."""
        for each in named:
            if isinstance(each.node, nodes.Mapping) and not _has_template(each.node):
                read = self.read(each, scope)
                self._known[id(each.node)] = (each.node, read)

    def read(self, named: Named, scope: Scope) -> Reference:
        """The reference that `named` defines, for the shot of `scope`."""
        known = self._known.get(id(named.node))
        if known is not None:
            return known[1]
        assert isinstance(named.node, nodes.Mapping)  # the schema has let nothing else pass
        return self._read(named.key.text, named.key.place, named.node, scope)

    def read_one(
        self, node: nodes.Node, kind: Literal["image", "video"], scope: Scope, reach: "Reach"
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
            self.add(node.place, codes.WRONG_KIND, message, f"name {_A[kind]}")
            return None
        if not looks_like_source(text):
            self.unknown(text, node.place, reach.of_kind(kind))
            return None
        source = self.sources.find(text, node)
        return Reference(
            name="",
            kind=kind,
            place=node.place,
            sources=(source or BrokenSource(shown=text),),
            is_broken=source is None,
        )

    def unknown(self, name: str, place: Place, known: Iterable[str]) -> None:
        """Record that `name` is no reference."""
        if not name.strip():
            message = "this is empty, and a reference is meant"
            self.add(place, codes.EMPTY, message, "name one, or leave the key out")
            return
        hint = did_you_mean(name, known) or "add it under references"
        self.add(place, codes.UNKNOWN_REFERENCE, f"there is no reference {name}", hint)

    def _read(self, name: str, place: Place, node: nodes.Mapping, scope: Scope) -> Reference:
        for kind in _KINDS:
            written = node.get(kind)
            if written is None:
                continue
            if kind == "element":
                return self._element(name, place, written, scope)
            items = written.items if isinstance(written, nodes.Sequence) else (written,)
            if len(items) > _MOST_IMAGES:
                message = f"{name or kind} has {len(items):,} images, limit {_MOST_IMAGES}"
                self.add(written.place, codes.WRONG_COUNT, message, "a shot takes a few: choose")
                return _broken(name, kind, place)
            key = self._key(node, scope) if len(node.keys) > 1 else None
            found = [
                self._source(scope.text(item), item, key)
                for item in items
                if isinstance(item, nodes.Scalar)
            ]
            sources = tuple([source for source in found if source is not None])
            at = node.key("key") if len(node.keys) > 1 else None
            if at is not None and any(isinstance(each, FileSource) for each in sources):
                message = "key is for addresses; a file is known by its content"
                self.add(at.place, codes.DOES_NOT_APPLY, message, "leave key out")
            return Reference(
                name=name,
                kind=kind,
                place=place,
                sources=sources,
                is_set=bool(sources),
                is_broken=any(isinstance(each, BrokenSource) for each in sources),
            )
        return _broken(name, "image", place)

    def _source(self, text: str | None, item: nodes.Scalar, key: str | None) -> Source | None:
        """What `item` came to; None for a template that came to nothing."""
        if text is None:
            return BrokenSource(shown=item.text)
        if not text.strip() and is_template(item.text):
            return None
        return self.sources.find(text, item, key) or BrokenSource(shown=text)

    def _key(self, node: nodes.Mapping, scope: Scope) -> str | None:
        key = node.get("key")
        return scope.text(key) if isinstance(key, nodes.Scalar) else None

    def _element(self, name: str, place: Place, node: nodes.Node, scope: Scope) -> Reference:
        if isinstance(node, nodes.Mapping):
            ids = {key.text: element_id(each, scope, self.problems) for key, each in node}
            by_provider = {provider: digits for provider, digits in ids.items() if digits}
            return Reference(
                name=name,
                kind="element",
                place=place,
                by_provider=by_provider,
                is_set=any(digits != "" for digits in ids.values()),
                is_broken=None in ids.values(),
            )
        digits = element_id(node, scope, self.problems)
        return Reference(
            name=name,
            kind="element",
            place=place,
            element_id=digits or None,
            is_set=digits != "",
            is_broken=digits is None,
        )

    def add(self, place: Place, code: str, message: str, hint: str) -> None:
        """Record a problem."""
        self.problems.append(Problem(place=place, code=code, message=message, hint=hint))


class Reach:
    """The references that one shot can name, each read when it is asked for."""

    __slots__ = ("_named", "_read", "_reader", "_scope")

    def __init__(self, named: Mapping[str, Named], reader: Reader, scope: Scope) -> None:
        self._named = named
        self._reader = reader
        self._scope = scope
        self._read: dict[str, Reference] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._named

    def __iter__(self) -> Iterator[str]:
        return iter(self._named)

    def get(self, name: str) -> Reference | None:
        """The reference called `name`, read when it is asked for first."""
        read = self._read.get(name)
        if read is None:
            named = self._named.get(name)
            if named is None:
                return None
            read = self._read[name] = self._reader.read(named, self._scope)
        return read

    def of_kind(self, kind: Kind) -> list[str]:
        """The names of those that are of this kind."""
        return [
            name
            for name, named in self._named.items()
            if isinstance(named.node, nodes.Mapping) and named.node.get(kind) is not None
        ]

    def listed(self, node: nodes.Sequence) -> list[Reference]:
        """Those that a list names, in its order."""
        found: dict[str, Reference] = {}
        for item in node.items:
            name = self._scope.text(item) if isinstance(item, nodes.Scalar) else None
            if not name:
                continue
            reference = self.get(name)
            if reference is None:
                self._reader.unknown(name, item.place, self)
            elif name in found:
                self._reader.add(
                    item.place, codes.WRONG_COUNT, f"{name} is listed twice", "leave one out"
                )
            else:
                found[name] = reference
        return list(found.values())


def name_problems(node: nodes.Mapping) -> Iterator[Problem]:
    """What is wrong with the names of a map of references."""
    for key in node.keys:
        if is_bad_name(key.text):
            yield bad_name(key.text, key.place)


def _broken(name: str, kind: Kind, place: Place) -> Reference:
    sources = (BrokenSource(shown=name or kind),)
    return Reference(name=name, kind=kind, place=place, sources=sources, is_broken=True)


def _has_template(node: nodes.Node) -> bool:
    if isinstance(node, nodes.Scalar):
        return is_template(node.text)
    if isinstance(node, nodes.Sequence):
        return any(map(_has_template, node.items))
    return any(_has_template(value) for _, value in node)
