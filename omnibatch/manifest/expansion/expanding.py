"""From a film to its shots: rows, combinations and takes of each entry, one by one.

Findings are recorded as they come up, and work goes on for more of them; a shot with a
finding is left out. What many shots of one entry have alike is one finding.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from omnibatch.manifest import codes, nodes
from omnibatch.manifest.composition.film import Context, Entry, Film, Layer, Named, layer
from omnibatch.manifest.enough import Enough
from omnibatch.manifest.expansion.assembly import MOST_TAKES, Assembly
from omnibatch.manifest.expansion.draft import Draft
from omnibatch.manifest.expansion.follows import MAKES_MANY, follows
from omnibatch.manifest.expansion.former import former_id, former_ids
from omnibatch.manifest.expansion.frames import frame_problems
from omnibatch.manifest.expansion.ids import Ids
from omnibatch.manifest.expansion.matrix import Combination, read_matrix
from omnibatch.manifest.expansion.most import MOST_SHOTS, too_many_shots
from omnibatch.manifest.expansion.output import Targets
from omnibatch.manifest.expansion.prompts import PromptFiles
from omnibatch.manifest.expansion.references import Reader
from omnibatch.manifest.expansion.repeats import Repeats
from omnibatch.manifest.expansion.scope import Scope, Setting
from omnibatch.manifest.expansion.tables import Row, Tables
from omnibatch.manifest.expansion.written import Shared
from omnibatch.manifest.sources import Sources
from omnibatch.manifest.suggest import did_you_mean
from omnibatch.manifest.template.rendering import Parts
from omnibatch.problems import Problem
from omnibatch.shots import Shot, Slot

__all__ = ["expand"]


def expand(film: Film, setting: Setting, sources: Sources, enough: Enough) -> tuple[Shot, ...]:
    """The shots of `film` with no finding; those up to where it is `enough`.

    The film's entries are used up: a hundred thousand of them weigh more than their shots.
    Entries with a bad value are worked out too, but for that value, to find what else is
    wrong with them; and then left out.
    """
    expansion = _Expansion(film, setting, sources, enough)
    shots: list[Shot] = []
    while film.entries:
        entry = film.entries.popleft()
        if entry.bad is None:
            shots.extend(expansion.shots(entry))
        else:
            expansion.look_at(entry)
        if expansion.tried > MOST_SHOTS:
            setting.problems.append(too_many_shots(entry.node.place))
            return tuple(shots)
        if enough():
            return tuple(shots)
    setting.problems.extend([*former_ids(shots), *frame_problems(shots, expansion.ids)])
    return tuple(shots)


class _Variant(NamedTuple):
    """One of the shots that an entry stands for, before its takes."""

    row: Row | None = None
    combination: Combination | None = None


_ONLY: Final = _Variant()


class _Expansion:
    """What the entries of one film share while they are worked out."""

    def __init__(self, film: Film, setting: Setting, sources: Sources, enough: Enough) -> None:
        self._setting = setting
        self._enough = enough
        self._problems = setting.problems
        self._film = film
        self._reader = Reader(sources=sources, problems=setting.problems)
        self._tables = Tables(sources, setting)
        self.ids = Ids(setting.problems)
        self._assembly = Assembly(
            setting=setting,
            reader=self._reader,
            prompts=PromptFiles(sources, setting.problems),
            targets=Targets(setting.problems),
            shared=Shared(),
        )
        self.tried = 0  # takes that were worked out, well or not
        self._context: Context | None = None
        self._outer: Layer = {}
        self._around: Mapping[str, Named] = {}
        self._checked: set[int] = set()
        named = film.profiles.get(setting.profile)
        self._profile: Layer = {}
        if named is not None:
            bad = {key for name, key in film.bad_profiles if name == setting.profile}
            origin = f"profile {setting.profile}"
            self._profile = layer(origin, named.node, without=frozenset(bad))

    def look_at(self, entry: Entry) -> None:
        """Record what else is wrong with an entry that has a bad value."""
        assert entry.bad is not None
        if not entry.bad & MAKES_MANY:
            before = len(self._problems)
            deque(self.shots(entry), maxlen=0)
            found = self._problems[before:]
            self._problems[before:] = [each for each in found if not follows(each, entry.bad)]

    def shots(self, entry: Entry) -> Iterator[Shot]:
        """The shots of one entry."""
        self._enter(entry.context)
        own = layer("shot", entry.node, without=entry.bad or frozenset())
        profile = self._own_profile(own)
        layers = (*entry.context.layers, own, self._profile, profile)
        values = {**self._outer, **own, **self._profile, **profile}
        if "matrix" not in own and "rows" not in own:
            yield from self._variant(entry, _ONLY, layers, values)
            return
        repeats = Repeats(self._problems, self._enough)
        for variant in self._variants(own, entry.context.scene):
            before = len(self._problems)
            yield from self._variant(entry, variant, layers, values)
            repeats.take(before, variant.row.place if variant.row else None)
            if variant.row and repeats.is_in_all:
                break  # a column that is missing is missing in every row
            if self.tried > MOST_SHOTS or repeats.are_enough:
                break
        repeats.give()

    def _enter(self, context: Context) -> None:
        if context is self._context:
            return
        self._context = context
        self._outer = {key: picked for each in context.layers for key, picked in each.items()}
        self._around = {name: named for each in context.references for name, named in each.items()}
        for level in context.references:
            if id(level) not in self._checked:
                self._checked.add(id(level))
                self._reader.check(level.values(), Scope(self._setting))

    def _own_profile(self, own: Layer) -> Layer:
        picked = own.get("profiles")
        if picked is None or not isinstance(picked.node, nodes.Mapping):
            return {}
        for key, _ in picked.node:
            if key.text not in self._film.profiles:
                message = f"there is no profile {key.text}"
                hint = did_you_mean(key.text, self._film.profiles) or "add it to profiles"
                found = Problem(
                    place=key.place, code=codes.UNKNOWN_PROFILE, message=message, hint=hint
                )
                self._problems.append(found)
        chosen = self._setting.profile
        return layer(f"shot's profile {chosen}", picked.node.get(chosen))

    def _variants(self, own: Layer, scene: str) -> Iterator[_Variant]:
        """Every combination of every row. A matrix is the same for all rows."""
        combinations: tuple[Combination | None, ...] = (None,)
        if "matrix" in own:
            node = own["matrix"].node
            combinations = (
                read_matrix(node, self._problems) if isinstance(node, nodes.Mapping) else ()
            )
        if "rows" not in own:
            yield from (_Variant(None, combination) for combination in combinations)
            return
        for row in self._tables.rows(own["rows"].node, scene) if combinations else ():
            for combination in combinations:
                yield _Variant(row, combination)

    def _variant(
        self, entry: Entry, variant: _Variant, layers: tuple[Layer, ...], values: Layer
    ) -> Iterator[Shot]:
        """The takes of one variant."""
        row, combination = variant
        scene = entry.context.scene

        def scope(facts: Parts, take: int = 1) -> Scope:
            return Scope(
                self._setting,
                facts,
                matrix=combination.texts if combination else None,
                names=combination.names if combination else None,
                row=row.cells if row else None,
                scene=scene,
                take=take,
            )

        facts = Parts()
        of_ids = scope(facts).by_name()
        name = self._id(values, variant, of_ids)
        if name is None:
            return
        names = scope(facts) if combination else of_ids
        names.asked.clear()
        takes = 1
        take = 1
        while take <= takes:
            self.tried += 1
            if take > 1:
                facts = Parts()
                names = scope(facts, take)
            draft = Draft(
                layers=layers,
                values=values,
                scope=names,
                problems=self._problems,
                facts=facts,
            )
            facts["id"] = name
            if take == 1 and "takes" in values:
                takes = draft.number("takes", 1, MOST_TAKES)
            was = former_id(draft, combination, of_ids)
            shot = self._assembly.make(
                draft,
                Slot(name, self._setting.profile, take),
                place=entry.node.place,
                around=self._around,
                scene=scene,
                was=was,
                row=row.place if row else None,
            )
            if shot is not None:
                yield shot
            take += 1

    def _id(self, values: Layer, variant: _Variant, scope: Scope) -> str | None:
        picked = values.get("id")
        if picked is None or not isinstance(picked.node, nodes.Scalar):
            return None
        scalar = picked.node
        text = scope.text(scalar)
        if text is None:
            return None
        if variant.combination is not None and "matrix" not in scope.asked:
            text += variant.combination.suffix
        if variant.row is not None and "row" not in scope.asked:
            message = f"the id {text[:60]} is the same for every row"
            hint = f"put a cell into it that differs, such as {text[:60]}-{{{{ row.COLUMN }}}}"
            self._problems.append(
                Problem(place=scalar.place, code=codes.ID_NOT_OF_ROW, message=message, hint=hint)
            )
            return None
        return self.ids.take(text, scalar, variant.row.place if variant.row else None)
