"""A manifest's file in, a batch of shots or everything that is wrong with it out."""

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from omnibatch.manifest import codes, nodes
from omnibatch.manifest.composition.composing import compose
from omnibatch.manifest.composition.film import Film
from omnibatch.manifest.expansion.expanding import expand
from omnibatch.manifest.expansion.running import run_settings
from omnibatch.manifest.expansion.scope import Setting
from omnibatch.manifest.names import variable_name_problems
from omnibatch.manifest.shape.judging import Verdict, judge
from omnibatch.manifest.sources import Sources, allowed_root
from omnibatch.manifest.suggest import closest, did_you_mean, listed
from omnibatch.manifest.text.reader import read_yaml
from omnibatch.manifest.text.source import LARGEST_BYTES
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
    whatever is wrong with the rest. `profiles` are the names of its profiles, and `files`
    the real paths of the manifest and of all that it includes.
    """

    batch: Batch | None
    sound: Batch | None = None
    problems: tuple[Problem, ...]
    name: str
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
    file = path.as_posix() if shown is None else shown
    data = _read_file(path, file)
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
    setting = Setting(
        name=name,
        variables=_variables(film, variables or {}, Place(file), problems),
        problems=problems,
        profile=_profile(read.node, film, profile, Place(file), problems) or "",
    )
    batch = None
    if film.is_whole and not _meant(verdict.bad_keys) & _FOUNDATIONS:
        batch = _batch(read.node, verdict, film, setting, path, expand(film, setting, sources))
        problems += _unused(variables or {}, setting, Place(file))
    found = in_file_order(problems)
    sound = batch
    if errors_in(found):
        batch = None
    if batch is not None or _meant(verdict.bad_keys) & _TERMS:
        sound = None
    return Loaded(
        batch=batch,
        sound=sound,
        problems=found,
        name=name,
        profiles=tuple(film.profiles),
        files=film.files,
    )


def _read_file(path: Path, file: str) -> bytes | Problem:
    try:
        found = os.stat(path)
        if not stat.S_ISREG(found.st_mode):
            reason = "it is not a file"
        elif found.st_size > LARGEST_BYTES:  # said before it fills the memory
            reason = f"it has {found.st_size:,} bytes, and at most {LARGEST_BYTES:,} are read"
        else:
            return path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
    except ValueError as error:  # a path with a NUL
        reason = str(error)
    message = f"the manifest cannot be read: {reason}"
    return Problem(place=Place(file), code=codes.UNREADABLE, message=message, hint="check the path")


def _name(manifest: nodes.Node, stem: str) -> str:
    node = manifest.get("name") if isinstance(manifest, nodes.Mapping) else None
    if isinstance(node, nodes.Scalar) and nodes.core_value(node) is not None:
        return node.text.strip() or stem
    return stem


def _sources(path: Path, file: str, ref_root: Path | None, problems: list[Problem]) -> Sources:
    folder = Path(os.path.abspath(path)).parent
    root = Path(os.path.realpath(ref_root)) if ref_root else allowed_root(folder)
    return Sources(file=file, folder=folder, root=root, problems=problems)


def _variables(
    film: Film, given: Mapping[str, str], whole: Place, problems: list[Problem]
) -> dict[str, nodes.Scalar | str]:
    variables: dict[str, nodes.Scalar | str] = dict(film.variables)
    for word, text in given.items():
        problems += variable_name_problems(word, whole)
        if any(0xD800 <= ord(char) < 0xE000 for char in text):
            message = f"the value of --var {word} is not UTF-8"
            hint = "give it in the encoding of the terminal"
            problems.append(
                Problem(place=whole, code=codes.WRONG_VALUE, message=message, hint=hint)
            )
        else:
            variables[word] = text
    return variables


def _profile(
    manifest: nodes.Mapping,
    film: Film,
    asked: str | None,
    whole: Place,
    problems: list[Problem],
) -> str | None:
    """The profile to use: the one asked for, else the manifest's own; None for none."""
    node = manifest.get("profile")
    written = node.text if isinstance(node, nodes.Scalar) else None
    known = film.profiles
    if asked is None and written is None:
        if known:
            profiles = manifest.key("profiles")
            message = f"no profile is chosen of {listed(known)}"
            hint = f"write profile: {next(iter(known))}, or give --profile"
            place = profiles.place if profiles else whole
            problems.append(Problem(place=place, code=codes.NO_PROFILE, message=message, hint=hint))
        return None
    chosen, place = (
        (asked, whole) if asked is not None else (written, node.place if node else whole)
    )
    assert chosen is not None
    for word, at in {chosen: place, **({written: node.place} if written and node else {})}.items():
        if word not in known:
            message = f"there is no profile {word[:60]}"
            hint = did_you_mean(word, known) or (
                "leave --profile out: the manifest has no profiles"
                if at == whole
                else "add it to profiles"
            )
            problems.append(
                Problem(place=at, code=codes.UNKNOWN_PROFILE, message=message, hint=hint)
            )
    return chosen if chosen in known else None


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


def _unused(given: Mapping[str, str], setting: Setting, whole: Place) -> Iterator[Problem]:
    """A --var that nothing uses is probably misspelt, and its shots would be paid for."""
    for word in given:
        if word not in setting.looked_up:
            others = [name for name in setting.looked_up | set(setting.variables) if name != word]
            near = did_you_mean(word, sorted(others)) or f"leave --var {word} out"
            message = f"nothing in the manifest uses --var {word}"
            yield Problem(place=whole, code=codes.UNUSED_VARIABLE, message=message, hint=near)
