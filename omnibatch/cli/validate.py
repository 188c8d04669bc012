"""`omnibatch validate`: every problem of manifests, with its place and its cure."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from omnibatch.cli.options import Chosen, variables_of
from omnibatch.cli.reading import read_manifest
from omnibatch.cli.saying import say, say_problems
from omnibatch.errors import Exit, UsageError
from omnibatch.problems import Problem, errors_in, in_file_order

__all__ = ["command"]


@click.command("validate", epilog="For instance: omnibatch validate specs/ --format json")
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@click.option("-f", "file", type=click.Path(path_type=Path), metavar="FILE", help="One more path.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="json: one document (schema: omnibatch schema problems).",
)
@click.option("--var", "variables", multiple=True, metavar="NAME=TEXT", help="Set a variable.")
@click.option(
    "--ref-root", type=click.Path(path_type=Path), metavar="DIR", help="Allow references under DIR."
)
def command(
    paths: tuple[Path, ...],
    file: Path | None,
    form: str,
    variables: tuple[str, ...],
    ref_root: Path | None,
) -> Exit:
    """Report every problem of the manifests at PATH..., files or folders, all at once.

    Needs no key and no network. Exits 3 if any problem is an error.
    """
    wanted = [*paths, *([file] if file is not None else [])] or [Path()]
    problems: list[Problem] = []
    shots: dict[str, int] = {}
    for manifest in _manifests(wanted):
        chosen = Chosen(
            manifest=manifest, variables=variables_of(variables), ref_root=ref_root, rest=()
        )
        reading = read_manifest(chosen, tell=False)
        problems += reading.problems
        if reading.batch is not None:
            shots[str(manifest)] = len(reading.batch.shots)
    if form == "json":
        say(json.dumps(_json(problems), ensure_ascii=False, indent=1))
    else:
        say_problems(problems, err=False)
        for name, count in shots.items():
            say(f"{name}: {count} shot{'' if count == 1 else 's'}, no errors")
    return Exit.PROBLEMS if errors_in(problems) else Exit.DONE


def _manifests(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        if not path.is_dir():
            if not path.exists():
                raise UsageError(f"there is no {path}", "name a manifest, or a folder of them")
            yield path
            continue
        found = sorted(p for p in path.rglob("*") if _is_manifest(p))
        if not found:
            raise UsageError(f"{path} holds no manifest", "a manifest has `shots:` at the margin")
        yield from found


def _is_manifest(path: Path) -> bool:
    """A YAML file with a `shots` key, not under a hidden folder."""
    if path.suffix not in (".yaml", ".yml") or not path.is_file():
        return False
    if any(part.startswith(".") and part not in (".", "..") for part in path.parts):
        return False
    return b"\nshots:" in b"\n" + path.read_bytes()


def _json(problems: Iterable[Problem]) -> dict[str, Any]:  # schemas/problems.schema.json
    ordered = in_file_order(problems)
    return {
        "version": 1,
        "problems": [
            {
                "file": Path(problem.place.file).as_posix(),
                "line": problem.place.line,
                "column": problem.place.column,
                "code": problem.code,
                "severity": problem.severity,
                "message": problem.message,
                "hint": problem.hint,
            }
            for problem in ordered
        ],
        "summary": {
            "errors": sum(problem.severity == "error" for problem in ordered),
            "warnings": sum(problem.severity == "warning" for problem in ordered),
        },
    }
