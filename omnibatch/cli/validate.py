"""`omnibatch validate`: every problem of manifests, with its place and its cure."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import click

from omnibatch.cli.findings import as_json, as_sarif, as_workflow_commands
from omnibatch.cli.options import Chosen, variables_of
from omnibatch.cli.reading import Reading, read_manifest
from omnibatch.cli.saying import say, say_problems
from omnibatch.errors import Exit, UsageError
from omnibatch.problems import Problem, errors_in, in_file_order

__all__ = ["command"]

_NO_PROFILE: Final = "OB240"
_MOST_LOOKED_AT: Final = 64 * 1024 * 1024  # bytes; no more of a manifest is read


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

    In a folder, files that another manifest includes are checked as parts of it alone.
    Needs no key and no network. Exits 3 if any problem is an error.
    """
    wanted = [*paths, *([file] if file is not None else [])] or [Path()]
    texts = variables_of(variables)

    def read(manifest: Path, profile: str | None) -> Reading:
        chosen = Chosen(
            manifest=manifest, variables=texts, ref_root=ref_root, profile=profile, rest=()
        )
        return read_manifest(chosen, tell=False)

    problems: list[Problem] = []
    shots: dict[str, int] = {}
    readings = [(manifest, read(manifest, profile)) for manifest in _manifests(wanted)]
    parts = {file for _, reading in readings for file in reading.files[1:]}
    for manifest, reading in readings:
        if manifest not in paths and manifest.resolve() in parts:
            continue
        found = list(reading.problems)
        if profile is None and reading.profiles:
            # Whichever is chosen in the end, the manifest must be right for it.
            found = [each for each in found if each.code != _NO_PROFILE]
            found += [p for name in reading.profiles for p in read(manifest, name).problems]
        problems += found
        if reading.batch is not None and not errors_in(found):
            shots[str(manifest)] = len(reading.batch.shots)
    ordered = in_file_order(problems)
    if form == "json":
        say(json.dumps(as_json(ordered), ensure_ascii=False, indent=1))
    elif form == "sarif":
        say(json.dumps(as_sarif(ordered), ensure_ascii=False, indent=1))
    elif form == "github":
        for line in as_workflow_commands(ordered):
            say(line)
    else:
        say_problems(ordered, err=False)
        for name, count in shots.items():
            say(f"{name}: {count:,} shot{'' if count == 1 else 's'}, no errors")
    return Exit.PROBLEMS if errors_in(problems) else Exit.DONE


def _manifests(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        if not path.is_dir():
            if not path.exists():
                raise UsageError(f"there is no {path}", "name a manifest, or a folder of them")
            yield path
            continue
        found = sorted(p for p in path.rglob("*") if _is_manifest(p, path))
        if not found:
            raise UsageError(f"{path} holds no manifest", "a manifest has `shots:` at the margin")
        yield from found


def _is_manifest(path: Path, folder: Path) -> bool:
    """A YAML file with the keys of a manifest at its margin, not under a hidden folder."""
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
    return b"\nshots:" in text and (b"\nversion:" in text or b"\nprovider:" in text)
