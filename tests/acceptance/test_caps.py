"""Money that may not be spent: budgets, caps, limits, unknown prices."""

from decimal import Decimal

import pytest

from omnibatch.emulator import Fault

from ..workplace import Workplace, both

# One plain shot costs 5 s at 0.0633 USD (apimodels.app): two fit into this, three do not.
TWO_SHOTS = "0.70 USD"


def charged(place: Workplace) -> Decimal:
    return Decimal(place.meter()["charged"].removesuffix(" USD"))


@pytest.mark.parametrize("way", ["budget", "--max-cost"])
def test_a_cap_is_never_exceeded(place: Workplace, way: str) -> None:
    if way == "budget":
        place.write(5, budget=TWO_SHOTS)
        finished = place.run()
    else:
        place.write(5)
        finished = place.run("--max-cost", TWO_SHOTS)

    assert finished.code == 6, finished.said
    assert charged(place) == Decimal("0.633")
    assert sorted(place.states().values()) == ["collected"] * 2 + ["unsent"] * 3
    assert place.posts == 2


def test_a_budget_holds_for_all_runs_together(place: Workplace) -> None:
    place.write(5, budget=TWO_SHOTS)
    place.run("--limit", "1")

    codes = [place.run().code for _ in range(3)]

    assert codes == [6, 6, 6]
    assert charged(place) == Decimal("0.633")


def test_a_raised_budget_lets_the_rest_through(place: Workplace) -> None:
    place.write(3, budget=TWO_SHOTS)
    place.run()
    place.write(3, budget="1 USD")

    finished = place.run()

    assert finished.code == 0, finished.said
    assert place.posts == 3


def test_what_is_unconfirmed_counts_as_spent(place: Workplace) -> None:
    place.write(3, budget=TWO_SHOTS)
    place.faults(Fault(on="create", do="drop_after", times=1))

    first = place.run()
    place.omnibatch("abandon", "film.yaml", "s1")
    second = place.run()

    assert first.code == 6, first.said
    assert second.code == 6, second.said
    assert charged(place) == Decimal("0.633")


@pytest.mark.parametrize("provider", ["cometapi"])
def test_an_unknown_price_is_refused_under_a_cap(place: Workplace) -> None:
    place.write(2)

    finished = place.run("--max-cost", "5 USD")

    assert finished.code == 6, finished.said
    assert "--allow-unknown-cost" in finished.err
    assert place.posts == 0


@pytest.mark.parametrize("provider", ["cometapi"])
def test_an_unknown_price_can_be_allowed_under_a_cap(place: Workplace) -> None:
    place.write(2)

    finished = place.run("--max-cost", "5 USD", "--allow-unknown-cost")

    assert finished.code == 0, finished.said
    assert place.accepted == 2


@both
def test_a_limit_stops_and_a_rerun_goes_on(place: Workplace) -> None:
    place.write(3)

    first = place.run("--limit", "1")
    assert first.code == 9, first.said
    assert place.posts == 1
    assert place.states()["s1"] == "collected"
    second = place.run()

    assert second.code == 0, second.said
    assert place.posts == 3


def test_a_cap_in_another_currency_is_an_error_of_usage(place: Workplace) -> None:
    place.write(1)

    finished = place.run("--max-cost", "5 EUR")

    assert finished.code == 2, finished.said
    assert place.posts == 0
