"""A kill at every failpoint that a run passes, and then the same command again."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from pathlib import Path
from threading import Event

import pytest

from ..workplace import Workplace, both
from .oracle import recorded_tasks, settle

SHOTS = 2
WORKERS = 6
# Fewer would mean that the points have gone from the code, and that nothing was tested.
LEAST_POINTS = 40

Sibling = Callable[[str], Workplace]


@pytest.fixture
def sibling(place: Workplace, tmp_path: Path) -> Sibling:
    """Make another workplace at the same emulator, in a folder of its own."""

    def make(name: str) -> Workplace:
        folder = tmp_path / name
        folder.mkdir()
        return replace(place, folder=folder, environment=dict(place.environment))

    return make


@pytest.mark.slow
@both
def test_a_kill_at_any_failpoint_buys_nothing_twice_and_loses_nothing(
    place: Workplace, sibling: Sibling
) -> None:
    """Slow: two runs for each of some sixty points; CometAPI's lag is waited for after some."""
    survived = Event()
    numbers = count(1)

    def sweep() -> int:
        killed = 0
        while not survived.is_set():
            killed += _kill_at(next(numbers), sibling, survived)
        return killed

    with ThreadPoolExecutor(WORKERS) as pool:
        sweeps = [pool.submit(sweep) for _ in range(WORKERS)]
        killed = sum(sweep.result() for sweep in sweeps)

    assert killed >= LEAST_POINTS


def _kill_at(number: int, sibling: Sibling, survived: Event) -> bool:
    """Die at the `number`-th failpoint, and settle; tell whether there was such a point."""
    prompts = [f"Point {number}, shot {shot}." for shot in range(1, SHOTS + 1)]
    place = sibling(f"point-{number}")
    place.write([{"id": f"s{n}", "prompt": prompt} for n, prompt in enumerate(prompts, 1)])

    finished = place.run(OMNIBATCH_FAILPOINT=f"*:{number}")

    if not finished.was_killed:
        assert finished.code == 0, finished.said
        survived.set()
        return False
    settle(place, prompts, recorded_tasks(place))
    return True
