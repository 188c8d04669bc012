"""A kill while the user decides, and then the same decision again, or a run without it."""

import pytest

from omnibatch.emulator import Fault

from ..figures import Figures
from ..workplace import Workplace
from .films import TWO, Kind
from .oracle import Kills, recorded_tasks, settle, states_of
from .sweeping import Site, Sweep, singles

LEAST_KILLS = 15
KINDS = (Kind("comet", "none", "mute"), Kind("apimodels", "none", "apimodels"))


def doubtful(place: Workplace, do: str) -> None:
    """Two shots: the first has lost its reply, the second is collected."""
    TWO.write(place, run={"in_flight": 1})
    place.faults(Fault(on="create", do=do, times=1))
    finished = place.run()
    assert finished.code == 4, finished.said
    assert states_of(place, TWO) == {("s1", 1): "unconfirmed", ("s2", 1): "collected"}


def adopting(place: Workplace, kills: Kills, kind: Kind) -> None:
    """The task exists: it is collected, and nothing is bought again."""
    doubtful(place, "drop_after")
    (task_id,) = place.task_ids("Harbour, view 1.")
    _say(place, kills, "adopt", "film.yaml", "s1", task_id)
    settle(place, TWO, kind, kills)


def retrying(place: Workplace, kills: Kills, kind: Kind) -> None:
    """Nothing was created, so the one attempt that is granted is the first that is paid for."""
    doubtful(place, "drop_before")
    _say(place, kills, "retry", "film.yaml", "s1")
    settle(place, TWO, kind, kills)


def abandoning(place: Workplace, kills: Kills, kind: Kind) -> None:
    """What is let go is bought no more; and can be taken up again, with its clip."""
    doubtful(place, "drop_after")
    again = _say(place, kills, "abandon", "film.yaml", "s1")
    finished = place.run()

    let_go = place.states()["s1"] == "abandoned"
    assert let_go or not again
    assert finished.code == (0 if let_go else 4), finished.said
    assert place.accepted == place.posts == 2
    assert recorded_tasks(place) == {place.task_ids("Harbour, view 2.")[0].encode()}
    adopted = place.omnibatch("adopt", "film.yaml", "s1", *place.task_ids("Harbour, view 1."))
    assert adopted.code == 0, adopted.said
    settle(place, TWO, kind, kills)


def _say(place: Workplace, kills: Kills, *decision: str) -> bool:
    """Decide, and be killed; decide again after every other kill, and tell whether."""
    again = kills.numbers[0] % 2 == 0
    kills.start(place, *decision)
    if again:
        finished = place.omnibatch(*decision)
        assert finished.code == 0, finished.said
    return again


WORDS = {"adopt": adopting, "retry": retrying, "abandon": abandoning}


@pytest.mark.slow
@pytest.mark.parametrize("word", WORDS)
def test_a_kill_while_deciding_loses_no_task_and_buys_no_more_than_was_granted(
    site: Site, figures: Figures, kind: Kind, word: str
) -> None:
    """Slow: four or five command lines for each of some thirty points."""
    _prove(site, figures, kind, word)


@pytest.mark.prove
@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_kill_while_deciding_at_either_dialect(
    site: Site, figures: Figures, kind: Kind, word: str
) -> None:
    _prove(site, figures, kind, word)


def _prove(site: Site, figures: Figures, kind: Kind, word: str) -> None:
    def schedule(place: Workplace, kills: Kills) -> None:
        WORDS[word](place, kills, kind)

    sweep = Sweep(site, schedule, singles()).run()
    figures.report(f"one kill in {word}: {kind}", **sweep.figures)
    assert not sweep.failures, "\n\n".join(sweep.failures)
    assert sweep.tally["kills"] >= LEAST_KILLS
