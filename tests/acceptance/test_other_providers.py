"""A provider that another package brings: every command takes it as one of ours."""

import pytest

from omnibatch.emulator import Fault

from ..gateways import GATEWAYS
from ..workplace import Workplace

PRICES = {"exact": "0.0633 USD/s"}


@pytest.fixture
def provider() -> str:
    return "exact"


@pytest.mark.parametrize("cold", [False, True], ids=["warm", "cold"])
def test_its_shots_are_rendered(place: Workplace, cold: bool) -> None:
    place.write(2, prices=PRICES)

    validated = place.omnibatch("validate", "film.yaml", cold=cold)
    finished = place.omnibatch("run", "film.yaml", "--yes", "--max-cost", "0.633 USD", cold=cold)

    assert validated.code == 0, validated.said
    assert finished.code == 0, finished.said
    assert place.states() == {"s1": "collected", "s2": "collected"}
    assert place.accepted == 2


def test_what_it_charges_is_unknown_until_the_manifest_says_so(place: Workplace) -> None:
    place.write(1)
    unpriced = place.plan()
    place.write(1, prices=PRICES)

    priced = place.plan()

    assert unpriced["shots"][0]["price"] is None
    assert priced["shots"][0]["price"] == "0.3165 USD"


def test_its_models_are_listed_with_the_others(place: Workplace) -> None:
    listed = place.omnibatch("models")
    alone = place.omnibatch("models", "--provider", "exact")

    assert listed.code == alone.code == 0, alone.said
    for name in ("cometapi", "apimodels", *GATEWAYS.values()):
        assert f"kling-video-o1 at {name}\n" in listed.out
    assert "kling-video-o1 at exact\n" in alone.out
    assert "cometapi\n" not in alone.out


def test_it_is_offered_where_a_name_is_mistyped(place: Workplace) -> None:
    place.write(1, provider="exakt")

    finished = place.omnibatch("validate", "film.yaml")

    assert finished.code == 3
    assert "did you mean exact? known: cometapi, apimodels, exact, guess, mute" in finished.said


def test_a_package_that_cannot_be_loaded_is_told_as_such(place: Workplace) -> None:
    (place.state / "packages/gateways_for_tests.py").write_text("import nothing_of_that_name\n")
    place.write(1)

    finished = place.omnibatch("validate", "film.yaml")

    assert finished.code == 3
    assert "OB501 provider exact from gateways-for-tests cannot be loaded" in finished.said
    assert "reinstall gateways-for-tests" in finished.said
    assert place.omnibatch("models").code == 0


def test_it_is_rehearsed_like_any_other(place: Workplace) -> None:
    place.write(1)

    finished = place.omnibatch("rehearse", "film.yaml", "--small")

    assert finished.code == 0, finished.said
    assert "needs EXACT_KEY" in finished.out
    assert place.posts == 0


def test_its_word_that_nothing_was_created_spares_a_decision(place: Workplace) -> None:
    """The request was lost on the way, and the provider can be believed about it."""
    place.write(1, prices=PRICES)
    place.faults(Fault(on="create", do="drop_before", times=1))
    codes = [place.run().code for _ in range(2)]

    assert codes[-1] == 0
    assert place.states() == {"s1": "collected"}
    assert place.accepted == 1
