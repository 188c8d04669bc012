"""`omnibatch validate`: every problem of manifests, with its place and its cure."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import click

from omnibatch.checks import CheckedBatch
from omnibatch.cli.findings import as_json, as_sarif, as_workflow_commands
from omnibatch.cli.options import Chosen, variables_of
from omnibatch.cli.reading import read_manifest
from omnibatch.cli.saying import say, say_json, say_problems
from omnibatch.errors import Exit, UsageError
from omnibatch.problems import Place, Problem, Related, errors_in, in_file_order

__all__ = ["command"]

# GitHub shows ten of a step, and keeps fifty of a job.
_MOST_ANNOTATIONS: Final = 200
_MOST_LOOKED_AT: Final = 64 * 1024 * 1024  # bytes; no more of a manifest is read


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is kept of a reading: its shots would be as many again for each profile.

    `found` says how many shots there are, and clips with their takes; it is empty where
    there is an error.
    """

    problems: tuple[Problem, ...]
    found: str
    profile: str
    profiles: tuple[str, ...]
    files: tuple[Path, ...]


@click.command("validate", epilog="For instance: omnibatch validate specs/ --format json")
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@click.option("-f", "file", type=click.Path(path_type=Path), metavar="FILE", help="One more path.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github", "sarif"]),
    default="text",
    show_default=True,
    help="json: one document (omnibatch schema problems); github: annotations of a pull"
    " request; sarif: for code scanning, SARIF 2.1.0.",
)
@click.option("--profile", metavar="NAME", help="Check this profile alone, not all of them.")
@click.option("--var", "variables", multiple=True, metavar="NAME=TEXT", help="Set a variable.")
@click.option(
    "--ref-root", type=click.Path(path_type=Path), metavar="DIR", help="Allow references under DIR."
)
def command(
    paths: tuple[Path, ...],
    file: Path | None,
    form: str,
    profile: str | None,
    variables: tuple[str, ...],
    ref_root: Path | None,
) -> Exit:
    """Report every problem of the manifests at PATH..., files or folders, all at once.

    Files that another of the manifests includes are checked as parts of it alone. All
    profiles are checked, unless one is named.
    Needs no key and no network. Exits 3 if any problem is an error.
    """
    wanted = [*paths, *([file] if file is not None else [])] or [Path()]
    texts = variables_of(variables)

    def read(manifest: Path, profile: str | None) -> _Seen:
        chosen = Chosen(
            manifest=manifest, variables=texts, ref_root=ref_root, profile=profile, rest=()
        )
        reading = read_manifest(chosen, tell=False)
        return _Seen(
            problems=reading.problems,
            found="" if reading.batch is None else _counted(reading.batch),
            profile=reading.profile,
            profiles=reading.profiles,
            files=reading.files,
        )

    problems: list[Problem] = []
    sound: list[str] = []
    readings = [(manifest, read(manifest, profile)) for manifest in _manifests(wanted)]
    parts = {file for _, reading in readings for file in reading.files[1:]}
    for manifest, reading in readings:
        if manifest.resolve() in parts:
            continue
        by_profile = {"": reading}
        if profile is None and reading.profiles:
            # Whichever is chosen in the end, the manifest must be right for it.
            by_profile = {
                name: reading if name == reading.profile else read(manifest, name)
                for name in reading.profiles
            }
        found = _of_all({name: each.problems for name, each in by_profile.items()})
        problems += found
        if not errors_in(found):
            sound.append(f"{manifest}: {_by_profile(by_profile)}, no errors")
    ordered = in_file_order(problems)
    if form == "json":
        say_json(as_json(ordered))
    elif form == "sarif":
        say_json(as_sarif(_in_checkout(ordered)))
    elif form == "github":
        for line in as_workflow_commands(_in_checkout(ordered), at_most=_MOST_ANNOTATIONS):
            say(line)
    else:
        say_problems(ordered, err=False)
        for line in sound:
            say(line)
    return Exit.PROBLEMS if errors_in(problems) else Exit.DONE


def _by_profile(readings: Mapping[str, _Seen]) -> str:
    """How many shots there are, by profile where that makes a difference."""
    found = {name: each.found for name, each in readings.items() if each.found}
    if len(set(found.values())) > 1:
        return ", ".join(f"{count} in {name}" for name, count in found.items())
    return next(iter(found.values()), "")


def _counted(batch: CheckedBatch) -> str:
    shots = len({checked.shot.id for checked in batch.shots})
    words = f"{shots:,} shot{'' if shots == 1 else 's'}"
    clips = len(batch.shots)
    return words if clips == shots else f"{words} ({clips:,} clips)"


def _of_all(found: Mapping[str, Sequence[Problem]]) -> list[Problem]:
    """The problems by profile as one list; what some profiles lack names those that have it."""
    profiles: dict[Problem, list[str]] = {}
    for name, problems in found.items():
        for problem in dict.fromkeys(problems):
            profiles.setdefault(problem, []).append(name)
    return [
        problem
        if len(names) == len(found)
        else replace(problem, message=f"{problem.message} [profile {', '.join(names)}]")
        for problem, names in profiles.items()
    ]


def _in_checkout(problems: Sequence[Problem]) -> Sequence[Problem]:
    """The problems with their files named from the root of the checkout, as GitHub knows them.

    In a workflow, `GITHUB_WORKSPACE` is that root, and the current folder may be another.
    """
    root = os.environ.get("GITHUB_WORKSPACE")
    if not root:
        return problems
    base = os.path.realpath(root)

    def moved(place: Place) -> Place:
        path = os.path.relpath(os.path.realpath(place.file), base)
        return place if path.startswith(os.pardir) else place._replace(file=path)

    return [
        replace(
            problem,
            place=moved(problem.place),
            related=tuple(Related(moved(each.place), each.message) for each in problem.related),
        )
        for problem in problems
    ]


def _manifests(paths: Iterable[Path]) -> Iterable[Path]:
    """Every manifest at the paths, once each."""
    known: set[Path] = set()
    for path in _found(paths):
        real = path.resolve()
        if real not in known:
            known.add(real)
            yield path


def _found(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if not path.is_dir():
            if not path.exists():
                raise UsageError(f"there is no {path}", "name a manifest, or a folder of them")
            yield path
            continue
        found = sorted(p for p in path.rglob("*") if _is_manifest(p, path))
        if not found:
            raise UsageError(f"{path} holds no manifest", _what_is_missing(path))
        yield from found


def _what_is_missing(folder: Path) -> str:
    """Why nothing in `folder` is a manifest: the keys it has, and a file that has some."""
    near = next((p for p in sorted(folder.rglob("*")) if _is_manifest(p, folder, part=True)), None)
    if near is None:
        return "a manifest has `shots:`, and `version:` or `provider:`, at the margin"
    return f"{near} has `shots:`, and a manifest has `version:` or `provider:` as well"


def _is_manifest(path: Path, folder: Path, *, part: bool = False) -> bool:
    """A YAML file with the keys of a manifest at its margin, not under a hidden folder.

    As `part` it need have no more than its shots.
    """
    inside = path.relative_to(folder).parts
    if path.suffix not in (".yaml", ".yml") or not path.is_file():
        return False
    if any(part.startswith(".") or part == "node_modules" for part in inside):
        return False
    try:
        with path.open("rb") as file:
            text = b"\n" + file.read(_MOST_LOOKED_AT)
    except OSError:
        return True  # it may be one: reading it says what is wrong
    # A file of shots for others to include has neither a version nor a provider.
    if b"\nshots:" not in text:
        return False
    return part or b"\nversion:" in text or b"\nprovider:" in text
