"""The end of every story: the product's own cures are followed until nothing is open."""

import json

from omnibatch.ledger import TaskState

from .deciding import KEYS, adopt_right, decide, unknown_sales
from .facts import known_ids, standing
from .film import PROFILES
from .watching import Options, holds, is_unaccounted, watched_decision, watched_run
from .world import Machine, World

__all__ = ["follow_all_cures"]

_ROUNDS = 8
_OPEN = {"submit", "resume", "collect", "reconcile", "decide", "blocked", "orphan", "lost"}


def follow_all_cures(world: World) -> None:
    """Settle both machines, merge them, decide what is in doubt, buy the rest, and look."""
    for machine in world.machines:
        machine.clock_s = 0
        machine.film.budget = None
        if not is_unaccounted(machine):
            _settle(world, machine)
    anna, ben = world.machines
    for source, machine in ((anna, ben), (ben, anna)):
        world.pull(source, machine)
        watched_run(world, machine, Options(limit=0, journal_lost=is_unaccounted(machine)))
    _answer_for_lost_runs(world, anna)
    _settle(world, anna)
    _decide(world, anna)
    for _ in range(_ROUNDS):
        finished = watched_run(world, anna, Options())
        if finished.code == 0 or not _open(world, anna):
            break
    world.require(finished.code in (0, 1), f"the end is {finished.code}")
    left = _open(world, anna)
    world.require(not left, f"still open at the end: {left}")
    _all_is_there(world, anna)
    _nothing_more_is_done(world, anna, finished.code)


def _answer_for_lost_runs(world: World, machine: Machine) -> None:
    """Adopt what the provider lists, and grant the rest another attempt, in each profile."""
    if not is_unaccounted(machine):
        return
    for sale in unknown_sales(world, machine):
        adopt_right(world, machine, sale)
    for profile in (*reversed(PROFILES), *PROFILES):
        machine.film.profile = profile
        watched_decision(world, machine, "retry", "--select", "*")
        watched_run(world, machine, Options(journal_lost=is_unaccounted(machine)))
    world.require(not is_unaccounted(machine), "a lost run that cannot be answered for")


def _settle(world: World, machine: Machine) -> None:
    """Collect at every endpoint, with every key, and buy nothing."""
    ids = known_ids([machine.known])
    ways = {
        (sale.endpoint, KEYS[sale.account])
        for sale in world.gateways.bill().sales
        if sale.task_id in ids
    }
    for machine.endpoint, machine.key in [*sorted(ways - {(0, 0)}), (0, 0)]:
        asked = Options(limit=0, journal_lost=is_unaccounted(machine))
        watched_run(world, machine, asked)


def _decide(world: World, machine: Machine) -> None:
    """Adopt what the provider lists; let go of what it does not, and of what never ends."""
    for sale in unknown_sales(world, machine):
        world.require(adopt_right(world, machine, sale) is not False, f"cannot adopt {sale}")
    _settle(world, machine)
    for _ in range(_ROUNDS):
        known = machine.known
        stuck = [a for a in known.attempts.values() if standing(a) in ("doubt", "running")]
        if not stuck:
            break
        for attempt in stuck:
            decide(world, machine, "abandon", attempt)
    holds(world)


def _open(world: World, machine: Machine) -> list[str]:
    """What a plan would still do, in words."""
    planned = world.command(machine, "plan", "--json")
    return [
        f"{step['shot']}@{step['take']} {step['action']}: {step['reason']}"
        for step in json.loads(planned.out)["shots"]
        if step["action"] in _OPEN
    ]


def _all_is_there(world: World, machine: Machine) -> None:
    """Every known task that made a clip is collected, or was let go of.

    That the others are known to be in doubt, `holds` has seen: what is still in doubt now the
    user has let go of, or another machine's clip of the same attempt stands for it.
    """
    rendered = {s.task_id for s in world.gateways.bill().sales if s.state == "succeeded"}
    for attempt in machine.known.attempts.values():
        for key, task in attempt.tasks.items():
            if key.task_id in rendered and standing(attempt) != "abandoned":
                there = task.state is TaskState.COLLECTED
                world.require(there, f"task {key.task_id} of {attempt.slot} is not collected")


def _nothing_more_is_done(world: World, machine: Machine, code: int) -> None:
    """A run with nothing to do sends nothing and changes not one byte."""
    before, bill = machine.place.listing(), world.gateways.bill()
    again = watched_run(world, machine, Options())
    world.require(again.code == code, f"the same run ends with {again.code}, and then {code}")
    world.require(machine.place.listing() == before, "an idle run changed a file")
    world.require(world.gateways.bill().received == bill.received, "an idle run sent a POST")
