"""The network is down from the start, or goes down in the middle."""

import time

from ..workplace import Workplace, both


@both
def test_without_a_network_nothing_is_in_doubt(place: Workplace) -> None:
    place.write(3)
    place.shut()

    finished = place.run()

    assert finished.code == 1, finished.said
    assert f"{place.provider} cannot be reached" in finished.err
    assert set(place.states().values()) <= {"released", "unsent"}


@both
def test_the_next_run_with_a_network_collects_everything(place: Workplace) -> None:
    place.write(3)
    place.shut()
    place.run()
    place.open()

    finished = place.run()

    assert finished.code == 0, finished.said
    assert set(place.states().values()) == {"collected"}
    assert place.posts == 3


@both
def test_a_pulled_cable_costs_no_second_send(place: Workplace) -> None:
    place.reopen(render_s=(0.8, 0.8))
    place.write(3)

    with place.start_run() as running:
        place.until(lambda meter: meter["creates"]["accepted"] == 3, "the third task")
        place.shut()
        time.sleep(0.5)
        place.open()
        finished = running.wait()

    assert finished.code == 0, finished.said
    assert set(place.states().values()) == {"collected"}
    assert place.posts == 3


def test_a_run_waits_for_a_network_that_comes_back(place: Workplace) -> None:
    place.write(2, run={"patience": 30})
    place.shut()

    with place.start_run() as running:
        running.until("out of reach")
        place.open()
        finished = running.wait()

    assert finished.code == 0, finished.said
    assert place.posts == 2
