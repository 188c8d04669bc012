"""What a run may have bought that left no journal, and when it is answered for."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from omnibatch.checks import CheckedBatch
from omnibatch.cli.admitting import purchase_of
from omnibatch.cli.options import Chosen
from omnibatch.cli.planning import make_plan
from omnibatch.cli.reading import Reading, read_manifest
from omnibatch.ledger import Attempt, AttemptId, Ledger, granted_since
from omnibatch.providers import provider_named
from omnibatch.run import Purchase

if TYPE_CHECKING:
    from omnibatch.ledger import Book

Endpoints = Callable[[Iterable[str]], Mapping[str, str]]
Films = Sequence[CheckedBatch | None]
"""A film in each of its profiles; None where the manifest has problems."""

__all__ = ["answer", "films_of", "lost_run_of", "suspects"]


def lost_run_of(book: "Book") -> str | None:
    """When the run began that is not accounted for (UTC, ISO 8601); None where all are."""
    return None if book.unaccounted is None else book.unaccounted.since


def films_of(reading: Reading, chosen: Chosen) -> Films:
    """The film in every profile: a lost run does not say which one it was for.

    Cost: one reading of the manifest for each other profile. None is read of a broken one.
    """
    if reading.batch is None:
        return (None,)
    others = [profile for profile in reading.profiles if profile != reading.profile]
    read = (read_manifest(replace(chosen, profile=name), tell=False) for name in others)
    return (reading.batch, *(each.batch for each in read))


def suspects(
    films: Films, book: "Book", endpoints: Endpoints, accounts: Mapping[str, str]
) -> list[Purchase]:
    """What a run that is not accounted for may have bought at `accounts` that can be asked.

    That is all that any run would buy, whatever its options: as the ledger is now, and as it
    was before the user granted anything in the face of that run.
    """
    since = lost_run_of(book)
    if since is None:
        return []
    now = book.ledger
    then = _before(now, since)
    steps = [
        step
        for batch in films
        if batch is not None
        for ledger in ([now] if then.attempts == now.attempts else [now, then])
        for step in make_plan(
            batch,
            ledger,
            book.place,
            endpoints(_providers(batch, book)),
            stale=True,
            failed=True,
            accounts=accounts,
        ).submits
    ]
    return [
        purchase_of(step)
        for step in steps
        if step.checked is not None
        and not step.waits_for
        and step.checked.provider in accounts
        and provider_named(step.checked.provider).lookup.by != "none"
    ]


def _before(ledger: Ledger, since: str) -> Ledger:
    """A ledger without what was granted after `since`, and what was made to carry such a grant."""
    attempts: dict[AttemptId, Attempt] = {}
    for attempt in ledger.attempts.values():
        if not granted_since(attempt, since):
            attempts[attempt.id] = attempt
        elif attempt.sends or attempt.tasks:
            attempts[attempt.id] = replace(attempt, granted=None)
    return replace(ledger, attempts=attempts)


def answer(films: Films, book: "Book", endpoints: Endpoints) -> None:
    """Miss the journal no more that the user gave up, if nothing is left that it may have bought.

    That is, if every slot of every profile has its task, its clip, or the user's word. A
    manifest with problems answers for nothing.
    """
    if all(batch is not None and not _withholds(batch, book, endpoints) for batch in films):
        book.account_for_all()


def _withholds(batch: CheckedBatch, book: "Book", endpoints: Endpoints) -> bool:
    """Whether a run would buy more if there were no lost one."""
    submits = [
        make_plan(
            batch, book.ledger, book.place, endpoints(_providers(batch, book)), lost_run=since
        ).submits
        for since in (lost_run_of(book), None)
    ]
    return len(submits[0]) < len(submits[1])


def _providers(batch: CheckedBatch, book: "Book") -> set[str]:
    providers = {attempt.known_intent.provider for attempt in book.attempts.values()}
    return providers | {checked.provider for checked in batch.shots}
