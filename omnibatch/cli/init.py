"""`omnibatch init`: a starter manifest, and what editors and git need beside it."""

import os
import shlex
from pathlib import Path

import click

from omnibatch.cli.saying import say, say_table, say_warning
from omnibatch.errors import Exit, UsageError

__all__ = ["command"]


@click.command(
    "init", epilog="For instance: omnibatch init harbor && omnibatch rehearse harbor/film.yaml"
)
@click.argument("folder", required=False, metavar="[DIR]", type=click.Path(path_type=Path))
@click.option("--name", metavar="NAME", help="The manifest's name; film, if nothing is said.")
def command(folder: Path | None, name: str | None) -> Exit:
    """Write a starter manifest of three shots into DIR, or into this folder.

    Beside it go the schema that editors complete and check by, and lines for .gitignore
    and .gitattributes; and git is told, in this clone, how lockfiles of two branches
    join. Nothing that is there is overwritten: run again, it brings the schema up to date
    and adds what is missing.
    """
    from omnibatch.cli.merge_driver import set_up_driver
    from omnibatch.cli.starter import carry_out, look, steps_for

    folder = folder or Path()
    if name is not None and not _is_name(name):
        raise UsageError(f"{name!r} cannot be a name", "use letters, digits, - and _")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is not a folder", "name a folder, or none for this one")
    found = look(folder)
    steps = steps_for(folder, found, name)
    carry_out(folder, steps)
    driver = set_up_driver(folder)
    say_table(
        ("DONE", "FILE", "WHAT IT IS"),
        [
            *((step.action, _shown(step.path), step.about) for step in steps),
            (driver.action, "git's merge driver", driver.about),
        ],
    )
    for path in found.without_editor_line:
        say_warning(
            f"{_shown(path)} has no line for editors: begin it with"
            " # yaml-language-server: $schema=omnibatch.schema.json"
        )
    if all(step.content is None for step in steps) and driver.action != "set":
        say("nothing to do: all of it is there")
    manifests = [step.path for step in steps if step.action == "wrote" and _is_yaml(step.path)]
    manifests += found.manifests
    if manifests:
        shown = shlex.quote(_shown(manifests[0]))
        say(f"next: omnibatch rehearse {shown}   (free, at a local emulator)")
    else:
        say("next: omnibatch init --name NAME   (writes the starter under another name)")
    return Exit.DONE


def _is_yaml(path: Path) -> bool:
    return path.suffix in (".yaml", ".yml")


def _is_name(name: str) -> bool:
    return (
        bool(name) and not name.startswith("-") and name.replace("-", "").replace("_", "").isalnum()
    )


def _shown(path: Path) -> str:
    return Path(os.path.normpath(path)).as_posix()
