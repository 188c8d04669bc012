"""Kills of a run that asks for what a lost run has bought; and reruns."""

import shutil

import pytest

from ..figures import Figures
from ..workplace import Workplace
from .films import CHAIN, KINDS, TAKES, Film, Kind
from .oracle import Kills, settle
from .sweeping import Schedule, Site, Sweep, pairs, singles

askable = pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if kind.lookup != "none"], ids=str
)
films = pytest.mark.parametrize("film", [TAKES, CHAIN], ids=str)


def searching(film: Film, kind: Kind) -> Schedule:
    """All was bought, and the journal is gone: kill the runs that find it again."""

    def schedule(place: Workplace, kills: Kills) -> None:
        film.write(place)
        bought = f"create.recorded:{len(film.slots)}"
        assert place.run("--max-cost", film.cost, OMNIBATCH_FAILPOINT=bought).was_killed
        shutil.rmtree(place.folder / ".omnibatch")
        for clip in place.folder.rglob("*.mp4"):
            clip.unlink()

        words = ("run", "film.yaml", "--yes", "--max-cost", film.cost, "--journal-lost")
        for _ in kills.numbers:
            kills.start(place, *words)
        finished = kills.start(place, *words)

        assert finished.code == 0, finished.said
        assert place.posts == len(film.slots)
        settle(place, film, kind, kills)

    return schedule


@pytest.mark.slow
@askable
@films
def test_a_kill_in_the_search_for_a_lost_run_buys_nothing_twice(
    site: Site, figures: Figures, kind: Kind, film: Film
) -> None:
    """Slow: five runs for every eighth of some hundred points."""
    sweep = Sweep(site, searching(film, kind), singles(8)).run()

    figures.report(f"one kill, journal lost: {kind}", **sweep.figures)
    assert not sweep.failures, "\n\n".join(sweep.failures)
    assert sweep.tally["kills"] >= 5


@pytest.mark.prove
@askable
@films
def test_no_kill_in_the_search_for_a_lost_run_buys_anything_twice(
    site: Site, figures: Figures, kind: Kind, film: Film
) -> None:
    sweep = Sweep(site, searching(film, kind), singles()).run()
    sweep_of_two = Sweep(site, searching(film, kind), pairs(7)).run()

    figures.report(f"one kill, journal lost: {kind}", **sweep.figures)
    figures.report(f"two kills, journal lost: {kind}", **sweep_of_two.figures)
    assert not sweep.failures + sweep_of_two.failures
    assert sweep.tally["kills"] >= 40
