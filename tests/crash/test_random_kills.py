"""kill -9 at random moments, several times in a row, and then the same command again."""

import time
from random import Random

import pytest

from ..workplace import BOTH, Workplace
from .oracle import recorded_tasks, settle

SHOTS = 6
KILLS = 5


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("provider", BOTH)
def test_random_kills_buy_nothing_twice_and_lose_nothing(place: Workplace, seed: int) -> None:
    """Slow: it waits for the moment of each kill, and for six clips in the end."""
    random = Random(f"{place.provider} {seed}")
    prompts = [f"Harbour, view {n}." for n in range(1, SHOTS + 1)]
    place.write(SHOTS, run={"in_flight": 2})
    recorded: set[bytes] = set()
    killed = 0

    for _ in range(KILLS):
        with place.start_run() as running:
            time.sleep(random.uniform(0.05, 1.2))
            running.kill()
            killed += running.wait().was_killed
        recorded |= recorded_tasks(place)

    assert killed, "every run was over before its kill"
    settle(place, prompts, recorded)
