"""From a judged manifest to its film: the shots of all its scenes and files, in order."""

from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from omnibatch.manifest import codes, nodes
from omnibatch.manifest.composition.film import (
    Context,
    Entry,
    Film,
    Layer,
    Named,
    Names,
    Picked,
    layer,
)
from omnibatch.manifest.composition.included import Chain, Included
from omnibatch.manifest.composition.libraries import Libraries, paths_of
from omnibatch.manifest.enough import Enough
from omnibatch.manifest.shape.judging import Kind, Verdict, judge, judge_shot
from omnibatch.manifest.sources import Sources
from omnibatch.manifest.text.bounds import MOST_MAPS
from omnibatch.problems import Problem

__all__ = ["compose"]

# What a shot needs one of.
_CONTENT: Final = frozenset({"prompt", "multi_shot"})


def compose(
    manifest: nodes.Mapping, verdict: Verdict, file: Path, sources: Sources, problems: list[Problem]
) -> Film:
    """The film of `manifest`, judged as `verdict` says and read from the path `file`.

    Findings about the files that it includes, and about its shots, are added to `problems`.
    """
    included = Included(sources, problems)
    composer = _Composer(included, Libraries(included, problems), problems)
    chain: Chain = ((file.resolve(), manifest.place.file),)
    names = composer.libraries.names_of(manifest, verdict, chain)
    top = layer("manifest", manifest, without=verdict.bad_keys)
    values = {key: top[key] for key in ("provider", "output") if key in top}
    mine, theirs = _defaults(names, manifest.place.file)
    context = Context(layers=(theirs, values, mine), references=(names.references,))
    composer.items(manifest.get("shots"), context, chain)
    names = composer.libraries.joined([names, *composer.fragments], names)
    return Film(
        variables={
            name: named.node
            for name, named in names.vars.items()
            if isinstance(named.node, nodes.Scalar)
        },
        profiles=names.profiles,
        bad_profiles=frozenset(composer.libraries.bad_profiles),
        entries=composer.entries,
        files=(file.resolve(), *included.files()),
        is_whole=composer.libraries.are_whole and composer.is_whole,
    )


def _defaults(names: Names, file: str) -> tuple[Layer, Layer]:
    """The default values that are written in `file`, and those of its libraries."""
    mine: dict[str, Picked] = {}
    theirs: dict[str, Picked] = {}
    for key, named in names.defaults.items():
        where = named.key.place.file
        if where == file:
            mine[key] = Picked(named.key, named.node, "defaults")
        else:
            theirs[key] = Picked(named.key, named.node, f"defaults of {where}")
    return mine, theirs


class _Composer:
    def __init__(self, included: Included, libraries: Libraries, problems: list[Problem]) -> None:
        self._included = included
        self._problems = problems
        self._enough = Enough(problems)
        self.libraries = libraries
        self.entries: deque[Entry] = deque()
        self.fragments: list[Names] = []
        self.is_whole = True

    def items(self, node: nodes.Node | None, context: Context, chain: Chain) -> None:
        """Add the shots of a `shots` list, whatever it is made of."""
        for item in node.items if isinstance(node, nodes.Sequence) else ():
            if self._enough() or self._are_too_many(item):
                self.is_whole = False
                return
            kind = _kind(item)
            if kind is None or not isinstance(item, nodes.Mapping):
                self._shot(item, context)
            elif kind == "scene":
                self._scene(item, context, chain)
            else:
                self._include(item, context, chain)

    def _are_too_many(self, item: nodes.Node) -> bool:
        """Whether there are more shots than one list may have: a file may be included often."""
        if len(self.entries) <= MOST_MAPS:
            return False
        if self.is_whole:
            message = f"there are more than {MOST_MAPS:,} shots"
            hint = "divide the manifest, or use rows"
            found = Problem(place=item.place, code=codes.TOO_MANY_SHOTS, message=message, hint=hint)
            self._problems.append(found)
        return True

    def _shot(self, node: nodes.Node, context: Context) -> None:
        verdict = judge_shot(node)
        if not verdict.problems:
            assert isinstance(node, nodes.Mapping)  # nothing else is without a problem
            self.entries.append(Entry(node, None, context))
            return
        self._problems.extend(verdict.problems)
        if isinstance(node, nodes.Mapping) and not verdict.is_bad:
            self.entries.append(Entry(node, verdict.bad_keys, context))

    def _scene(self, node: nodes.Mapping, context: Context, chain: Chain) -> None:
        verdict = self._judged(node, "scene")
        name = node.get("scene")
        scene = name.text if isinstance(name, nodes.Scalar) else ""
        if context.scene and name is not None:
            message = f"the scene {scene} stands inside the scene {context.scene}"
            hint = "scenes hold shots: put one after the other"
            place = name.place
            found = Problem(place=place, code=codes.NESTED_SCENE, message=message, hint=hint)
            self._problems.append(found)
        values = layer(f"scene {scene}", node.get("defaults"), without=verdict.bad_in("defaults"))
        inner = Context(
            layers=(*context.layers, values),
            references=self._levels(node, verdict, context),
            scene=scene,
        )
        self.items(node.get("shots"), inner, chain)

    def _include(self, node: nodes.Mapping, context: Context, chain: Chain) -> None:
        verdict = self._judged(node, "included")
        for path in paths_of(None if verdict.bad_keys else node.get("include")):
            read = self._included.read(path, chain)
            if read is None:
                self.is_whole = False
                continue
            inside = (*chain, (read.real, read.shown))
            if isinstance(read.node, nodes.Sequence):
                self.items(read.node, context, inside)
            else:
                self._fragment(read.node, context, inside)

    def _fragment(self, node: nodes.Node, context: Context, chain: Chain) -> None:
        if isinstance(node, nodes.Mapping) and node.get("id") and not node.get("shots"):
            message = "this file is one shot, and a file of shots is a list of them"
            hint = "write - in front of it: - id: NAME"
            found = Problem(place=node.place, code=codes.WRONG_TYPE, message=message, hint=hint)
            self._problems.append(found)
            self.is_whole = False
            return
        verdict = self._judged(node, "fragment")
        if not isinstance(node, nodes.Mapping):
            self.is_whole = False
            return
        names = self.libraries.names_of(node, verdict, chain)
        own = node.get("references")
        mine = own.pairs if isinstance(own, nodes.Mapping) else ()
        local = {key.text for key, _ in mine}
        shared = {name: each for name, each in names.references.items() if name not in local}
        self.fragments.append(Names(vars=names.vars, profiles=names.profiles))
        _, defaults = _defaults(names, "")
        inner = Context(
            layers=(*context.layers, defaults),
            references=tuple(
                level for level in (*context.references, shared, dict(_named(mine))) if level
            ),
            scene=context.scene,
        )
        self.items(node.get("shots"), inner, chain)

    def _judged(self, node: nodes.Node, kind: Kind) -> Verdict:
        verdict = judge(node, kind)
        self._problems.extend(verdict.problems)
        return verdict

    def _levels(
        self, node: nodes.Mapping, verdict: Verdict, context: Context
    ) -> tuple[Mapping[str, Named], ...]:
        own = node.get("references")
        if not isinstance(own, nodes.Mapping):
            return context.references
        self.libraries.judge_names(node, verdict)
        return (*context.references, dict(_named(own.pairs)))


def _named(pairs: tuple[tuple[nodes.Scalar, nodes.Node], ...]) -> list[tuple[str, Named]]:
    return [(key.text, Named(key, value)) for key, value in pairs]


def _kind(item: nodes.Node) -> str | None:
    """What an item of `shots` is meant to be; None for a shot."""
    if not isinstance(item, nodes.Mapping):
        return None
    keys = {key.text for key in item.keys}
    if "shots" in keys or ("scene" in keys and "id" not in keys):
        return "scene"
    return "included" if "include" in keys and not keys & _CONTENT else None
