"""Clips of several shots."""

from typing import Any

import pytest

from omnibatch.shots import MultiShot


def test_omni_takes_parts_that_fill_the_clip(make: Any, codes: Any) -> None:
    assert codes(make.omni(prompt="", duration=5, multi_shot=make.parts(2, 3))) == []


def test_o1_makes_no_multi_shot_clips(make: Any, codes: Any) -> None:
    auto = MultiShot(auto=True, place=make.place)

    assert codes(make.shot(prompt="", multi_shot=make.parts(2, 3))) == ["OB551"]
    assert codes(make.shot(multi_shot=auto)) == ["OB551"]


def test_parts_and_auto_exclude_each_other(make: Any, codes: Any) -> None:
    both = MultiShot(auto=True, parts=make.parts(5).parts, place=make.place)

    assert "OB552" in codes(make.omni(multi_shot=both))


def test_a_multi_shot_has_one_of_them(make: Any, codes: Any) -> None:
    assert codes(make.omni(multi_shot=MultiShot(place=make.place))) == ["OB552"]


@pytest.mark.parametrize(("count", "expected"), [(1, []), (6, []), (7, ["OB553"])])
def test_one_to_six_parts(make: Any, codes: Any, count: int, expected: list[str]) -> None:
    shot = make.omni(prompt="", duration=max(count, 3), multi_shot=make.parts(*[1] * count))
    errors = [code for code in codes(shot) if code != "OB557"]

    assert errors == expected


@pytest.mark.parametrize(("length", "expected"), [(512, []), (513, ["OB554"])])
def test_a_parts_prompt_has_512_characters(
    make: Any, codes: Any, length: int, expected: list[str]
) -> None:
    parts = make.parts(5, prompt="水" * length)

    assert codes(make.omni(prompt="", multi_shot=parts)) == expected


def test_a_parts_prompt_over_the_limit_is_told_with_both_numbers(make: Any, result: Any) -> None:
    problems = result(make.omni(prompt="", multi_shot=make.parts(5, prompt="a" * 600))).problems

    assert any("part 1 has 600 characters, limit 512" in p.message for p in problems)


def test_a_parts_prompt_is_not_empty(make: Any, codes: Any) -> None:
    assert codes(make.omni(prompt="", multi_shot=make.parts(5, prompt=" "))) == ["OB555"]


def test_a_part_lasts_a_second_or_more(make: Any, codes: Any) -> None:
    assert codes(make.omni(prompt="", multi_shot=make.parts(1, 4))) == []
    assert codes(make.omni(prompt="", multi_shot=make.parts(0, 5))) == ["OB556"]


@pytest.mark.parametrize("seconds", [4, 6])
def test_the_parts_add_up_to_the_clip(make: Any, result: Any, seconds: int) -> None:
    problems = result(make.omni(prompt="", duration=5, multi_shot=make.parts(seconds))).problems
    (problem,) = [p for p in problems if p.severity == "error"]

    assert problem.code == "OB557"
    assert problem.message == f"the parts add up to {seconds} s, and the shot has 5 s"


@pytest.mark.parametrize("auto", [True, False])
def test_a_multi_shot_takes_no_frames(make: Any, codes: Any, auto: bool) -> None:
    multi_shot = MultiShot(auto=True, place=make.place) if auto else make.parts(5)
    shot = make.omni(
        prompt="a storm" if auto else "",
        multi_shot=multi_shot,
        images=(make.image("first_frame"),),
        aspect_ratio=None,
    )

    assert codes(shot) == ["OB558"]


def test_a_prompt_beside_parts_would_not_be_sent(make: Any, codes: Any) -> None:
    assert codes(make.omni(prompt="a storm", multi_shot=make.parts(5))) == ["OB559"]


def test_parts_at_a_provider_that_does_not_mention_them_are_doubtful(
    make: Any, warned: Any
) -> None:
    assert warned(make.omni(prompt="", multi_shot=make.parts(5))) == ["OB504"]
