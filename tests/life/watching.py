"""What must hold after each step, whatever happened in it: section 6 of the design, and its bills."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from jsonschema import Draft202012Validator

from omnibatch.emulator import Fault
from omnibatch.ledger import (
    Ledger,
    SendState,
    TaskState,
    encode_lockfile,
    parse_lockfile,
)
from omnibatch.ledger.join import join_ledgers
from omnibatch.ledger.records import read_journal
from omnibatch.run import spent_on
from omnibatch.schema import load_schema

from ..gateways import GATEWAYS
from ..launching import Finished
from ..workplace import KEY
from .consent import may_buy
from .facts import Bill, known_ids, request_of, sends, standing
from .world import Machine, World

__all__ = ["Options", "holds", "is_unaccounted", "watched_decision", "watched_run"]

_SETTLED = {0, 1, 4, 5, 6, 8, 9}
_OVER_DECISION = {4, 5, 6, 7, -9}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a run is asked for."""

    yes: bool = True
    stale: bool = False
    failed: bool = False
    limit: int | None = None
    max_cost: str | None = None
    journal_lost: bool = False
    kill: int = 0

    def words(self) -> list[str]:
        """As they are typed."""
        flags = {
            "--yes": self.yes,
            "--stale": self.stale,
            "--failed": self.failed,
            "--journal-lost": self.journal_lost,
        }
        words = [flag for flag, is_on in flags.items() if is_on]
        words += [] if self.limit is None else ["--limit", str(self.limit)]
        return words + ([] if self.max_cost is None else ["--max-cost", self.max_cost])


@dataclass(frozen=True, slots=True)
class _Before:
    known: Ledger
    bill: Bill
    clips: dict[str, bytes]
    unaccounted: bool


def _look(world: World, machine: Machine) -> _Before:
    return _Before(machine.known, world.gateways.bill(), machine.clips, is_unaccounted(machine))


def is_unaccounted(machine: Machine) -> bool:
    """Whether a run is on record whose journal is not here."""
    text = read_journal(machine.journal)
    opening = machine.known.open
    return opening is not None and not opening.writers <= (text.writers if text else set())


def watched_run(
    world: World, machine: Machine, options: Options, faults: Sequence[Fault] = ()
) -> Finished:
    """Run, and hold what was bought against what the user agreed to."""
    before = _look(world, machine)
    finished = world.command(machine, "run", *options.words(), kill=options.kill, faults=faults)
    bill = world.gateways.quiet_bill()
    known = machine.known
    _nothing_is_wrong_with(world, finished, before)
    _bought_with_consent(world, machine, options, before, known, bill)
    if before.unaccounted and not options.journal_lost:
        world.require(finished.code in (7, -9), f"{machine.name} went on without its journal")
        world.require(bill.received == before.bill.received, "bought without the journal")
    if finished.code in _SETTLED:
        _is_written_down(world, machine, known)
    if finished.code in _SETTLED and _has_doubt(machine, known):
        world.require(finished.code in _OVER_DECISION, "a doubt is not named for a decision")
    _clips_are_kept(world, machine, before, known)
    holds(world)
    return finished


def watched_decision(world: World, machine: Machine, *words: str, kill: int = 0) -> Finished:
    """Let the user decide: that spends nothing."""
    before = _look(world, machine)
    finished = world.command(machine, *words, kill=kill)
    bill = world.gateways.bill()
    world.require(finished.code in (0, 1, 2, 5, -9), f"{words[0]} ended with {finished.code}")
    _nothing_is_wrong_with(world, finished, before)
    world.require(bill.received == before.bill.received, f"{words[0]} sent a POST")
    if finished.code == 2:
        same = encode_lockfile(machine.known) == encode_lockfile(before.known)
        world.require(same or not before.known.batch, "what was refused changed the ledger")
    _clips_are_kept(world, machine, before, machine.known)
    return finished


def holds(world: World) -> None:
    """What holds at any time, of all ledgers together and of each file."""
    joined = world.joined
    known = known_ids([joined])
    world.require(world.remembered <= known, f"forgotten: {world.remembered - known}")
    world.remembered |= known
    over = world.excess() - world.forgiven
    world.require(not over, f"paid for, and neither known nor in doubt: {dict(over)}")
    world.require(join_ledgers(joined, joined) == joined, "the join is not idempotent")
    for machine in world.machines:
        if machine.place.lockfile.exists():
            _lockfile_is_sound(world, machine)


def _nothing_is_wrong_with(world: World, finished: Finished, before: _Before) -> None:
    world.require("Traceback" not in finished.said, "a traceback")
    world.require(finished.code != 70, "a bug")
    world.require(finished.code != 7 or before.unaccounted, "the ledger is refused")
    world.require(KEY not in finished.said, "the key was said")


def _bought_with_consent(
    world: World, machine: Machine, options: Options, before: _Before, known: Ledger, bill: Bill
) -> None:
    old = sends(before.known)
    new = {key: state for key, state in sends(known).items() if key not in old}
    received = bill.received - before.bill.received
    world.require(received <= len(new), f"{received} POSTs, and {len(new)} sends on record")
    paid = {key: s for key, s in new.items() if s is not SendState.NOT_CREATED}
    tried = Counter(request_of(known, known.attempts[id_]) for id_, _ in paid)
    sold = bill.sold - before.bill.sold
    world.require(not sold - tried, f"sold without a send that may have made it: {sold - tried}")
    if not options.yes:
        world.require(not new, "bought without consent")
    allowed = may_buy(
        machine.film,
        before.known,
        stale=options.stale,
        failed=options.failed,
        void=_void(world, before),
        lost_run=before.known.open.since if before.unaccounted and before.known.open else "",
    )
    world.require(not tried - allowed, f"bought without need: {dict(tried - allowed)}")
    if options.limit is not None:
        world.require(len(paid) <= options.limit, "bought more than --limit")
    cost = sum((_price(known, id_) for id_, _ in paid), Decimal(0))
    if options.max_cost is not None:
        world.require(cost <= _amount(options.max_cost), f"{cost} is more than --max-cost")
    if machine.film.budget is not None and cost:
        spent = spent_on(before.known.attempts.values(), rehearsing=True)
        total = cost + (Decimal(0) if spent is None else _amount(str(spent)))
        world.require(total <= _amount(machine.film.budget), f"{total} is more than the budget")


def _void(world: World, before: _Before) -> set[str]:
    """The attempts of which nothing came, where the provider is believed to know that."""
    if world.provider != GATEWAYS["authoritative"]:
        return set()
    made = {sale.external_id for sale in before.bill.sales}
    return {id_ for id_ in before.known.attempts if id_ not in made}


def _price(known: Ledger, id_: str) -> Decimal:
    price = {a.id: a.known_intent.price for a in known.attempts.values()}[id_]
    return Decimal(0) if price is None else _amount(price)


def _amount(money: str) -> Decimal:
    return Decimal(money.split()[0])


def _is_written_down(world: World, machine: Machine, known: Ledger) -> None:
    if known.attempts:
        same = machine.lockfile_text == encode_lockfile(known)
        world.require(same, f"{machine.name}'s lockfile does not say all that its journal knows")


def _has_doubt(machine: Machine, known: Ledger) -> bool:
    """Whether a place of the film is in doubt, under the name it was bought under."""
    ids = {(shot.id, machine.film.profile) for shot in machine.film.shots.values()}
    return any(
        standing(attempt) == "doubt" and not (attempt.granted and attempt.granted.on)
        for attempt in known.attempts.values()
        if (attempt.slot.shot, attempt.slot.profile) in ids
        and attempt.slot.take <= machine.film.shots[attempt.slot.shot].takes
    )


def _clips_are_kept(world: World, machine: Machine, before: _Before, known: Ledger) -> None:
    clips = machine.clips
    for path, data in before.clips.items():
        world.require(clips.get(path) == data, f"{path} was changed or removed")
    for attempt in known.attempts.values():
        for key, task in attempt.tasks.items():
            held = before.known.attempts.get(attempt.id)
            had = held.tasks.get(key) if held else None
            if task.state is TaskState.COLLECTED and (had is None or had.state < task.state):
                assert task.output is not None
                found = clips.get(task.output.path, b"")
                right = hashlib.sha256(found).hexdigest() == task.output.sha256
                world.require(right, f"{task.output.path} is not the clip on record")


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(load_schema("lock"))


def _lockfile_is_sound(world: World, machine: Machine) -> None:
    text = machine.lockfile_text
    ledger = parse_lockfile(text)
    world.require(str(world.folder) not in text, "an absolute path in the lockfile")
    world.require(KEY not in text, "a key in the lockfile")
    world.require("?" not in text, "a URL's query in the lockfile")
    if "<<<<<<< " not in text:
        world.require(encode_lockfile(ledger) == text, "the lockfile is not canonical")
        errors = [error.message for error in _validator().iter_errors(json.loads(text))]
        world.require(not errors, f"not by the schema: {errors}")
