"""Refusals: of one shot, which then has failed for free; of the account, which ends the buying."""

import json

import pytest

from omnibatch.emulator import Fault

from ..workplace import KEY, Workplace, both, prompt_of, variables_of

REFUSED = {"id": "bad", "prompt": "[[refuse]] A boat."}
GOOD = [{"id": "s1", "prompt": prompt_of(1)}, {"id": "s2", "prompt": prompt_of(2)}]


@both
def test_a_refused_shot_fails_for_free_and_the_others_go_on(place: Workplace) -> None:
    """apimodels answers 400; CometAPI 500 with the code of an invalid request."""
    place.write([REFUSED, *GOOD])

    finished = place.run()

    assert finished.code == 1, finished.said
    assert place.states() == {"bad": "refused", "s1": "collected", "s2": "collected"}
    assert "The request was refused" in finished.said
    assert place.sold == {prompt_of(1): 1, prompt_of(2): 1}


@both
@pytest.mark.parametrize("status", [400, 404, 413, 422])
def test_an_explicit_refusal_creates_no_doubt(place: Workplace, status: int) -> None:
    body = json.dumps({"code": status, "msg": "no", "message": "no"})
    place.write(1)
    place.faults(Fault(on="create", do="answer", status=status, body=body))

    finished = place.run()

    assert finished.code == 1, finished.said
    assert place.states() == {"s1": "refused"}


@both
def test_a_refused_shot_is_not_sent_again_by_itself(place: Workplace) -> None:
    place.write([REFUSED, GOOD[0]])
    place.run()

    finished = place.run()

    assert finished.code == 1
    assert place.posts == 2


@both
def test_an_edited_prompt_is_sent_after_a_refusal(place: Workplace) -> None:
    place.write([REFUSED])
    place.run()
    place.write([{**REFUSED, "prompt": "A boat."}])

    finished = place.run()

    assert finished.code == 0, finished.said
    assert place.states() == {"bad": "collected"}
    assert place.sold == {"A boat.": 1}


@both
def test_failed_sends_a_refused_shot_again(place: Workplace) -> None:
    place.write(1)
    body = '{"code": 400, "msg": "no", "error": {"code": "invalid_request", "message": "no"}}'
    place.faults(Fault(on="create", do="answer", times=1, status=400, body=body))
    assert place.run().code == 1

    finished = place.run("--failed")

    assert finished.code == 0, finished.said
    assert place.posts == 2
    assert place.states() == {"s1": "collected"}


@both
def test_a_task_that_fails_is_bought_again_only_when_asked(place: Workplace) -> None:
    place.write(2)
    place.faults(Fault(on="create", do="fail_task", times=1, message="out of luck"))

    first, second = place.run(), place.run()
    assert (first.code, second.code) == (1, 1)
    assert "out of luck" in first.said
    assert place.accepted == 2
    third = place.run("--failed")

    assert third.code == 0, third.said
    assert place.accepted == 3
    assert set(place.states().values()) == {"collected"}


@both
def test_a_bad_key_costs_one_post_and_is_shown_nowhere(place: Workplace) -> None:
    place.reopen(accept_keys=("another",))
    place.write(5)

    finished = place.run()

    assert finished.code == 5, finished.said
    assert place.posts == 1
    assert variables_of(place.provider)[0] in finished.err
    assert KEY not in finished.said
    assert not [name for name, data in place.listing().items() if KEY.encode() in data]
    assert set(place.states().values()) == {"released", "unsent"}


@both
def test_no_key_is_shown_or_written_when_all_goes_well(place: Workplace) -> None:
    place.write(2)

    finished = place.run()

    assert KEY not in finished.said
    assert not [name for name, data in place.listing().items() if KEY.encode() in data]


@both
def test_a_missing_key_is_named_and_nothing_is_sent(place: Workplace) -> None:
    variable, _ = variables_of(place.provider)
    place.write(2)

    finished = place.run(**{variable: ""})

    assert finished.code == 5, finished.said
    assert f"{variable} is not set" in finished.err
    assert place.posts == 0


@both
def test_an_empty_account_ends_the_buying_and_the_next_run_goes_on(place: Workplace) -> None:
    """apimodels answers 402; CometAPI 429 with Kling's code 1102, which is no matter of speed."""
    place.reopen(credit="0.40")
    place.write(3, run={"in_flight": 1})

    first = place.run()
    assert first.code == 5, first.said
    assert place.accepted == 1
    assert place.posts == 2
    assert place.states()["s1"] == "collected"
    place.reopen(credit=None)
    second = place.run()

    assert second.code == 0, second.said
    assert place.sold == {prompt_of(n): 1 for n in (1, 2, 3)}


def test_a_paid_body_follows_no_redirect(place: Workplace) -> None:
    place.write(2)
    place.faults(Fault(on="create", do="redirect", location=f"{place.url}/elsewhere", times=1))

    finished = place.run()

    assert finished.code == 5, finished.said
    assert "APIMODELS_BASE_URL" in finished.said
    assert place.posts == 1
    assert place.accepted == 0
