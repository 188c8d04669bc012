"""kill -9 at random moments, several times in a row, and then the same command again."""

import time
from random import Random

import pytest

from ..launching import Running
from ..workplace import Workplace, both, prompt_of
from .oracle import recorded_tasks, settle

SHOTS = 6
KILLS = 5
# A run that has nothing left to say is killed all the same.
LONGEST_WAIT_S = 2.0


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
@both
def test_random_kills_buy_nothing_twice_and_lose_nothing(place: Workplace, seed: int) -> None:
    """Slow: six runs, five of them killed; CometAPI's lag is waited for where it must be."""
    random = Random(f"{place.provider} {seed}")
    prompts = [prompt_of(n) for n in range(1, SHOTS + 1)]
    place.write(SHOTS, run={"in_flight": 2})
    recorded: set[bytes] = set()
    killed = 0

    for _ in range(KILLS):
        with place.start_run() as running:
            _wait_for_lines(running, random.randrange(7))
            time.sleep(random.uniform(0, 0.04))
            running.kill()
            killed += running.wait().was_killed
        recorded |= recorded_tasks(place)

    print(f"{killed} kills")
    assert killed, "every run was over before its kill"
    settle(place, prompts, recorded)


def _wait_for_lines(running: Running, number: int) -> None:
    """Wait until the run has told of so many events, which ties the kill to what it does."""
    end = time.monotonic() + LONGEST_WAIT_S
    while running.said.count("\n") < number and time.monotonic() < end:
        time.sleep(0.005)
