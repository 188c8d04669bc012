"""What libraries define, joined: the file that includes wins, and two that differ are a problem."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from omnibatch.manifest import codes, nodes
from omnibatch.manifest.composition.film import Named, Names
from omnibatch.manifest.composition.included import Chain, Included
from omnibatch.manifest.names import reference_name_problems, variable_name_problems
from omnibatch.manifest.shape.judging import Verdict, judge
from omnibatch.problems import Problem

__all__ = ["Libraries", "paths_of"]

_WORDS: Final = {
    "vars": "the variable",
    "references": "the reference",
    "defaults": "the default",
    "profiles": "the profile",
}
# Without these right, shots that use what they define would be found wrong.
_FOUNDATIONS: Final = frozenset({"include", "references", "vars"})


def paths_of(node: nodes.Node | None) -> list[nodes.Scalar]:
    """The paths under an `include` key: one, or a list of them."""
    items = node.items if isinstance(node, nodes.Sequence) else (node,)
    return [item for item in items if isinstance(item, nodes.Scalar)]


class Libraries:
    """Reads libraries, each once; findings are added to `problems`.

    `are_whole` turns False where one could not be read, or is not as it should be.
    """

    def __init__(self, included: Included, problems: list[Problem]) -> None:
        self._included = included
        self._problems = problems
        self._known: dict[Path, Names] = {}
        self.are_whole = True
        self.bad_profiles: set[tuple[str, str]] = set()

    def names_of(self, node: nodes.Mapping, verdict: Verdict, chain: Chain) -> Names:
        """What a file defines, its own libraries' names among them."""
        libraries = [
            names
            for path in paths_of(node.get("include") if "include" not in verdict.bad_keys else None)
            if (names := self._library(path, chain)) is not None
        ]
        self.judge_names(node, verdict)
        own = self._own(node, verdict)
        return self.joined(libraries, own)

    def joined(self, several: Iterable[Names], own: Names) -> Names:
        """The names of `several` equals, and over them a file's `own`."""
        several = tuple(several)
        return Names(
            vars=self._join("vars", [each.vars for each in several], own.vars),
            references=self._join(
                "references", [each.references for each in several], own.references
            ),
            defaults=self._join("defaults", [each.defaults for each in several], own.defaults),
            profiles=self._join("profiles", [each.profiles for each in several], own.profiles),
        )

    def _library(self, scalar: nodes.Scalar, chain: Chain) -> Names | None:
        library = self._included.read(scalar, chain)
        if library is None:
            self.are_whole = False
            return None
        if library.real not in self._known:
            verdict = judge(library.node, "library")
            self._problems.extend(verdict.problems)
            names = Names()
            if isinstance(library.node, nodes.Mapping):
                inner = (*chain, (library.real, library.shown))
                names = self.names_of(library.node, verdict, inner)
            else:
                self.are_whole = False
            self._known[library.real] = names
        return self._known[library.real]

    def judge_names(self, node: nodes.Mapping, verdict: Verdict) -> None:
        """Judge the names that a map defines, and whether it is fit to be built on."""
        if verdict.bad_keys & _FOUNDATIONS:
            self.are_whole = False
        variables, references = node.get("vars"), node.get("references")
        for key, _ in variables if isinstance(variables, nodes.Mapping) else ():
            self._problems.extend(variable_name_problems(key.text, key.place))
        for key, _ in references if isinstance(references, nodes.Mapping) else ():
            self._problems.extend(reference_name_problems(key.text, key.place))

    def _own(self, node: nodes.Mapping, verdict: Verdict) -> Names:
        self.bad_profiles.update(
            (way[1], way[2]) for way in verdict.bad_inside if way[0] == "profiles" and len(way) > 2
        )
        return Names(
            vars=_pairs(node.get("vars")),
            references=_pairs(node.get("references")),
            defaults=_pairs(node.get("defaults"), verdict.bad_in("defaults")),
            profiles=_pairs(node.get("profiles"), verdict.bad_in("profiles") - _names(verdict)),
        )

    def _join(
        self, kind: str, several: Iterable[Mapping[str, Named]], own: Mapping[str, Named]
    ) -> Mapping[str, Named]:
        joined: dict[str, Named] = {}
        for names in several:
            for name, named in names.items():
                first = joined.setdefault(name, named)
                if first.node is not named.node and name not in own:
                    self._problems.append(
                        Problem(
                            place=named.key.place,
                            code=codes.DEFINED_TWICE,
                            message=f"{_WORDS[kind]} {name} is also defined in {first.key.place}",
                            hint=f"rename one, or define {name} in the manifest itself, which wins",
                        )
                    )
        return {**joined, **own}


def _names(verdict: Verdict) -> frozenset[str]:
    """Profiles that have bad values, and are good for the rest."""
    return frozenset(w[1] for w in verdict.bad_inside if w[0] == "profiles" and len(w) > 2)


def _pairs(node: nodes.Node | None, bad: frozenset[str] = frozenset()) -> Mapping[str, Named]:
    pairs = node.pairs if isinstance(node, nodes.Mapping) else ()
    return {key.text: Named(key, value) for key, value in pairs if key.text not in bad}
