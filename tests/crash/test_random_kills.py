"""kill -9 at random moments, several times in a row, and then the same command again."""

import time
from collections.abc import Sequence
from random import Random

import pytest

from ..figures import Figures
from ..launching import Running
from ..workplace import Workplace
from .films import Film, Kind, kinds, shot
from .oracle import Kills, Tally, recorded_tasks, settle
from .sweeping import Site

KILLS = 5
SEEDS = range(3, 33)
# A run that has nothing left to say is killed all the same.
LONGEST_WAIT_S = 2.0
SIX = Film(
    "six shots",
    (*(shot(n) for n in range(1, 4)), shot(4, takes=2), shot(5, first_frame={"shot": "s1"})),
)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
@kinds
def test_random_kills_buy_nothing_twice_and_lose_nothing(
    site: Site, figures: Figures, kind: Kind, seed: int
) -> None:
    """Slow: seven runs, five of them killed."""
    _prove(site, figures, [seed])


@pytest.mark.prove
@kinds
def test_many_random_kills(site: Site, figures: Figures, kind: Kind) -> None:
    _prove(site, figures, SEEDS)


def _prove(site: Site, figures: Figures, seeds: Sequence[int]) -> None:
    tally = Tally()
    try:
        for seed in seeds:
            _kill_at_random(site, seed, tally)
    finally:
        names = ("schedules", "kills", "duplicates", "lost", "decisions")
        figures.report(f"random kills: {site.kind}", **{name: tally[name] for name in names})


def _kill_at_random(site: Site, seed: int, tally: Tally) -> None:
    kind = site.kind
    random = Random(f"{kind} {seed}")
    place = site.place(f"film-{seed}")
    kills = Kills()
    try:
        SIX.write(place, run={"in_flight": 2})
        killed = sum(_killed(place, random, kills) for _ in range(KILLS))
        assert killed, f"every run was over before its kill, with seed {seed}"
        settle(place, SIX, kind, kills)
    finally:
        tally.update(kills.tally + Tally(schedules=1, kills=len(kills.points)))
        place.shut()


def _killed(place: Workplace, random: Random, kills: Kills) -> bool:
    with place.start_run("--max-cost", SIX.cost) as running:
        _wait_for_lines(running, random.randrange(7))
        time.sleep(random.uniform(0, 0.04))
        running.kill()
        killed = running.wait().was_killed
    kills.recorded |= recorded_tasks(place)
    kills.points += ["at random"] * killed
    return killed


def _wait_for_lines(running: Running, number: int) -> None:
    """Wait until the run has told of so many events, which ties the kill to what it does."""
    end = time.monotonic() + LONGEST_WAIT_S
    while running.said.count("\n") < number and time.monotonic() < end:
        time.sleep(0.005)
