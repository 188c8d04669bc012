"""What a run may have bought that left no journal, and when it is answered for."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from omnibatch.checks import CheckedBatch
from omnibatch.cli.admitting import purchase_of
from omnibatch.cli.options import Chosen
from omnibatch.cli.planning import make_plan
from omnibatch.cli.reading import Reading, read_manifest
from omnibatch.cli.saying import say_error
from omnibatch.cli.typed import Typed
from omnibatch.ledger import Attempt, AttemptId, Ledger, granted_since, only_carries
from omnibatch.plan import Action, Plan, Step
from omnibatch.providers import provider_named
from omnibatch.run import Purchase

if TYPE_CHECKING:
    from omnibatch.ledger import Book

Endpoints = Callable[[Iterable[str]], Mapping[str, str]]
Films = Mapping[str, CheckedBatch | None]
"""A film by its profiles, of which one without any is nameless; None where it has problems."""

__all__ = [
    "Films",
    "answer",
    "films_of",
    "has_frames",
    "lost_run_of",
    "suspects",
    "unread",
    "with_undecided",
]


def lost_run_of(book: "Book") -> str | None:
    """When the run began that is not accounted for (UTC, ISO 8601); None where all are."""
    return None if book.unaccounted is None else book.unaccounted.since


def films_of(reading: Reading, chosen: Chosen) -> Films:
    """The film in every profile: a lost run does not say which one it was for.

    Cost: one reading of the manifest for each other profile. None is read of a broken one.
    """
    films = {reading.profile: reading.batch}
    if reading.batch is not None:
        for name in reading.profiles:
            if name not in films:
                films[name] = read_manifest(replace(chosen, profile=name), tell=False).batch
    return films


def has_frames(films: Films) -> bool:
    """Tell whether any shot begins or ends with a frame of another."""
    return any(checked.shot.frames for batch in films.values() if batch for checked in batch.shots)


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
        for batch in films.values()
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
        elif not only_carries(attempt):
            attempts[attempt.id] = replace(attempt, granted=None)
    return replace(ledger, attempts=attempts)


def answer(films: Films, book: "Book", endpoints: Endpoints, typed: Typed) -> tuple[str, ...]:
    """Miss the journal no more that the user gave up, if nothing is left that it may have bought.

    That is, if every slot of every profile has its task, its clip, or the user's word. A
    manifest with problems answers for nothing: name and return the other profiles with some.
    """
    if book.unaccounted is None:
        book.account_for_all()  # the lockfile knows everything that a damaged journal may lack
        return ()
    others = unread(films)
    for profile in others:
        say_error(
            f"profile {profile} has problems, and the run of {book.unaccounted.since} may have "
            "bought something in it: no plain run goes on before it is mended",
            f"{typed.validate(profile=profile)} names them",
        )
    if None not in films.values() and not any(undecided(films, book, endpoints)):
        book.account_for_all()
    return others


def undecided(
    films: Films, book: "Book", endpoints: Endpoints, *, whatever: bool = False
) -> Iterator[Step]:
    """What a run would buy, in any profile, if there were no lost one: each as a decision.

    That is a plain run, or one with `whatever` options.
    """
    for batch in films.values():
        if batch is None or lost_run_of(book) is None:
            continue
        where = endpoints(_providers(batch, book))
        now, else_ = (
            make_plan(
                batch,
                book.ledger,
                book.place,
                where,
                stale=whatever,
                failed=whatever,
                lost_run=since,
            )
            for since in (lost_run_of(book), None)
        )
        bought = {step.slot for step in else_.submits}
        yield from (s for s in now.steps if s.slot in bought and s.action is Action.DECIDE)


def with_undecided(plan: Plan, films: Films, book: "Book", endpoints: Endpoints) -> Plan:
    """A plan with what is undecided beside it: as long as that is so, no plain run goes on."""
    known = {step.slot for step in plan.steps}
    more = [step for step in undecided(films, book, endpoints) if step.slot not in known]
    named = [
        replace(step, reason=f"of profile {step.slot.profile}: {step.reason}")
        if step.slot.profile
        else step
        for step in more
    ]
    several = {step.slot.shot for step in more if step.slot.take > 1}
    return replace(plan, steps=(*plan.steps, *named), several=plan.several | several)


def unread(films: Films) -> tuple[str, ...]:
    """The other profiles that have problems: what was bought in them nobody can name."""
    return tuple(name for name, batch in films.items() if batch is None and len(films) > 1)


def _providers(batch: CheckedBatch, book: "Book") -> set[str]:
    providers = {attempt.known_intent.provider for attempt in book.attempts.values()}
    return providers | {checked.provider for checked in batch.shots}
