"""Conducting a run from the lock to the last line, for `run` and `rehearse`."""

import os
from contextlib import suppress

from omnibatch.cli.admitting import RunOptions
from omnibatch.cli.conducted import Conducted
from omnibatch.cli.ending import adopting
from omnibatch.cli.interrupting import Signals
from omnibatch.cli.planning import wanted_slots
from omnibatch.cli.reading import Reading, now, read_manifest
from omnibatch.cli.saying import say_notices
from omnibatch.cli.stage import Stage
from omnibatch.cli.typed import Typed
from omnibatch.cli.waiting import Waiting
from omnibatch.errors import Exit, JournalMissing, LedgerError, LedgerUnwritable
from omnibatch.ledger import Book, ledger_exists, refuse_left_behind
from omnibatch.run import TaskUnrecorded
from omnibatch.shots import Slot

__all__ = ["conduct"]


def conduct(
    reading: Reading, stage: Stage, options: RunOptions, typed: Typed, signals: Signals
) -> Exit:
    """Run from the lock to the last line; return the exit code.

    With a manifest that has problems nothing is bought, and where nothing was ever recorded
    nothing is opened; what was paid for is still collected.
    """
    if reading.batch is None and not ledger_exists(stage.place):
        return Exit.PROBLEMS
    wanted = _wanted(reading, stage, options)
    waiting = Waiting()
    with Book.open(
        stage.place,
        name=reading.name,
        now=now,
        randomness=os.urandom,
        without_journal=options.journal_lost,
        wait=waiting if options.wait else None,
    ) as book:
        say_notices(book.notices)
        if waiting.has_waited:  # the manifest may have been edited meanwhile
            reading = read_manifest(typed.chosen)
            wanted = _wanted(reading, stage, options)
        try:
            code = Conducted(reading, stage, options, typed, signals, book, wanted).conduct()
            return code if signals.code is None else Exit.worst({code, signals.code})
        except (JournalMissing, LedgerUnwritable) as error:
            # A task id may have come for which the journal has no room. The lockfile is
            # another file, and much smaller: perhaps that can still be written.
            with suppress(LedgerError):
                book.close()
            if isinstance(error, TaskUnrecorded):
                error.hint = f"note that id, mend the disk, then: {adopting(error, typed)}"
            raise


def _wanted(reading: Reading, stage: Stage, options: RunOptions) -> frozenset[Slot] | None:
    """The slots that are asked for; None for all. Raise `LedgerError` for a ledger left behind."""
    shots = () if reading.batch is None else reading.batch.shots
    digests = {checked.digest for checked in shots}
    refuse_left_behind(stage.place, name=reading.name, digests=digests)
    return wanted_slots(reading.batch, options.select, options.exclude)
