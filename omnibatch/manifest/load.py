"""A manifest's file in, a batch of shots or everything that is wrong with it out."""

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from omnibatch.manifest import codes, nodes
from omnibatch.manifest.expansion.assembly import expand
from omnibatch.manifest.expansion.fields import read_span, rounded
from omnibatch.manifest.expansion.references import Reader
from omnibatch.manifest.expansion.scope import Setting
from omnibatch.manifest.expansion.sources import Sources, allowed_root
from omnibatch.manifest.names import variable_name_problems
from omnibatch.manifest.shape.judging import Shape, judge
from omnibatch.manifest.suggest import closest, did_you_mean
from omnibatch.manifest.text.reader import read_yaml
from omnibatch.manifest.text.source import LARGEST_BYTES
from omnibatch.money import Money, parse_money
from omnibatch.problems import Place, Problem, errors_in, in_file_order
from omnibatch.schema import load_schema
from omnibatch.shots import Batch, RunSettings

__all__ = ["Loaded", "load_manifest"]

# Where one of these is not as it should be, shots would be found wrong for no fault of
# their own: an unknown key may well be one of these, misspelt.
_FOUNDATIONS = frozenset({"references", "shots", "vars", "version"})
# Beside them, what the limits of a shot are judged by.
_TERMS = frozenset({"defaults", "provider"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What a manifest gave.

    `batch` is None if any of `problems`, which come in file order, is an error. Then
    `sound` may hold the shots that have none, for the checks to find what else is wrong;
    it is never to be bought. `name` is the manifest's name, or its file's, and is there
    whatever is wrong with the rest.
    """

    batch: Batch | None
    sound: Batch | None = None
    problems: tuple[Problem, ...]
    name: str


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
    shape = judge(read.node)
    problems += shape.problems
    name = _name(read.node, path.stem)
    batch = None
    if isinstance(read.node, nodes.Mapping):
        setting = Setting(
            name=name,
            variables=_variables(read.node, variables or {}, Place(file), problems),
            problems=problems,
        )
        batch = _batch(read.node, shape, setting, path, ref_root)
        problems += _unused(variables or {}, setting, Place(file), batch)
    found = in_file_order(problems)
    if errors_in(found):
        sound = None if _meant(shape.bad_keys) & _TERMS else batch
        return Loaded(batch=None, sound=sound, problems=found, name=name)
    return Loaded(batch=batch, problems=found, name=name)


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


def _variables(
    manifest: nodes.Mapping, given: Mapping[str, str], whole: Place, problems: list[Problem]
) -> dict[str, nodes.Scalar | str]:
    variables: dict[str, nodes.Scalar | str] = {}
    node = manifest.get("vars")
    for key, value in node if isinstance(node, nodes.Mapping) else ():
        problems += variable_name_problems(key.text, key.place)
        if isinstance(value, nodes.Scalar):
            variables[key.text] = value
    for word, text in given.items():
        problems += variable_name_problems(word, whole)
        if any(0xD800 <= ord(char) < 0xE000 for char in text):
            message = f"the value of --var {word} is not UTF-8"
            problems.append(Problem(place=whole, code=codes.WRONG_VALUE, message=message))
        else:
            variables[word] = text
    return variables


def _batch(
    manifest: nodes.Mapping, shape: Shape, setting: Setting, path: Path, ref_root: Path | None
) -> Batch | None:
    """The shots with no finding, with all findings recorded; None where none can be trusted."""
    if _meant(shape.bad_keys) & _FOUNDATIONS:
        return None
    folder = Path(os.path.abspath(path)).parent
    sources = Sources(
        folder=folder,
        shown=os.path.dirname(_shown_file(manifest)),
        root=Path(os.path.realpath(ref_root)) if ref_root else allowed_root(folder),
        problems=setting.problems,
    )
    reader = Reader(sources=sources, problems=setting.problems)
    shots = expand(manifest, setting, reader, shape)
    return Batch(
        name=setting.name,
        manifest=Path(os.path.abspath(path)),
        folder=folder,
        shots=shots,
        budget=None if "budget" in shape.bad_keys else _budget(manifest),
        budget_place=_place_of(manifest, "budget"),
        run=RunSettings() if "run" in shape.bad_keys else _run_settings(manifest),
    )


def _meant(bad_keys: frozenset[str]) -> frozenset[str]:
    """The keys that are bad, an unknown one under the name that was probably meant."""
    known = list(load_schema("manifest")["properties"])
    near = {closest(key, known) for key in bad_keys if key not in known}
    return frozenset(bad_keys | {key for key in near if key})


def _shown_file(manifest: nodes.Mapping) -> str:
    return manifest.place.file


def _budget(manifest: nodes.Mapping) -> Money | None:
    node = manifest.get("budget")
    return parse_money(node.text) if isinstance(node, nodes.Scalar) else None


def _place_of(manifest: nodes.Mapping, key: str) -> Place | None:
    node = manifest.get(key)
    return None if node is None else node.place


def _run_settings(manifest: nodes.Mapping) -> RunSettings:
    node = manifest.get("run")
    written = {
        key.text: value.text
        for key, value in (node if isinstance(node, nodes.Mapping) else ())
        if isinstance(value, nodes.Scalar)
    }
    built_in = RunSettings()
    spans = {
        key: read_span(written[key]) if key in written else None
        for key in ("poll_first", "poll_longest", "patience", "stalled_after")
    }
    return RunSettings(
        in_flight=int(rounded(written["in_flight"]))
        if "in_flight" in written
        else built_in.in_flight,
        submits_per_minute=rounded(written["submits_per_minute"])
        if "submits_per_minute" in written
        else None,
        poll_first=spans["poll_first"] or built_in.poll_first,
        poll_longest=spans["poll_longest"] or built_in.poll_longest,
        patience=spans["patience"] or built_in.patience,
        stalled_after=spans["stalled_after"] or built_in.stalled_after,
    )


def _unused(
    given: Mapping[str, str], setting: Setting, whole: Place, batch: Batch | None
) -> Iterator[Problem]:
    """A --var that nothing uses is probably misspelt, and its shots would be paid for."""
    if batch is None:
        return
    for word in given:
        if word not in setting.looked_up:
            others = [name for name in setting.looked_up | set(setting.variables) if name != word]
            near = did_you_mean(word, sorted(others))
            message = f"nothing in the manifest uses --var {word}"
            yield Problem(place=whole, code=codes.UNUSED_VARIABLE, message=message, hint=near)
