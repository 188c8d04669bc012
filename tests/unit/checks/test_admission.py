"""Whole-batch admission, the choice of a provider, and who may make a CheckedBatch."""

import copy
import dataclasses
from typing import Any

import pytest

from omnibatch.checks import CheckedBatch
from omnibatch.providers import TABLE, Fact, Table
from omnibatch.shots import Slot


def test_a_sound_batch_is_admitted(make: Any, result: Any) -> None:
    found = result(make.shot())

    assert found.problems == ()
    assert found.batch.batch == make.batch(make.shot())
    assert [checked.shot.id for checked in found.batch.shots] == ["opening"]


def test_an_empty_batch_is_admitted(result: Any) -> None:
    assert result().batch.shots == ()


def test_one_bad_shot_keeps_the_whole_batch_out(make: Any, result: Any) -> None:
    found = result(make.shot("a"), make.shot("b", prompt=""), make.shot("c"))

    assert found.batch is None
    assert [problem.code for problem in found.problems] == ["OB511"]


def test_a_warning_keeps_nothing_out(make: Any, result: Any) -> None:
    found = result(make.shot(images=make.images(1)))

    assert found.batch is not None
    assert [problem.severity for problem in found.problems] == ["warning"]


def test_all_problems_of_all_shots_come_at_once(make: Any, codes: Any) -> None:
    shots = (make.shot("a", prompt="", mode="4k"), make.shot("b", duration=11))

    assert codes(*shots) == ["OB511", "OB521", "OB526"]


def test_a_skipped_shot_is_checked_and_marked(make: Any, result: Any, codes: Any) -> None:
    (checked,) = result(make.shot(skip=True)).batch.shots

    assert checked.shot.skip
    assert codes(make.shot(skip=True, prompt="")) == ["OB511"]


def test_a_checked_shot_carries_provider_price_request_and_digest(make: Any, result: Any) -> None:
    (checked,) = result(make.shot(providers=("cometapi", "apimodels"))).batch.shots

    assert checked.provider == "cometapi"
    assert checked.providers == ("cometapi", "apimodels")
    assert checked.price is None
    assert checked.request["model"] == "kling-video-o1"
    assert checked.digest.startswith("sha256:")


def test_the_price_is_that_of_the_first_provider(make: Any, result: Any) -> None:
    (checked,) = result(make.shot(providers=("apimodels", "cometapi"))).batch.shots

    assert str(checked.price) == "0.3165 USD"


def test_a_provider_named_twice_counts_once(make: Any, result: Any) -> None:
    (checked,) = result(make.shot(providers=("apimodels", "apimodels"))).batch.shots

    assert checked.providers == ("apimodels",)


def test_takes_of_one_shot_share_their_problems(make: Any, result: Any) -> None:
    shots = [make.shot(prompt="", slot=Slot("opening", "draft", take)) for take in (1, 2, 3)]
    (problem,) = result(*shots).problems

    assert problem.message == "the prompt is empty"


def test_a_checked_batch_cannot_be_made_elsewhere(make: Any) -> None:
    with pytest.raises(TypeError, match=r"only omnibatch\.checks\.check"):
        CheckedBatch(batch=make.batch(), shots=())


def test_a_guessed_pass_does_not_make_a_checked_batch(make: Any) -> None:
    with pytest.raises(TypeError, match=r"only omnibatch\.checks\.check"):
        CheckedBatch(batch=make.batch(), shots=(), admitted_by=object())


def test_a_checked_batch_cannot_be_changed_into_another(make: Any, result: Any) -> None:
    admitted = result(make.shot()).batch

    with pytest.raises((TypeError, ValueError)):
        dataclasses.replace(admitted, shots=())
    with pytest.raises(dataclasses.FrozenInstanceError):
        admitted.shots = ()
    assert copy.copy(admitted) == admitted


@pytest.mark.parametrize(
    ("written", "cure"), [("apimodel", "apimodels?"), ("CometAPI", "cometapi, apimodels")]
)
def test_an_unknown_provider_is_an_error_that_names_the_known(
    make: Any, result: Any, written: str, cure: str
) -> None:
    (problem,) = result(make.shot(providers=(written,))).problems

    assert problem.code == "OB501"
    assert cure in problem.hint


def test_an_unknown_provider_is_an_error_beside_a_known_one(make: Any, codes: Any) -> None:
    assert codes(make.shot(providers=("apimodels", "nobody"))) == ["OB501"]


def test_a_shot_without_a_provider_is_an_error(make: Any, codes: Any) -> None:
    assert codes(make.shot(providers=())) == ["OB505"]


def test_an_unknown_model_is_an_error_that_names_the_known(make: Any, result: Any) -> None:
    (problem,) = result(make.shot(model="kling-video-01")).problems

    assert problem.code == "OB502"
    assert "did you mean kling-video-o1?" in problem.hint
    assert "kling-v3-omni" in problem.hint


def without_omni_at_comet() -> Table:
    return Table(
        tuple(r for r in TABLE.rows if (r.provider, r.model) != ("cometapi", "kling-v3-omni"))
    )


def test_a_provider_that_cannot_take_a_shot_is_dropped_with_its_reason(
    make: Any, result: Any
) -> None:
    shot = make.omni(providers=("cometapi", "apimodels"))
    found = result(shot, table=without_omni_at_comet())
    (problem,) = found.problems

    assert found.batch.shots[0].providers == ("apimodels",)
    assert str(found.batch.shots[0].price) == "0.3165 USD"
    assert (problem.code, problem.severity) == ("OB503", "warning")
    assert problem.message.startswith("cometapi cannot take this shot")
    assert "'kling-v3-omni'" in problem.message


@pytest.mark.parametrize(("prompt", "more"), [("a pier", ""), ("a long pier", " (and 1 more)")])
def test_a_dropped_provider_tells_its_first_reason_and_counts_the_others(
    make: Any, result: Any, prompt: str, more: str
) -> None:
    comet, resold = (TABLE.row(name, "kling-v3-omni") for name in ("cometapi", "apimodels"))
    assert comet is not None
    assert resold is not None
    page = comet.limits.modes.source
    narrow = dataclasses.replace(
        comet.limits, prompt_length=Fact(8, "", page), modes=Fact(("pro",), "", page)
    )
    table = Table((dataclasses.replace(comet, limits=narrow, doubts=()), resold))
    (problem,) = result(
        make.omni(providers=("cometapi", "apimodels"), prompt=prompt), table=table
    ).problems

    assert problem.code == "OB503"
    assert problem.message.endswith(more or "has no mode 'std'")


def test_where_no_provider_is_left_the_first_ones_errors_are_told(make: Any, result: Any) -> None:
    shot = make.omni(providers=("cometapi", "apimodels"), duration=16)
    found = result(shot, table=without_omni_at_comet())

    assert found.batch is None
    assert [problem.code for problem in found.problems] == ["OB502"]


def test_a_doubtful_model_is_taken_with_a_warning(make: Any, result: Any) -> None:
    found = result(make.omni(providers=("cometapi",)))

    assert found.batch is not None
    assert [(p.code, p.severity) for p in found.problems] == [("OB504", "warning")]


def test_the_same_model_is_beyond_doubt_where_it_is_documented(make: Any, result: Any) -> None:
    assert result(make.omni(providers=("apimodels",))).problems == ()


def test_sound_that_a_page_does_not_mention_is_doubtful(make: Any, result: Any) -> None:
    messages = [p.message for p in result(make.omni(providers=("cometapi",), sound="on")).problems]

    assert any("does not mention sound" in message for message in messages)
