"""What a user is told of a journal that is missing or damaged, with the way out in its order."""

import shlex
from itertools import count, takewhile
from pathlib import Path

from omnibatch.errors import JournalMissing, LedgerDamaged
from omnibatch.ledger.model import Opening
from omnibatch.ledger.places import FOLDER, LedgerPlace

__all__ = [
    "UNKNOWN_WRITER",
    "journal_damaged",
    "journal_missing",
    "journal_of_another",
    "restore_again",
    "way_on_with",
]

UNKNOWN_WRITER = "lost"
"""The writer of whatever stood in lines of a lockfile that are lost."""


def journal_damaged(path: Path, at: int, *, is_headless: bool) -> LedgerDamaged:
    """What to raise for the journal at `path` with a bad line at byte `at`, or no header."""
    why = (
        "the header that a journal begins with is missing"
        if is_headless
        else "a record does not match its checksum"
    )
    return LedgerDamaged(
        f"{path} is damaged at byte {at}: {why}",
        "nothing is bought with it. Restore it from a backup that was made after the last run; "
        f"{way_on_with(path)}",
    )


def journal_of_another(path: Path) -> LedgerDamaged:
    """What to raise for a file of records at `path` of which none is ours."""
    away = shlex.join(["mv", path.as_posix(), f"{path.as_posix()}.other"])
    return LedgerDamaged(
        f"{path} does not begin with a journal's header, and no record of it is a journal's",
        f"it is none of omnibatch's: move it away ({away}) and run again",
    )


def way_on_with(path: Path) -> str:
    """The way on with what can still be read of the journal at `path`."""
    option = "" if path.parent.name == FOLDER else f" --ledger {shlex.quote(str(path.parent))}"
    return (
        f"or see what can still be read (omnibatch status{option}), and go on with `omnibatch run"
        f"{option} --journal-lost`: it uses every record that is whole, asks for what is missing "
        "where the provider can be asked, and buys only what you grant. Compare the rest with "
        "the provider's task list: `omnibatch adopt` each task that is missing, `omnibatch "
        "retry` the shots that have none"
    )


def journal_missing(place: LedgerPlace, opening: Opening) -> JournalMissing:
    """What to raise where the run of `opening` is not accounted for."""
    way_on = (
        f"`omnibatch run{place.option} --journal-lost` asks for what that run bought, where the "
        "provider can be asked, and buys nothing that it may have bought. Compare the rest "
        "with the provider's task list: `omnibatch adopt` each task that is missing (--csv "
        "takes a list), `omnibatch retry` the shots that have none, and run so once more"
    )
    if opening.writers == {UNKNOWN_WRITER}:
        asides = _broken_copies(place)
        again = f"{restore_again(place, asides[-1])}; else " if asides else ""
        return JournalMissing(
            f"{place.lockfile} was restored at {opening.since} without lines that could not be "
            "read, and no journal here answers for them: shots may have been paid for that "
            "nobody knows of",
            f"{again}{way_on}",
        )
    another = "another --ledger DIR or none" if place.option else "--ledger DIR"
    return JournalMissing(
        f"a run that began at {opening.since} did not end, and its journal "
        f"({place.journal}, writer {opening.writer}) is not here: shots may have been paid "
        f"for that {place.lockfile.name} does not know",
        "bring the journal back, or let the machine that has it finish the run; if that run had "
        f"{another}, run it so; if the film was renamed or moved, `omnibatch run` it once "
        f"where it is now. If the journal is lost for good: {way_on}",
    )


def restore_again(place: LedgerPlace, aside: Path) -> str:
    """The commands that restore a lockfile once more, with a journal that lies elsewhere."""
    broken, lockfile = (shlex.quote(path.as_posix()) for path in (aside, place.lockfile))
    return (
        f"if the journal lies elsewhere, in DIR: mv {broken} {lockfile} && omnibatch merge-lock "
        f"--restore {lockfile} --ledger DIR"
    )


def _broken_copies(place: LedgerPlace) -> list[Path]:
    """The broken lockfiles that were set aside, the latest last."""
    named = (place.folder / f"{place.lockfile.name}.broken-{number}" for number in count(1))
    return list(takewhile(Path.exists, named))
