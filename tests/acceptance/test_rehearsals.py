"""What was rendered at a loopback endpoint never passes for the real thing."""

import pytest

from ..workplace import Workplace, both, variables_of


@both
def test_a_loopback_run_does_not_satisfy_a_plan_for_the_real_endpoint(place: Workplace) -> None:
    _, endpoint = variables_of(place.provider)
    place.write(2)
    assert place.run().code == 0
    assert place.actions() == {"s1": "keep", "s2": "keep"}

    planned = place.actions(**{endpoint: ""})

    assert planned == {"s1": "submit", "s2": "submit"}


def test_a_loopback_run_does_not_use_up_the_real_budget(place: Workplace) -> None:
    place.write(2, budget="0.70 USD")
    place.run()

    plan = place.plan(APIMODELS_BASE_URL="")

    assert plan["summary"]["spent"] is None
    assert plan["summary"]["cost"] == "0.633 USD"


@pytest.mark.slow
def test_a_rehearsal_needs_no_key_and_leaves_the_real_ledger_alone(place: Workplace) -> None:
    """Slow: the emulator of a rehearsal takes a second or more for each clip."""
    place.write(2)

    rehearsed = place.omnibatch("rehearse", "film.yaml", "--small", APIMODELS_API_KEY="")

    assert rehearsed.code == 0, rehearsed.said
    assert "2 of 2 collected" in rehearsed.out
    assert place.posts == 0, "the endpoint of the environment is not asked"
    assert not place.lockfile.exists()
    assert place.actions() == {"s1": "submit", "s2": "submit"}
    assert all(name == "film.yaml" or name.startswith(".omnibatch/") for name in place.listing())


def test_a_rehearsal_that_is_not_done_names_the_rehearsal_that_goes_on(place: Workplace) -> None:
    place.write(3)

    first = place.omnibatch("rehearse", "film.yaml", "--small", "--limit", "1", "--exclude", "s3")

    assert first.code == 9, first.said
    assert first.out.splitlines()[-1] == (
        "next: omnibatch rehearse --exclude s3 film.yaml   (free)"
    )
