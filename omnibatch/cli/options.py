"""Arguments that mean the same on every command that reads a manifest."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from omnibatch.errors import UsageError
from omnibatch.money import Money, MoneyError, parse_money

__all__ = [
    "ENDINGS",
    "MONEY",
    "Chosen",
    "is_film",
    "ledger_option",
    "manifest_options",
    "selection_options",
    "variables_of",
    "wait_option",
]


if TYPE_CHECKING:
    _ParamType = click.ParamType[Money]
else:
    _ParamType = click.ParamType  # before click 8.2 it takes no parameter


class _MoneyType(_ParamType):
    """An amount with its currency, such as `2 USD`."""

    name = "amount"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Money:
        """Read the text, or fail as click does."""
        if isinstance(value, Money):
            return value
        try:
            return parse_money(value)
        except MoneyError as error:
            self.fail(str(error), param, ctx)


MONEY = _MoneyType()
ENDINGS = (".yaml", ".yml")
_HAS_SHOTS = re.compile(rb"^shots[ \t]*:", re.MULTILINE)


def is_film(path: Path) -> bool:
    """Tell whether a file has shots, so that it is no library of names alone. Raise `OSError`."""
    return path.is_file() and _HAS_SHOTS.search(path.read_bytes()) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The manifest a command is about, as typed; its variables; the arguments left over."""

    manifest: Path
    variables: Mapping[str, str]
    ref_root: Path | None
    rest: tuple[str, ...]
    profile: str | None = None


def manifest_options(
    command: Callable[..., Any],  # click passes whatever the other options add
) -> Callable[..., Any]:
    """Add `[MANIFEST] ...`, `-f`, `--var`, `--ref-root` and `--profile`; pass them on as one `Chosen`."""

    def wrapped(
        args: Sequence[str],
        file: str | None,
        variables: Sequence[str],
        ref_root: str | None,
        profile: str | None,
        **others: Any,  # the command's own options
    ) -> Any:
        manifest, rest = _split(args, file)
        chosen = Chosen(
            manifest=manifest,
            variables=variables_of(variables),
            ref_root=Path(ref_root) if ref_root else None,
            rest=rest,
            profile=profile,
        )
        return command(chosen, **others)

    wrapped.__doc__ = command.__doc__
    wrapped.__name__ = command.__name__
    wrapped.__click_params__ = getattr(command, "__click_params__", [])  # type: ignore[attr-defined]  # click's own place for them
    for decorate in (
        click.argument("args", nargs=-1, metavar="[MANIFEST] [ARGS]..."),
        click.option("-f", "file", metavar="FILE", help="The manifest, whatever its name ends in."),
        click.option(
            "--var",
            "variables",
            multiple=True,
            metavar="NAME=TEXT",
            help="Set a variable of the manifest. May be repeated.",
        ),
        click.option(
            "--ref-root",
            metavar="DIR",
            help="Allow reference files under DIR  [default: the git work tree].",
        ),
        click.option("--profile", metavar="NAME", help="Use this profile of the manifest."),
    ):
        wrapped = decorate(wrapped)
    return wrapped


def selection_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--select` and `--exclude`."""
    command = click.option(
        "--exclude", multiple=True, metavar="PATTERN", help="Leave out shots, likewise."
    )(command)
    return click.option(
        "--select",
        multiple=True,
        metavar="PATTERN",
        help="Only these shots: ids, scene:NAME, tag:NAME, or globs such as 'wave-*'. May be repeated.",
    )(command)


def ledger_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--ledger DIR`."""
    return click.option(
        "--ledger",
        metavar="DIR",
        type=click.Path(path_type=Path),
        help="Keep journal and process lock in DIR, for instance on a volume that outlives "
        "the machine  [default: .omnibatch beside the manifest].",
    )(command)


def wait_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--wait`."""
    return click.option(
        "--wait",
        is_flag=True,
        help="Wait while another omnibatch works on this ledger, instead of exit code 7.",
    )(command)


def _split(args: Sequence[str], file: str | None) -> tuple[Path, tuple[str, ...]]:
    if file is not None:
        return _existing(Path(file)), tuple(args)
    if args and args[0].endswith(ENDINGS):
        return _existing(Path(args[0])), tuple(args[1:])
    return _only_manifest_here(), tuple(args)


def _existing(path: Path) -> Path:
    if path.is_dir():
        raise UsageError(f"{path} is a folder", "name the manifest in it")
    if path.exists():
        return path
    from omnibatch.ledger import LedgerPlace

    # A manifest that is gone may have left paid tasks: its ledger can still be settled.
    if not LedgerPlace.beside(path).lockfile.exists():
        near = [str(p) for p in sorted(path.parent.glob("*.y*ml"))] if path.parent.is_dir() else []
        hint = f"there is: {', '.join(near[:5])}" if near else "check the path"
        raise UsageError(f"there is no manifest {path}", hint)
    return path


def _only_manifest_here() -> Path:
    """The one YAML file of this folder with a `shots:` key at the margin."""
    found = [
        path for ending in ENDINGS for path in sorted(Path().glob(f"*{ending}")) if is_film(path)
    ]
    if len(found) == 1:
        return found[0]
    if not found:
        raise UsageError(
            "this folder holds no manifest", "name one: omnibatch plan specs/harbor.yaml"
        )
    names = ", ".join(path.name for path in found)
    raise UsageError(
        f"this folder holds several manifests: {names}",
        "name the one you mean; -f FILE takes one whatever its name ends in",
    )


def variables_of(texts: Sequence[str]) -> Mapping[str, str]:
    """Read `NAME=TEXT` arguments. Raise `UsageError` for anything else."""
    variables = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name.isidentifier():
            raise UsageError(f"--var {text!r} is not NAME=TEXT", "for instance --var hero=Ada")
        variables[name] = value
    return variables
