"""The user's decisions, right and wrong: which task to adopt for which shot."""

from collections.abc import Iterator

from omnibatch.emulator.marks import account_of
from omnibatch.ledger import Attempt

from ..workplace import KEY
from .facts import Sale, known_ids, request_of, standing
from .watching import holds, watched_decision
from .world import Machine, World

__all__ = ["KEYS", "adopt_any", "adopt_right", "decide", "names_of", "unknown_sales"]

KEYS = {account_of(f"{KEY}-{number}"): number for number in range(2)}


def unknown_sales(world: World, machine: Machine) -> list[Sale]:
    """What was sold and the ledger of `machine` does not know."""
    ids = known_ids([machine.known])
    return [sale for sale in world.gateways.bill().sales if sale.task_id not in ids]


def names_of(machine: Machine, attempt: Attempt) -> Iterator[str]:
    """What the slot of an attempt may be called today, the likeliest first."""
    slot = attempt.slot
    former = slot.shot
    seen = {former}
    while former not in machine.film.shots:
        later = [shot.id for shot in machine.film.shots.values() if shot.was == former]
        if not later or later[0] in seen:
            break
        former = later[0]
        seen.add(former)
    for name in dict.fromkeys([former, slot.shot]):
        yield f"{name}@{slot.take}"


def decide(
    world: World, machine: Machine, word: str, attempt: Attempt, *more: str, kill: int = 0
) -> bool:
    """Say `word` about the slot of an attempt; tell whether it was accepted."""
    profile = ("--profile", attempt.slot.profile)
    for name in names_of(machine, attempt):
        done = watched_decision(world, machine, word, *profile, name, *more, kill=kill)
        if done.code in (0, -9):
            return done.code == 0
    return False


def adopt_right(world: World, machine: Machine, sale: Sale, kill: int = 0) -> bool | None:
    """Adopt a lost task for a slot that is in doubt about just this request.

    Tell whether it was accepted; None where no slot is in doubt about it.
    """
    known = machine.known
    for attempt in known.attempts.values():
        intent = attempt.known_intent
        at = world.gateways.emulators[sale.endpoint].url
        if (standing(attempt), intent.endpoint) != ("doubt", at):
            continue
        if request_of(known, attempt) != sale.request:
            continue
        elsewhere = sale.task_id in known_ids([world.other(machine).known])
        key, endpoint = machine.key, machine.endpoint
        machine.key, machine.endpoint = KEYS[sale.account], sale.endpoint
        done = decide(world, machine, "adopt", attempt, sale.task_id, kill=kill)
        machine.key, machine.endpoint = key, endpoint
        if elsewhere:
            world.forgive()  # the other machine may have taken it for another doubt of its own
        holds(world)
        return done
    return None


def adopt_any(world: World, machine: Machine, attempt: Attempt, task_id: str) -> None:
    """Adopt whatever comes: a stranger's task, another shot's, one that does not exist."""
    decide(world, machine, "adopt", attempt, task_id)
    # A task that is not the slot's own ends a doubt that was another's: the user's mistake.
    world.forgive()
    holds(world)
