"""A kill under a budget, while a broken manifest is settled, or in a rehearsal; and reruns."""

from decimal import Decimal

import pytest

from ..figures import Figures
from ..workplace import Workplace
from .films import ONE, PRICE, TAKES, Film, Kind, kinds, shot
from .oracle import Kills, recorded_tasks, settle
from .sweeping import Schedule, Site, Sweep, singles

THREE = Film("three shots", (shot(1), shot(2), shot(3)))
ROOM_FOR_TWO = "0.70 USD"


def prove(
    site: Site, figures: Figures, name: str, schedule: Schedule, *, stride: int = 1, least: int
) -> None:
    sweep = Sweep(site, schedule, singles(stride)).run()
    figures.report(f"{name}: {site.kind}", **sweep.figures)
    assert not sweep.failures, "\n\n".join(sweep.failures)
    assert sweep.tally["kills"] >= least


def under_a_budget(place: Workplace, kills: Kills) -> None:
    """What a killed run may have spent counts, also where nobody knows."""
    THREE.write(place, budget=ROOM_FOR_TWO, run={"in_flight": 2})

    kills.start(place, "run", "film.yaml", "--yes")
    finished = [place.run(), place.run()]

    assert {run.code for run in finished} <= {4, 6}, finished[-1].said
    charged = Decimal(place.meter()["charged"].removesuffix(" USD"))
    assert charged <= 2 * PRICE
    assert place.posts <= 2
    assert max(place.sold.values(), default=0) <= 1


@pytest.mark.slow
def test_a_budget_is_not_exceeded_by_kills(site: Site, figures: Figures) -> None:
    """Slow: three runs for every third of some hundred points."""
    prove(site, figures, "one kill, under a budget", under_a_budget, stride=3, least=25)


@pytest.mark.prove
@kinds
def test_a_budget_is_not_exceeded_by_any_kill(site: Site, figures: Figures, kind: Kind) -> None:
    prove(site, figures, "one kill, under a budget", under_a_budget, least=75)


def settling(kind: Kind) -> Schedule:
    """Kill a run, and then one that can only settle, since the manifest is broken."""

    def schedule(place: Workplace, kills: Kills) -> None:
        number = kills.numbers[0]
        TAKES.write(place)
        if kills.run(place, TAKES).was_killed:
            kills.numbers = (1 + 7 * number % 31,)
        posts = place.posts
        broken = Film("broken", ({"id": "s1", "prompt": "{{ nothing }}"},))
        broken.write(place)

        kills.run(place, TAKES)
        settled = kills.run(place, TAKES)

        assert settled.code in (3, 4), settled.said
        assert place.posts == posts, "a broken manifest buys nothing"
        collected = list(place.folder.rglob("*.mp4"))
        assert len(collected) == len(recorded_tasks(place)), "what was paid for is here"
        TAKES.write(place)
        settle(place, TAKES, kind, kills)

    return schedule


@pytest.mark.slow
def test_kills_while_a_broken_manifest_is_settled(site: Site, figures: Figures, kind: Kind) -> None:
    """Slow: five runs for every fourth of some hundred points."""
    prove(site, figures, "two kills, one settling", settling(kind), stride=4, least=30)


@pytest.mark.prove
@kinds
def test_any_kill_before_a_broken_manifest_is_settled(
    site: Site, figures: Figures, kind: Kind
) -> None:
    prove(site, figures, "two kills, one settling", settling(kind), least=120)


def rehearsing(kind: Kind) -> Schedule:
    """Kill a rehearsal, then rehearse or not, and run."""

    def schedule(place: Workplace, kills: Kills) -> None:
        again = kills.numbers[0] % 2
        ONE.write(place)

        kills.start(place, "rehearse", "film.yaml", "--small")
        if again:
            finished = place.omnibatch("rehearse", "film.yaml", "--small")
            assert finished.code in (0, 4), finished.said
        assert place.posts == 0
        assert not place.lockfile.exists()
        settle(place, ONE, kind, kills, idle=False)

    return schedule


@pytest.mark.slow
def test_a_kill_in_a_rehearsal_costs_nothing_and_counts_for_nothing(
    site: Site, figures: Figures, kind: Kind
) -> None:
    """Slow: a rehearsed clip takes a second or more, at every fifth of some eighty points."""
    prove(site, figures, "one kill in a rehearsal", rehearsing(kind), stride=5, least=10)


@pytest.mark.prove
@kinds
def test_any_kill_in_a_rehearsal_counts_for_nothing(
    site: Site, figures: Figures, kind: Kind
) -> None:
    prove(site, figures, "one kill in a rehearsal", rehearsing(kind), least=50)
