"""The disk fails at each step of a run, or the power does; then the same command again."""

from pathlib import Path

import pytest

from ..figures import Figures
from ..rough_disk import CUTS, FAULTS
from ..workplace import Workplace
from .films import ONE, TWO, Film, Kind, kinds
from .oracle import Kills, recorded_tasks, settle
from .sweeping import Schedule, Site, Sweep, singles

# Fewer would mean that the steps have gone from the disk's seam, and that nothing was tested.
LEAST_STEPS = 30
LEAST_WRITES = 8

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/fd").exists(), reason="has no /proc, which tells a descriptor's path"
)


@pytest.mark.slow
@pytest.mark.parametrize("disk", ["FULL", "EIO", "CUT"])
def test_a_rough_disk_buys_nothing_twice_and_loses_nothing(
    site: Site, disk: str, figures: Figures
) -> None:
    """Slow: three runs for each of some forty steps."""
    _prove(site, disk, figures, ONE)


@pytest.mark.prove
@pytest.mark.parametrize("disk", [*FAULTS, *CUTS])
@kinds
def test_every_kind_of_rough_disk_buys_nothing_twice_and_loses_nothing(
    site: Site, kind: Kind, disk: str, figures: Figures
) -> None:
    _prove(site, disk, figures, TWO)


def _prove(site: Site, disk: str, figures: Figures, film: Film) -> None:
    """Fail at the first step, the second, ... until a run gets by; count the faults."""
    told_of: list[str] = []
    sweep = Sweep(site, _on_a_rough_disk(disk, film, site.kind, told_of), singles()).run()
    counted = {name: n for name, n in sweep.figures.items() if name not in ("points", "kills")}
    figures.report(f"rough disk, {disk}: {site.kind}", **counted, told=len(told_of))
    assert not sweep.failures, "\n\n".join(sweep.failures)
    steps = LEAST_WRITES if disk in ("SHORT", "TORN") else LEAST_STEPS
    assert sweep.tally["kills"] >= steps * len(film.shots)


def _on_a_rough_disk(disk: str, film: Film, kind: Kind, told_of: list[str]) -> Schedule:
    """Run with one fault, at the step of the number that a kill would have, and settle.

    To `told_of` come the ids of tasks that no file could take, so that the user was told.
    """

    def schedule(place: Workplace, kills: Kills) -> None:
        (number,), kills.numbers = kills.numbers, ()
        film.write(place)
        told = place.folder.parent / f"{place.folder.name}.told"
        rough = {"OMNIBATCH_TEST_DISK": f"{disk}:{number}", "OMNIBATCH_TEST_DISK_TOLD": str(told)}

        finished = place.run("--max-cost", film.cost, **rough)

        if not told.exists():
            assert finished.code == 0, finished.said
            return
        what = told.read_text()
        kills.points.append(what)
        assert "BUG" not in finished.said, finished.said
        if disk in CUTS:
            assert finished.was_killed, finished.said
        kills.recorded |= recorded_tasks(place)
        if disk in FAULTS:
            known = {task.decode() for task in kills.recorded}
            for task in set(place.task_ids()) - known:
                assert task in finished.err, f"{task} is not told of: {finished.said}"
                told_of.append(task)
        settle(place, film, kind, kills)

    return schedule
