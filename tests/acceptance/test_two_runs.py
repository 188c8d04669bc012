"""One ledger, one run at a time."""

from ..workplace import Workplace


def test_a_second_run_leaves_at_once_and_names_the_first(place: Workplace) -> None:
    place.reopen(render_s=(4.0, 4.0))
    place.write(2)

    with place.start_run() as first:
        place.until(lambda meter: meter["creates"]["accepted"] == 2, "the second task")
        second = place.run()

        assert second.code == 7, second.said
        assert "rendered" not in first.said, "it waited for the first"
        assert f"process {first.pid}" in second.err
        assert "2 of 2 collected" not in first.said, "the first one was waited for"
    assert place.posts == 2


def test_the_lock_of_a_killed_run_holds_nobody_up(place: Workplace) -> None:
    place.reopen(render_s=(0.5, 0.5))
    place.write(1)
    with place.start_run() as first:
        place.until(lambda meter: meter["creates"]["accepted"] == 1, "the first task")
        first.until("created task")
        first.kill()

    finished = place.run()

    assert finished.code == 0, finished.said
    assert place.posts == 1


def test_decisions_wait_for_the_run_to_end(place: Workplace) -> None:
    place.reopen(render_s=(4.0, 4.0))
    place.write(1)

    with place.start_run():
        place.until(lambda meter: meter["creates"]["accepted"] == 1, "the first task")
        codes = [place.omnibatch(word, "film.yaml", "s1").code for word in ("retry", "abandon")]

    assert codes == [7, 7]
