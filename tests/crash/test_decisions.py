"""A kill while the user decides, and then the same decision again, or a run without it."""

import pytest

from omnibatch.emulator import Fault

from ..figures import Figures
from ..workplace import Workplace
from .films import TWO, Kind
from .oracle import Kills, recorded_tasks, settle, states_of
from .sweeping import Schedule, Site, Sweep, singles

LEAST_KILLS = 15
KINDS = (Kind("comet", "none", "mute"), Kind("apimodels", "none", "apimodels"))
decided = pytest.mark.parametrize("kind", KINDS, ids=str)
repeated = pytest.mark.parametrize("again", [True, False], ids=["said again", "not said again"])


def doubtful(place: Workplace, do: str) -> None:
    """Two shots: the first has lost its reply, the second is collected."""
    TWO.write(place, run={"in_flight": 1})
    place.faults(Fault(on="create", do=do, times=1))
    finished = place.run()
    assert finished.code == 4, finished.said
    assert states_of(place, TWO) == {("s1", 1): "unconfirmed", ("s2", 1): "collected"}


def prove(site: Site, figures: Figures, word: str, schedule: Schedule) -> None:
    sweep = Sweep(site, schedule, singles()).run()
    figures.report(f"one kill in {word}: {site.kind}", **sweep.figures)
    assert not sweep.failures, "\n\n".join(sweep.failures)
    assert sweep.tally["kills"] >= LEAST_KILLS


@pytest.mark.slow
@decided
@repeated
def test_a_kill_in_adopt_loses_no_task(
    site: Site, figures: Figures, kind: Kind, again: bool
) -> None:
    """Slow: five command lines for each of some twenty points."""

    def schedule(place: Workplace, kills: Kills) -> None:
        doubtful(place, "drop_after")
        (task_id,) = place.task_ids("Harbour, view 1.")
        adopt = ("adopt", "film.yaml", "s1", task_id)

        kills.start(place, *adopt)
        if again:
            assert place.omnibatch(*adopt).code == 0
        settle(place, TWO, kind, kills)

    prove(site, figures, "adopt", schedule)


@pytest.mark.slow
@decided
@repeated
def test_a_kill_in_retry_buys_no_more_than_was_granted(
    site: Site, figures: Figures, kind: Kind, again: bool
) -> None:
    """Slow: five command lines for each of some twenty points.

    Nothing was created, so the one attempt that is granted is the first that is paid for.
    """

    def schedule(place: Workplace, kills: Kills) -> None:
        doubtful(place, "drop_before")
        retry = ("retry", "film.yaml", "s1")

        kills.start(place, *retry)
        if again:
            assert place.omnibatch(*retry).code == 0
        settle(place, TWO, kind, kills)

    prove(site, figures, "retry", schedule)


@pytest.mark.slow
@decided
@repeated
def test_a_kill_in_abandon_lets_go_of_nothing_else(
    site: Site, figures: Figures, kind: Kind, again: bool
) -> None:
    """Slow: five command lines for each of some twenty points."""

    def schedule(place: Workplace, kills: Kills) -> None:
        doubtful(place, "drop_after")
        abandon = ("abandon", "film.yaml", "s1")

        kills.start(place, *abandon)
        if again:
            assert place.omnibatch(*abandon).code == 0
        finished = place.run()

        let_go = place.states()["s1"] == "abandoned"
        assert let_go or not again
        assert finished.code == (0 if let_go else 4), finished.said
        assert place.accepted == place.posts == 2
        assert recorded_tasks(place) == {place.task_ids("Harbour, view 2.")[0].encode()}
        # What was let go can be taken up again, with its clip.
        adopted = place.omnibatch("adopt", "film.yaml", "s1", *place.task_ids("Harbour, view 1."))
        assert adopted.code == 0, adopted.said
        settle(place, TWO, kind, kills)

    prove(site, figures, "abandon", schedule)
