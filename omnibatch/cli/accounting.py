"""When a run that left no journal is answered for: nothing is left that it may have bought."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from omnibatch.checks import CheckedBatch
from omnibatch.cli.options import Chosen
from omnibatch.cli.planning import make_plan
from omnibatch.cli.reading import Reading, read_manifest

if TYPE_CHECKING:
    from omnibatch.ledger import Book

Endpoints = Callable[[Iterable[str]], Mapping[str, str]]

__all__ = ["answer", "lost_run_of"]


def lost_run_of(book: "Book") -> str | None:
    """When the run began that is not accounted for (UTC, ISO 8601); None where all are."""
    return None if book.unaccounted is None else book.unaccounted.since


def answer(reading: Reading, chosen: Chosen, book: "Book", endpoints: Endpoints) -> None:
    """Miss the journal no more that the user gave up, if nothing is left that it may have bought.

    That is, if every slot of every profile has its task, its clip, or the user's word: the
    lost run does not say which profile it was for. A manifest with problems answers for
    nothing. Cost: one reading of the manifest for each other profile.
    """
    for profile in reading.profiles or (reading.profile,):
        read = reading
        if profile != reading.profile:
            read = read_manifest(replace(chosen, profile=profile), tell=False)
        if read.batch is None or _withholds(read.batch, book, endpoints):
            return
    book.account_for_all()


def _withholds(batch: CheckedBatch, book: "Book", endpoints: Endpoints) -> bool:
    """Whether a run would buy more if there were no lost one."""
    providers = {attempt.known_intent.provider for attempt in book.attempts.values()}
    providers |= {checked.provider for checked in batch.shots}
    submits = [
        make_plan(batch, book.ledger, book.place, endpoints(providers), lost_run=since).submits
        for since in (lost_run_of(book), None)
    ]
    return len(submits[0]) < len(submits[1])
