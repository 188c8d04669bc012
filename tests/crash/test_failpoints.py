"""A kill at every failpoint that a run passes, and then the same command again."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from pathlib import Path
from random import Random
from threading import Event

import pytest

from ..workplace import Document, Workplace, both
from .oracle import recorded_tasks, settle

SHOTS = 2
WORKERS = 6
# Fewer would mean that the points have gone from the code, and that nothing was tested.
LEAST_POINTS = 40

Sibling = Callable[[str], Workplace]
Between = Callable[[Workplace, list[str]], None]
Film = Callable[[list[str]], list[Document]]


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
def test_a_kill_at_any_failpoint_buys_nothing_twice_and_loses_nothing(sibling: Sibling) -> None:
    """Slow: two runs for each of some sixty points; CometAPI's lag is waited for after some."""
    killed = _sweep(sibling, again=False)

    print(f"{killed} kills")
    assert killed >= LEAST_POINTS


@pytest.mark.slow
def test_a_second_kill_in_the_rerun_changes_nothing(sibling: Sibling) -> None:
    """Slow: three runs for each of some sixty points."""
    killed = _sweep(sibling, again=True)

    print(f"{killed} kills")
    assert killed >= LEAST_POINTS * 3 // 2


@pytest.mark.slow
@pytest.mark.parametrize("said", [True, False], ids=["was", "no was"])
def test_shots_renamed_after_a_kill_are_not_bought_again(sibling: Sibling, said: bool) -> None:
    """Slow: two runs for each of some sixty points."""

    def rename(place: Workplace, prompts: list[str]) -> None:
        shots = [{"id": f"s{n}b", "prompt": prompt} for n, prompt in enumerate(prompts, 1)]
        place.write([shot | ({"was": shot["id"][:-1]} if said else {}) for shot in shots])

    killed = _sweep(sibling, again=False, between=rename)

    print(f"{killed} kills")
    assert killed >= LEAST_POINTS


@pytest.mark.slow
def test_a_kill_anywhere_in_a_chain_of_frames_buys_no_link_twice(sibling: Sibling) -> None:
    """Slow: two runs for each of some sixty points, the second shot after the first."""
    killed = _sweep(sibling, again=False, shots=_chain)

    print(f"{killed} kills")
    assert killed >= LEAST_POINTS


def _plain(prompts: list[str]) -> list[Document]:
    return [{"id": f"s{n}", "prompt": prompt} for n, prompt in enumerate(prompts, 1)]


def _chain(prompts: list[str]) -> list[Document]:
    """Each shot begins with the last frame of the one before it."""
    first, *rest = _plain(prompts)
    return [first, *({**s, "first_frame": {"shot": f"s{n}"}} for n, s in enumerate(rest, 1))]


def _sweep(
    sibling: Sibling, *, again: bool, between: Between | None = None, shots: Film = _plain
) -> int:
    """Kill at the first failpoint, the second, ... until a run gets by; count the kills."""
    survived = Event()
    numbers = count(1)

    def work() -> int:
        killed = 0
        while not survived.is_set():
            number = next(numbers)
            killed += _kill_at(number, sibling, survived, again=again, between=between, shots=shots)
        return killed

    with ThreadPoolExecutor(WORKERS) as pool:
        return sum(done.result() for done in [pool.submit(work) for _ in range(WORKERS)])


def _kill_at(
    number: int,
    sibling: Sibling,
    survived: Event,
    *,
    again: bool,
    between: Between | None,
    shots: Film,
) -> int:
    """Die at the `number`-th failpoint, perhaps `again` in the rerun, and settle.

    What happens `between` happens before that. Return how many runs were killed.
    """
    prompts = [f"Point {number}, shot {shot}." for shot in range(1, SHOTS + 1)]
    place = sibling(f"point-{number}")
    place.write(shots(prompts))

    finished = place.run(OMNIBATCH_FAILPOINT=f"*:{number}")

    if not finished.was_killed:
        assert finished.code == 0, finished.said
        survived.set()
        return 0
    killed = 1
    recorded = recorded_tasks(place)
    if again:
        second = Random(number).randint(1, 30)
        killed += place.run(OMNIBATCH_FAILPOINT=f"*:{second}").was_killed
        recorded |= recorded_tasks(place)
    if between is not None:
        between(place, prompts)
    waiting = [shot["id"] for shot in shots(prompts) if "first_frame" in shot]
    settle(place, prompts, recorded, waiting)
    return killed
