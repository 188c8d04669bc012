"""`--stop-after`: no more sends after a while, and what is under way is waited for."""

import pytest

from ..workplace import Workplace, both


@both
def test_what_is_under_way_is_collected_and_the_rest_is_left(place: Workplace) -> None:
    place.reopen(render_s=(1.2, 1.2))
    place.write(40, run={"in_flight": 2})

    stopped = place.run("--stop-after", "3s")

    states = list(place.states().values())
    left = states.count("unsent")
    assert stopped.code == 9, stopped.said
    assert 0 < left < 40
    assert set(states) == {"collected", "unsent"}
    assert place.posts == place.accepted == 40 - left
    assert f"stopped as asked by --stop-after: {left} not sent" in stopped.out
    assert stopped.out.splitlines()[-1].startswith("next: omnibatch run film.yaml   (")


def test_the_next_run_buys_the_rest(place: Workplace) -> None:
    place.reopen(render_s=(0.8, 0.8))
    place.write(8, run={"in_flight": 2})
    assert place.run("--stop-after", "2s").code == 9

    assert place.run().code == 0
    assert place.posts == place.accepted == 8
    assert set(place.states().values()) == {"collected"}


def test_a_run_that_is_done_in_time_says_nothing_of_it(place: Workplace) -> None:
    place.write(2)

    done = place.run("--stop-after", "1h30m")

    assert done.code == 0
    assert "stop" not in done.said


@pytest.mark.slow
def test_all_sent_in_time_is_all_done_however_long_it_renders(place: Workplace) -> None:
    """Some twelve seconds: it must be sent well before the time is over, and render after it."""
    place.reopen(render_s=(12.0, 12.0))
    place.write(1)

    done = place.run("--stop-after", "10s")

    assert done.code == 0, done.said
    assert place.states() == {"s1": "collected"}


@pytest.mark.parametrize(
    ("text", "cure"), [("5", "write 5s, 5m or 5h"), ("soon", "such as 90s, 30m, 5h or 1h30m")]
)
def test_a_time_without_its_unit_is_refused_with_the_cure(
    place: Workplace, text: str, cure: str
) -> None:
    place.write(1)

    refused = place.run("--stop-after", text)

    assert refused.code == 2
    assert cure in " ".join(refused.err.split())
    assert place.posts == 0


def test_a_rehearsal_takes_it_too(place: Workplace) -> None:
    place.write(30, run={"in_flight": 1})

    stopped = place.omnibatch("rehearse", "film.yaml", "--small", "--stop-after", "2s")

    assert stopped.code == 9, stopped.said
    assert "not sent" in stopped.out
    assert stopped.out.splitlines()[-1] == "next: omnibatch rehearse film.yaml   (free)"
