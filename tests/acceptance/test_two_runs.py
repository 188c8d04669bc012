"""One ledger, one run at a time."""

import signal

import pytest

from ..workplace import Workplace, prompt_of


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


def test_a_run_that_waits_goes_on_where_the_first_has_ended(place: Workplace) -> None:
    place.reopen(render_s=(1.5, 1.5))
    place.write(2)
    with place.start_run() as first:
        place.until(lambda meter: meter["creates"]["accepted"] == 2, "the second task")
        with place.start_run("--wait") as second:
            second.until(f"waiting for another omnibatch to end: process {first.pid} on")
            assert first.wait().code == 0
            finished = second.wait()

    assert finished.code == 0, finished.said
    assert "nothing to do" in finished.out
    assert place.posts == 2


def test_a_run_that_waits_reads_the_manifest_once_it_is_its_turn(place: Workplace) -> None:
    """What was edited, added and taken out meanwhile is bought as it stands then."""
    place.reopen(render_s=(1.5, 1.5))
    place.write(1)
    with place.start_run() as first:
        place.until(lambda meter: meter["creates"]["accepted"] == 1, "the first task")
        place.write(3)
        with place.start_run("--wait", "--select", "s[23]") as second:
            second.until("waiting for")
            place.write([{"id": "s2", "prompt": "A pier."}, {"id": "s1", "prompt": prompt_of(1)}])
            assert first.wait().code == 0
            finished = second.wait()

    assert finished.code == 0, finished.said
    assert place.sold == {prompt_of(1): 1, "A pier.": 1}


def test_a_run_that_waits_buys_nothing_by_a_manifest_that_has_problems_by_then(
    place: Workplace,
) -> None:
    place.reopen(render_s=(1.5, 1.5))
    place.write(1)
    with place.start_run() as first:
        place.until(lambda meter: meter["creates"]["accepted"] == 1, "the first task")
        place.write(3)
        with place.start_run("--wait") as second:
            second.until("waiting for")
            place.write([{"id": "s2", "prompt": "A pier.", "mode": "none"}])
            assert first.wait().code == 0
            finished = second.wait()

    assert finished.code == 3, finished.said
    assert place.posts == 1


def test_a_run_that_waits_takes_over_from_a_killed_one(place: Workplace) -> None:
    place.reopen(render_s=(1.5, 1.5))
    place.write(2)
    with place.start_run() as first:
        place.until(lambda meter: meter["creates"]["accepted"] == 2, "the second task")
        first.until("created task", times=2)
        with place.start_run("--wait") as second:
            second.until("waiting for")
            first.kill()
            finished = second.wait()

    assert finished.code == 0, finished.said
    assert place.posts == 2


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="signals are POSIX here")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_who_waits_can_leave(place: Workplace, number: signal.Signals, code: int) -> None:
    place.reopen(render_s=(4.0, 4.0))
    place.write(1)
    with place.start_run() as first:
        place.until(lambda meter: meter["creates"]["accepted"] == 1, "the first task")
        with place.start_run("--wait") as second:
            second.until("waiting for")
            second.signal(number)
            left = second.wait(10)
        third = place.run()

    assert left.code == code, left.said
    assert f"process {first.pid}" in third.err
    assert place.posts == 1


def test_a_decision_can_wait_too(place: Workplace) -> None:
    place.reopen(render_s=(1.0, 1.0))
    place.write(1)
    with place.start_run() as first:
        place.until(lambda meter: meter["creates"]["accepted"] == 1, "the first task")
        decided = place.omnibatch("retry", "film.yaml", "s1", "--wait")
        assert first.wait().code == 0

    assert decided.code == 0, decided.said
    assert "waiting for" in decided.err
    assert place.actions() == {"s1": "submit"}


def test_readers_see_a_whole_ledger_all_through_a_run(place: Workplace) -> None:
    """`status` and `plan` take no lock; the lockfile is replaced meanwhile, the journal grows."""
    place.write(60, run={"in_flight": 20})
    seen = []
    with place.start_run() as running:
        place.until(lambda meter: meter["creates"]["accepted"] >= 1, "the first task")
        while "of 60 collected" not in running.said and len(seen) < 200:
            states = place.states()
            assert len(states) == 60
            seen.append(sum(state == "collected" for state in states.values()))
            assert place.omnibatch("plan", "film.yaml").code == 0
        assert running.wait().code == 0

    assert seen == sorted(seen), "what was collected stays so"
    assert len(seen) > 1
