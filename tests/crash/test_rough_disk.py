"""The disk fails at each step of a run, or the power does; then the same command again."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from pathlib import Path
from threading import Event

import pytest

from ..figures import Figures
from ..rough_disk import CUTS, FAULTS
from ..workplace import Workplace, both
from .oracle import recorded_tasks, settle

WORKERS = 4
# Fewer would mean that the steps have gone from the disk's seam, and that nothing was tested.
LEAST_STEPS = 30
LEAST_WRITES = 8

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/fd").exists(), reason="has no /proc, which tells a descriptor's path"
)

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
@pytest.mark.parametrize("kind", ["FULL", "EIO", "CUT"])
def test_a_rough_disk_buys_nothing_twice_and_loses_nothing(
    sibling: Sibling, kind: str, figures: Figures
) -> None:
    """Slow: two runs for each of some forty steps."""
    _sweep(sibling, kind, figures, shots=1)


@pytest.mark.prove
@pytest.mark.parametrize("kind", [*FAULTS, *CUTS])
@both
def test_every_kind_of_rough_disk_buys_nothing_twice_and_loses_nothing(
    sibling: Sibling, kind: str, figures: Figures
) -> None:
    _sweep(sibling, kind, figures, shots=2)


def _sweep(sibling: Sibling, kind: str, figures: Figures, *, shots: int) -> None:
    """Fail at the first step, the second, ... until a run gets by; count the faults."""
    untouched = Event()
    numbers = count(1)
    told_of: list[str] = []

    def work() -> int:
        struck = 0
        while not untouched.is_set():
            number = next(numbers)
            is_struck = _strike(sibling(f"{kind}-{number}"), kind, number, shots, told_of)
            struck += is_struck
            if not is_struck:
                untouched.set()
        return struck

    with ThreadPoolExecutor(WORKERS) as pool:
        struck = sum(done.result() for done in [pool.submit(work) for _ in range(WORKERS)])
    figures.report(f"rough disk, {kind}", schedules=struck, duplicates=0, lost=0, told=len(told_of))
    assert struck >= (LEAST_WRITES if kind in ("SHORT", "TORN") else LEAST_STEPS) * shots


def _strike(place: Workplace, kind: str, number: int, shots: int, told_of: list[str]) -> bool:
    """Run with that fault and then without any; tell whether there was one.

    To `told_of` come the ids of tasks that no file could take, so that the user was told.
    """
    prompts = [f"{kind} {number}, shot {shot}." for shot in range(1, shots + 1)]
    place.write([{"id": f"s{n}", "prompt": prompt} for n, prompt in enumerate(prompts, 1)])
    told = place.folder.parent / f"{place.folder.name}.told"

    finished = place.run(OMNIBATCH_TEST_DISK=f"{kind}:{number}", OMNIBATCH_TEST_DISK_TOLD=str(told))

    if not told.exists():
        assert finished.code == 0, finished.said
        return False
    what = f"{told.read_text()}\n{finished.said}"
    assert "BUG" not in finished.said, what
    if kind in CUTS:
        assert finished.was_killed, what
    recorded = recorded_tasks(place)
    if kind in FAULTS:
        made = {task for prompt in prompts for task in place.task_ids(prompt)}
        for task in made - {known.decode() for known in recorded}:
            assert task in finished.err, f"{task} is neither recorded nor told of: {what}"
            told_of.append(task)
    try:
        settle(place, prompts, recorded)
    except AssertionError as error:
        error.add_note(what)
        raise
    return True
