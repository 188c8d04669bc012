"""A manifest's file in, a batch of shots or everything that is wrong with it out."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from omnibatch.collection import without_collection
from omnibatch.manifest import nodes
from omnibatch.manifest.chosen import MOST_PROFILES, profile_of, unused_variables, variables_of
from omnibatch.manifest.composition.composing import compose
from omnibatch.manifest.composition.film import Film
from omnibatch.manifest.enough import Enough
from omnibatch.manifest.expansion.expanding import expand
from omnibatch.manifest.expansion.prices import read_prices
from omnibatch.manifest.expansion.running import run_settings
from omnibatch.manifest.expansion.scope import Setting
from omnibatch.manifest.opening import read_file
from omnibatch.manifest.shape.judging import Verdict, judge
from omnibatch.manifest.sources import Sources, allowed_root
from omnibatch.manifest.suggest import closest
from omnibatch.manifest.text.reader import read_yaml
from omnibatch.money import Money, parse_money
from omnibatch.problems import Place, Problem, errors_in, in_file_order
from omnibatch.schema import load_schema
from omnibatch.shots import Batch, RunSettings, Shot

__all__ = ["Loaded", "load_manifest"]

# Where one of these is not as it should be, shots would be found wrong for no fault of
# their own: an unknown key may well be one of these, misspelt.
_FOUNDATIONS = frozenset({"include", "references", "shots", "vars", "version"})
# Beside them, what the limits of a shot are judged by.
_TERMS = frozenset({"defaults", "profile", "profiles", "provider"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What a manifest gave.

    `batch` is None if any of `problems`, which come in file order, is an error. Then
    `sound` may hold the shots that have none, for the checks to find what else is wrong;
    it is never to be bought. `name` is the manifest's name, or its file's, and is there
    whatever is wrong with the rest. `profile` is the one that was used, or empty; `profiles`
    are the names of all, and `files` the real paths of the manifest and of all that it
    includes.
    """

    batch: Batch | None
    sound: Batch | None = None
    problems: tuple[Problem, ...]
    name: str
    profile: str = ""
    profiles: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()


def load_manifest(
    path: Path,
    *,
    variables: Mapping[str, str] | None = None,
    ref_root: Path | None = None,
    profile: str | None = None,
    shown: str | None = None,
) -> Loaded:
    """Read the manifest at `path` and expand it.

    `variables` set or override its `vars`; their values are data, never templates.
    `ref_root` is the folder that references must stay in, in place of the git work tree.
    `profile` is the one of its profiles to use, else the one that it names itself.
    `shown` is how places name the file, else `path` as given. Nothing is raised for
    anything that the file holds, nor for a file that cannot be read.
    """
    with without_collection():
        return _load(path, variables or {}, ref_root, profile, shown)


def _load(
    path: Path,
    variables: Mapping[str, str],
    ref_root: Path | None,
    profile: str | None,
    shown: str | None,
) -> Loaded:
    file = path.as_posix() if shown is None else shown
    data = read_file(path, file)
    if isinstance(data, Problem):
        return Loaded(batch=None, problems=(data,), name=path.stem)
    read = read_yaml(data, file)
    problems = list(read.problems)
    if read.node is None:
        return Loaded(batch=None, problems=in_file_order(problems), name=path.stem)
    verdict = judge(read.node, "manifest")
    problems += verdict.problems
    name = _name(read.node, path.stem)
    if not isinstance(read.node, nodes.Mapping):
        return Loaded(batch=None, problems=in_file_order(problems), name=name)
    sources = _sources(path, file, ref_root, problems)
    film = compose(read.node, verdict, path, sources, problems)
    head = _without_shots(read.node)
    del data, read  # the film uses its shots up: nobody else may hold on to them
    setting = Setting(
        name=name,
        variables=variables_of(film, variables, Place(file), problems),
        problems=problems,
        profile=profile_of(head, film, profile, Place(file), problems) or "",
    )
    enough = Enough(problems)
    batch = None
    if film.is_whole and not _meant(verdict.bad_keys) & _FOUNDATIONS:
        shots = expand(film, setting, sources, enough)
        batch = _batch(head, verdict, film, setting, path, shots)
        problems += unused_variables(variables, setting, Place(file))
    if enough():
        problems.append(enough.said(file))
    found = in_file_order(problems)
    sound = batch
    if errors_in(found):
        batch = None
    if batch is not None or _meant(verdict.bad_keys) & _TERMS:
        sound = None
    if sound is not None and head.get("provider") is None:
        # That it is missing is told once, and not for each shot that counts on it.
        sound = replace(sound, shots=tuple([shot for shot in sound.shots if shot.providers]))
    return Loaded(
        batch=batch,
        sound=sound,
        problems=found,
        name=name,
        profile=setting.profile,
        profiles=tuple(film.profiles) if len(film.profiles) <= MOST_PROFILES else (),
        files=film.files,
    )


def _name(manifest: nodes.Node, stem: str) -> str:
    node = manifest.get("name") if isinstance(manifest, nodes.Mapping) else None
    if isinstance(node, nodes.Scalar) and nodes.core_value(node) is not None:
        return node.text.strip() or stem
    return stem


def _without_shots(manifest: nodes.Mapping) -> nodes.Mapping:
    return nodes.mapping((pair for pair in manifest if pair[0].text != "shots"), manifest.place)


def _sources(path: Path, file: str, ref_root: Path | None, problems: list[Problem]) -> Sources:
    folder = Path(os.path.abspath(path)).parent
    root = Path(os.path.realpath(ref_root)) if ref_root else allowed_root(folder)
    return Sources(file=file, folder=folder, root=root, problems=problems)


def _batch(
    manifest: nodes.Mapping,
    verdict: Verdict,
    film: Film,
    setting: Setting,
    path: Path,
    shots: tuple[Shot, ...],
) -> Batch:
    bad = verdict.bad_keys
    budget = None if "budget" in bad else _budget(manifest)
    return Batch(
        name=setting.name,
        manifest=Path(os.path.abspath(path)),
        folder=Path(os.path.abspath(path)).parent,
        shots=shots,
        budget=budget,
        budget_place=_place_of(manifest, "budget"),
        run=RunSettings() if "run" in bad else run_settings(manifest),
        profile=setting.profile,
        profiles=tuple(film.profiles),
        prices=()
        if "prices" in bad
        else read_prices(manifest.get("prices"), budget, setting.problems),
    )


def _meant(bad_keys: frozenset[str]) -> frozenset[str]:
    """The keys that are bad, an unknown one under the name that was probably meant."""
    known = list(load_schema("manifest")["properties"])
    near = {closest(key, known) for key in bad_keys if key not in known}
    return frozenset(bad_keys | {key for key in near if key})


def _budget(manifest: nodes.Mapping) -> Money | None:
    node = manifest.get("budget")
    return parse_money(node.text) if isinstance(node, nodes.Scalar) else None


def _place_of(manifest: nodes.Mapping, key: str) -> Place | None:
    node = manifest.get(key)
    return None if node is None else node.place
