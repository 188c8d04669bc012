"""The disk fails at each step of a run, or the power does; then the same command again."""

from pathlib import Path

import pytest

from ..figures import Figures
from ..rough_disk import CUTS, FAULTS
from ..workplace import Workplace
from .films import KINDS, ONE, TWO, Film, Kind
from .oracle import Kills, recorded_tasks, settle
from .sweeping import Schedule, Site, Sweep, singles

# Fewer would mean that the steps have gone from the disk's seam, and that nothing was tested.
LEAST_STEPS = 30
LEAST_WRITES = 8

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/fd").exists(), reason="has no /proc, which tells a descriptor's path"
)
both_dialects = pytest.mark.parametrize("kind", [KINDS[0], KINDS[-1]], ids=str)


@pytest.mark.slow
@pytest.mark.parametrize("rough", ["FULL", "EIO", "CUT"])
def test_a_rough_disk_buys_nothing_twice_and_loses_nothing(
    site: Site, rough: str, figures: Figures
) -> None:
    """Slow: two runs for each of some forty steps."""
    _prove(site, figures, rough, ONE)


@pytest.mark.prove
@both_dialects
@pytest.mark.parametrize("rough", [*FAULTS, *CUTS])
def test_every_kind_of_rough_disk_buys_nothing_twice_and_loses_nothing(
    site: Site, rough: str, figures: Figures
) -> None:
    _prove(site, figures, rough, TWO)


def _prove(site: Site, figures: Figures, rough: str, film: Film) -> None:
    """Fail at the first step, the second, ... until a run gets by; count the faults."""
    sweep = Sweep(site, _schedule(rough, film, site.kind), singles()).run()
    names = ("schedules", "duplicates", "lost", "decisions", "told")
    counted = {name: sweep.tally[name] for name in names}
    figures.report(f"rough disk, {rough}: {site.kind}", faults=sweep.tally["kills"], **counted)
    assert not sweep.failures, "\n\n".join(sweep.failures)
    least = LEAST_WRITES if rough in ("SHORT", "TORN") else LEAST_STEPS
    assert sweep.tally["kills"] >= least * len(film.slots)
    if rough == "FULL":
        assert not sweep.tally["told"], "with the ballast's room every id is recorded"


def _schedule(rough: str, film: Film, kind: Kind) -> Schedule:
    """Run on a disk that fails at the step that is next, and settle on a good one."""

    def schedule(place: Workplace, kills: Kills) -> None:
        (number,), kills.numbers = kills.numbers, ()
        film.write(place)
        told = place.folder / "told"
        finished = place.run(
            *("--max-cost", film.cost),
            OMNIBATCH_TEST_DISK=f"{rough}:{number}",
            OMNIBATCH_TEST_DISK_TOLD=str(told),
        )
        if not told.exists():
            assert finished.code == 0, finished.said
            return
        kills.points.append(told.read_text())
        assert "BUG" not in finished.said, finished.said
        assert finished.was_killed == (rough in CUTS), finished.said
        kills.recorded |= recorded_tasks(place)
        if rough in FAULTS:
            made = {task["task_id"] for task in place.meter()["tasks"]}
            unrecorded = made - {task.decode() for task in kills.recorded}
            unknown = {task for task in unrecorded if task not in finished.err}
            assert not unknown, f"neither recorded nor told of: {unknown}; {finished.said}"
            kills.tally["told"] += len(unrecorded)
        settle(place, film, kind, kills, idle=False)

    return schedule
