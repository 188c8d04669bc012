"""Raw body fields: nothing that has a check of its own goes past it."""

from typing import Any

import pytest


def test_unknown_fields_pass(make: Any, result: Any) -> None:
    extra = {"apimodels": {"watermark_info": {"enabled": False}, "tries": [1, 2.5, None]}}

    assert result(make.shot(extra=extra)).problems == ()


@pytest.mark.parametrize(
    "field", ["prompt", "model", "model_name", "sound", "image_list", "external_task_id"]
)
def test_fields_with_a_key_of_their_own_are_refused(make: Any, codes: Any, field: str) -> None:
    assert codes(make.shot(extra={"apimodels": {field: "x"}})) == ["OB562"]


def test_fields_for_a_provider_that_does_not_get_the_shot_are_a_warning(
    make: Any, result: Any
) -> None:
    (problem,) = result(make.shot(extra={"cometapi": {"tries": 1}})).problems

    assert (problem.code, problem.severity) == ("OB563", "warning")


@pytest.mark.parametrize(
    "value",
    [float("inf"), float("nan"), [float("inf")], {"a": {"b": "\ud800"}}, {"\ud800": 1}, b"x"],
)
def test_values_that_json_cannot_carry_are_refused(make: Any, codes: Any, value: Any) -> None:
    assert codes(make.shot(extra={"apimodels": {"tries": value}})) == ["OB564"]


def test_of_a_shot_without_a_provider_it_is_not_said_where_it_goes(make: Any, codes: Any) -> None:
    assert codes(make.shot(providers=(), extra={"cometapi": {"tries": 1}})) == ["OB505"]
