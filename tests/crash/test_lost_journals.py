"""Kills of a run that asks for what a lost run has bought; and reruns."""

import shutil
from collections.abc import Iterable

import pytest

from ..figures import Figures
from ..workplace import Workplace
from .films import CHAIN, KINDS, TAKES, Film, Kind
from .oracle import Kills, settle
from .sweeping import Row, Schedule, Site, Sweep, pairs, singles

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


def prove(site: Site, figures: Figures, film: Film, name: str, rows: Iterable[Row]) -> None:
    sweep = Sweep(site, searching(film, site.kind), rows).run()
    figures.report(f"{name}, journal lost: {site.kind}", **sweep.figures)
    assert not sweep.failures, "\n\n".join(sweep.failures)
    assert sweep.tally["kills"] >= 5


@pytest.mark.slow
@askable
@films
@pytest.mark.usefixtures("kind")
def test_a_kill_in_the_search_for_a_lost_run_buys_nothing_twice(
    site: Site, figures: Figures, film: Film
) -> None:
    """Slow: five runs for every eighth of some hundred points."""
    prove(site, figures, film, "one kill", singles(8))


@pytest.mark.prove
@askable
@films
@pytest.mark.usefixtures("kind")
def test_no_kill_in_the_search_for_a_lost_run_buys_anything_twice(
    site: Site, figures: Figures, film: Film
) -> None:
    prove(site, figures, film, "one kill", singles())


@pytest.mark.prove
@askable
@films
@pytest.mark.usefixtures("kind")
def test_two_kills_in_the_search_for_a_lost_run_buy_nothing_twice(
    site: Site, figures: Figures, film: Film
) -> None:
    prove(site, figures, film, "two kills", pairs(13, firsts=range(1, 999, 5)))
