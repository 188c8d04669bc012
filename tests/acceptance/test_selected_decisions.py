"""retry and abandon for several shots: by patterns, for a price that is said, and once."""

import pytest

from omnibatch.emulator import Fault

from ..workplace import Workplace, prompt_of


@pytest.fixture
def mixed(place: Workplace) -> Workplace:
    """Four shots: s1 and s2 unconfirmed, s3 refused, s4 collected."""
    shots = [{"id": f"s{n}", "prompt": prompt_of(n)} for n in range(1, 5)]
    shots[2]["prompt"] = "[[refuse]] A boat."
    place.write([{"scene": "storm", "shots": shots[:2]}, *shots[2:]], run={"in_flight": 1})
    place.faults(Fault(on="create", do="drop_after", times=2))
    finished = place.run()
    assert finished.code == 4, finished.said
    assert place.states() == {
        "s1": "unconfirmed",
        "s2": "unconfirmed",
        "s3": "refused",
        "s4": "collected",
    }
    return place


def test_a_pattern_grants_what_is_open_and_leaves_what_has_a_clip(mixed: Workplace) -> None:
    granted = mixed.omnibatch("retry", "film.yaml", "--select", "*", "--exclude", "s3")

    assert granted.code == 0, granted.said
    assert "s4: left as it is: it has its clip; to buy another, name it" in granted.out
    assert "2 attempts granted, for 0.633 USD at the next run" in granted.out
    assert granted.out.count("If its lost task exists, this is a second clip") == 2
    assert granted.out.splitlines()[-1] == "next: omnibatch run film.yaml   (0.633 USD)"
    assert mixed.actions() == {"s1": "submit", "s2": "submit", "s3": "failed", "s4": "keep"}


def test_a_scene_and_globs_and_several_names_select(mixed: Workplace) -> None:
    by_scene = mixed.omnibatch("abandon", "film.yaml", "scene:storm")
    by_name = mixed.omnibatch("retry", "film.yaml", "s1", "s[3-4]")

    assert (by_scene.code, by_name.code) == (0, 0), by_scene.said + by_name.said
    assert mixed.actions() == {"s1": "submit", "s2": "skip", "s3": "submit", "s4": "keep"}


@pytest.mark.parametrize("word", ["retry", "abandon"])
def test_said_twice_it_changes_no_byte_and_says_so(mixed: Workplace, word: str) -> None:
    arguments = (word, "film.yaml", "--select", "s[1-3]")
    mixed.omnibatch(*arguments)
    before = mixed.listing()

    again = mixed.omnibatch(*arguments)

    assert again.code == 0, again.said
    assert again.out.count("already; nothing changed") == 3
    assert mixed.listing() == before


def test_a_grant_is_taken_back_by_abandon_and_given_again(mixed: Workplace) -> None:
    for word, action in (("retry", "submit"), ("abandon", "skip"), ("retry", "submit")):
        assert mixed.omnibatch(word, "film.yaml", "s1").code == 0
        assert mixed.actions()["s1"] == action


def test_what_is_named_and_cannot_be_meant_keeps_the_rest_from_being_decided(
    mixed: Workplace,
) -> None:
    before = mixed.listing()

    finished = mixed.omnibatch("abandon", "film.yaml", "s1", "s4")

    assert finished.code == 2
    assert "s4 is collected: it is paid for" in finished.err
    assert mixed.listing() == before


def test_a_pattern_lets_go_of_nothing_that_was_paid_for(mixed: Workplace) -> None:
    finished = mixed.omnibatch("abandon", "film.yaml", "--select", "*")

    assert finished.code == 0, finished.said
    assert "s4: left as it is: is collected" in finished.out
    assert mixed.states() == {
        "s1": "abandoned",
        "s2": "abandoned",
        "s3": "abandoned",
        "s4": "collected",
    }


def test_a_pattern_neither_doubles_nor_drops_what_renders(place: Workplace) -> None:
    place.write([{"id": "s1", "prompt": "[[slow]] A boat."}], run={"stalled_after": "1s"})
    place.run()

    granted = place.omnibatch("retry", "film.yaml", "s*")
    abandoned = place.omnibatch("abandon", "film.yaml", "s*")

    assert "its task is rendering, paid for; to buy another, name it" in granted.out
    assert "to let go of it, name it" in abandoned.out
    assert place.states() == {"s1": "running"}


def test_an_unknown_price_is_named_in_the_sum(place: Workplace) -> None:
    place.provider = "cometapi"
    place.reopen(lookup=False)
    place.write(2, run={"in_flight": 1})
    place.faults(Fault(on="create", do="drop_before"))
    with place.start_run() as running:
        place.until(lambda meter: meter["creates"]["received"] == 1, "the send")
        running.kill()

    granted = place.omnibatch("retry", "film.yaml", "s1")

    assert "at a price unknown here" in granted.out


def test_an_exclusion_alone_selects_nothing(mixed: Workplace) -> None:
    finished = mixed.omnibatch("retry", "film.yaml", "--exclude", "s1")

    assert finished.code == 2
    assert "retry needs a shot" in finished.err
