"""`omnibatch merge-lock`: git's merge driver for lockfiles, and what it needs around it."""

from contextlib import suppress
from pathlib import Path

import click

from omnibatch import disk
from omnibatch.cli.options import ledger_option
from omnibatch.cli.reading import now
from omnibatch.cli.saying import say, say_error
from omnibatch.collection import without_collection
from omnibatch.errors import Exit, LedgerError, OmnibatchError, UsageError

__all__ = ["command"]

_COPIES = 3
_SUFFIX = ".lock.json"


@click.command(
    "merge-lock",
    epilog="For instance, in a fresh clone: omnibatch merge-lock --install; for a lockfile that "
    "cannot be read: omnibatch merge-lock --restore specs/harbor.lock.json",
)
@click.argument(
    "files", nargs=-1, metavar="[BASE OURS THEIRS [PATH]]", type=click.Path(path_type=Path)
)
@click.option("--install", is_flag=True, help="Tell git of this command, in this clone.")
@click.option(
    "--restore",
    metavar="LOCKFILE",
    type=click.Path(path_type=Path),
    help="Write a broken lockfile anew: from its own lines, from git, from the journal.",
)
@ledger_option
def command(
    files: tuple[Path, ...], install: bool, restore: Path | None, ledger: Path | None
) -> Exit:
    """Write into OURS all that OURS and THEIRS know of what was bought.

    git calls this where two branches have changed a lockfile; BASE is the file that both
    began with, PATH its name in messages. `omnibatch init` and --install tell git to; a
    clone that was not told leaves a conflict in the file, which any command here reads.

    Ends with 0 where the files were joined; with 7 where one cannot be read: then OURS
    holds both, each of them whole, as a conflict. With 1, and nothing changed, where they
    are no lockfiles of omnibatch.
    """
    if install:
        return _install(*files) if len(files) <= 1 else _misused()
    if restore is not None:
        return _restore(restore, ledger) if not files else _misused()
    if len(files) not in (_COPIES, _COPIES + 1):
        return _misused()
    base, ours, theirs = files[:_COPIES]
    return _merge(base, ours, theirs, shown=files[-1] if len(files) > _COPIES else ours)


def _misused() -> Exit:
    raise UsageError(
        "merge-lock takes the files BASE OURS THEIRS, as git gives them",
        "to set git up in this clone: omnibatch merge-lock --install",
    )


def _install(folder: Path = Path()) -> Exit:
    from omnibatch.cli.merge_driver import ATTRIBUTE, set_up_driver

    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder", "name one of the clone, or none for this one")
    action, about = set_up_driver(folder)
    if action == "left":
        raise OmnibatchError(f"git was not told: {about}", "lockfiles merge as text until then")
    say(f"{action}: merge.omnibatch in git's configuration: {about}")
    say(f"it is for the lockfiles that .gitattributes says {ATTRIBUTE} of: see omnibatch init")
    return Exit.DONE


def _restore(lockfile: Path, folder: Path | None) -> Exit:
    from omnibatch.cli.lock_copies import readable_copies
    from omnibatch.ledger import LedgerPlace, is_readable, restore_again, restore_lockfile

    stem = lockfile.name.removesuffix(_SUFFIX)
    if stem == lockfile.name or not lockfile.parent.is_dir():
        raise UsageError(f"{lockfile} is no lockfile", f"name one that ends in {_SUFFIX}")
    if lockfile.is_file() and is_readable(_read(lockfile)):
        say(f"{lockfile} can be read, and is left as it is; a conflict in it is for the next run")
        return Exit.DONE
    place = LedgerPlace.beside(lockfile.with_name(f"{stem}.yaml"), folder=folder)
    done = restore_lockfile(place, readable_copies(lockfile), now=now())
    say(
        f"{lockfile} holds {done.attempts} attempts again: {done.of_file} were read in it, "
        f"{done.of_git} in git, {done.of_journal} in the journal"
    )
    if done.aside is not None:
        say(f"what stood there is kept: {done.aside} ({done.lost_lines} lines could not be read)")
    if done.in_doubt:
        say_error(
            "neither git nor a journal answers for what could not be read: shots may have "
            "been paid for that nobody knows of, and the next run says what to do",
            "" if done.aside is None else restore_again(place, done.aside),
        )
        return Exit.LEDGER
    say("git add it, if git has it in conflict or it was committed broken")
    return Exit.DONE


def _merge(base: Path, ours: Path, theirs: Path, *, shown: Path) -> Exit:
    from omnibatch.ledger import looks_like_lockfile, merge_lockfiles, weave

    copies = [_read(path) for path in (base, ours, theirs)]
    if not any(map(looks_like_lockfile, copies[1:])):
        say_error(f"{shown} is no lockfile of omnibatch: git merges it as text")
        return Exit.FAILED
    try:
        with without_collection():
            merged = merge_lockfiles(*copies)
    except LedgerError as error:
        _write(ours, weave(*copies[1:]))
        say_error(
            f"{shown} is left in conflict, with both sides whole in it: {error.message}",
            f"{error.hint}, and any command goes on from both" if error.hint else "",
        )
        return Exit.LEDGER
    _write(ours, merged)
    return Exit.DONE


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise OmnibatchError(f"{path} cannot be read: {error.strerror or error}") from error


def _write(path: Path, data: bytes) -> None:
    """As a whole or not at all: git's merge of texts goes on from what stands there."""
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        disk.write_file(temporary, data, "merge")
        disk.replace(temporary, path, "merge")
    except OSError as error:
        with suppress(OSError):
            disk.remove(temporary, "merge")
        message = f"{path} cannot be written: {error.strerror or error}"
        raise OmnibatchError(message, "make room, then merge again") from error
