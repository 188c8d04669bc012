"""A kill at every failpoint that a run passes, alone and in pairs, and then the same command.

`make prove` kills at every pair; here the pairs are taken at a stride.
"""

from collections.abc import Iterator

import pytest

from ..figures import Figures
from ..workplace import Workplace
from .films import CHAIN, KINDS, ONE, TAKES, TWO, Film, Kind, kinds
from .oracle import Kills, settle
from .sweeping import Row, Schedule, Site, Sweep, pairs, singles

# Fewer would mean that the points have gone from the code, and that nothing was tested.
LEAST_KILLS = 60
STRIDE = 31
# The first kills of the pairs, in parts that are proven side by side; a run has some 110.
FIRSTS = (range(1, 31), range(31, 61), range(61, 81), range(81, 1000))


def rendering(
    film: Film, kind: Kind, *, then: Film | None = None, all_alike: bool = True
) -> Schedule:
    """Run until the first kill, again until the next, and settle; as another film `then`.

    Unless `all_alike` is wanted, what is left as by an earlier kill is not gone on from.
    """

    def schedule(place: Workplace, kills: Kills) -> None:
        film.write(place)
        while kills.numbers:
            killed = kills.run(place, film).was_killed
            if not killed:
                break
            if not all_alike and kills.repeats(place):
                return
        if then is not None:
            then.write(place)
        settle(place, then or film, kind, kills, idle=all_alike)

    return schedule


def prove(
    site: Site,
    figures: Figures,
    name: str,
    schedule: Schedule,
    rows: Iterator[Row],
    *,
    least: int = LEAST_KILLS,
) -> None:
    """Sweep, report what was counted, and fail if anything in it did."""
    sweep = Sweep(site, schedule, rows).run()
    figures.report(f"{name}: {site.kind}", **sweep.figures)
    assert not sweep.failures, "\n\n".join(sweep.failures)
    assert sweep.tally["kills"] >= least


@pytest.mark.slow
@kinds
def test_a_kill_at_any_failpoint_buys_nothing_twice_and_loses_nothing(
    site: Site, figures: Figures, kind: Kind
) -> None:
    """Slow: three runs for each of some hundred points."""
    prove(site, figures, "one kill, one shot", rendering(ONE, kind), singles())


@pytest.mark.slow
@pytest.mark.parametrize("kind", [KINDS[0], KINDS[-1]], ids=str)
def test_a_kill_anywhere_in_a_chain_of_frames_buys_no_link_twice(
    site: Site, figures: Figures, kind: Kind
) -> None:
    """Slow: three runs for each of some 150 points; the second shot waits for the first."""
    prove(site, figures, "one kill, a chain", rendering(CHAIN, kind), singles())


@pytest.mark.slow
@kinds
def test_a_second_kill_in_the_rerun_changes_nothing(
    site: Site, figures: Figures, kind: Kind
) -> None:
    """Slow: three runs for each of some hundred pairs of points."""
    prove(
        site, figures, "two kills, some pairs", rendering(ONE, kind, all_alike=False), pairs(STRIDE)
    )


@pytest.mark.slow
@pytest.mark.parametrize("said", [True, False], ids=["was", "no was"])
def test_shots_renamed_after_a_kill_are_not_bought_again(
    site: Site, figures: Figures, kind: Kind, said: bool
) -> None:
    """Slow: three runs for each second one of some 150 points."""
    renamed = rendering(TWO, kind, then=TWO.renamed(said=said))
    prove(site, figures, "one kill, then renamed", renamed, singles(2))


@pytest.mark.prove
@kinds
@pytest.mark.parametrize("film", [CHAIN, TWO, TAKES], ids=str)
def test_a_kill_at_any_failpoint_of_more_films(
    site: Site, figures: Figures, kind: Kind, film: Film
) -> None:
    prove(site, figures, f"one kill, {film}", rendering(film, kind), singles())


@pytest.mark.prove
@kinds
@pytest.mark.parametrize("firsts", FIRSTS, ids=["early", "middle", "late", "last"])
def test_every_pair_of_kills(site: Site, figures: Figures, kind: Kind, firsts: range) -> None:
    """Of kills that leave the same files and the same at the provider, one is gone on from."""
    schedule = rendering(ONE, kind, all_alike=False)
    prove(site, figures, "two kills, every pair", schedule, pairs(firsts=firsts), least=20)


@pytest.mark.prove
@kinds
def test_a_pair_of_kills_in_a_chain_of_frames(site: Site, figures: Figures, kind: Kind) -> None:
    prove(site, figures, "two kills, a chain, one pair in 25", rendering(CHAIN, kind), pairs(25))


@pytest.mark.prove
@pytest.mark.parametrize("kind", [Kind("comet", "best-effort", "cometapi")], ids=str)
def test_a_kill_at_any_failpoint_at_cometapi_with_its_own_lag(
    site: Site, figures: Figures, kind: Kind
) -> None:
    """Ten seconds are waited wherever a send is in doubt."""
    prove(site, figures, "one kill, two shots, lag of 10 s", rendering(TWO, kind), singles())
