"""Prompts: present, not too long, and with tokens that name what is there."""

from typing import Any

import pytest

from omnibatch.shots import MultiShot


def test_a_prompt_at_the_limit_passes(make: Any, codes: Any) -> None:
    assert codes(make.shot(prompt="a" * 2500)) == []


def test_a_prompt_one_over_the_limit_is_told_with_both_numbers(make: Any, result: Any) -> None:
    (problem,) = result(make.shot(prompt="a" * 2501)).problems

    assert problem.code == "OB512"
    assert "2,501 characters, limit 2,500" in problem.message
    assert problem.hint.startswith("cut 1;")


def test_length_counts_code_points_not_bytes(make: Any, codes: Any) -> None:
    assert codes(make.shot(prompt="灯" * 2500)) == []
    assert codes(make.shot(prompt="🌊" * 2501)) == ["OB512"]


@pytest.mark.parametrize("prompt", ["", "  \n\t "])
def test_a_prompt_without_words_is_empty(make: Any, codes: Any, prompt: str) -> None:
    assert codes(make.shot(prompt=prompt)) == ["OB511"]


def test_half_a_surrogate_pair_is_no_text(make: Any, result: Any) -> None:
    (problem,) = result(make.shot(prompt="ab\ud83d")).problems

    assert problem.code == "OB513"
    assert "character 3 " in problem.message


def test_a_whole_pair_is_text(make: Any, codes: Any) -> None:
    assert codes(make.shot(prompt="ab\U0001f30a")) == []


def test_tokens_name_the_entries_of_the_lists(make: Any, result: Any) -> None:
    shot = make.shot(
        prompt="<<<image_2>>> hands <<<element_1>>> to <<<image_1>>> as in <<<video_1>>>",
        images=make.images(2),
        elements=make.elements(1),
        video=make.video(),
    )

    assert result(shot).problems == ()


@pytest.mark.parametrize("kind", ["image", "element", "video"])
def test_a_token_beyond_its_list_names_nothing(make: Any, codes: Any, kind: str) -> None:
    shot = make.shot(
        prompt=f"<<<image_1>>> <<<image_2>>> <<<element_1>>> <<<video_1>>> <<<{kind}_3>>>",
        images=make.images(2),
        elements=make.elements(1),
        video=make.video(),
    )

    assert codes(shot) == ["OB515"]


def test_a_token_without_any_list_tells_the_count(make: Any, result: Any) -> None:
    (problem,) = result(make.shot(prompt="<<<image_1>>> waves")).problems

    assert problem.message == "<<<image_1>>> names image 1, and the shot has 0"


def test_frames_are_not_counted_where_a_token_names_nothing(make: Any, result: Any) -> None:
    shot = make.shot(
        prompt="<<<image_1>>> and <<<image_3>>>",
        images=(make.image(), make.image("first_frame")),
        aspect_ratio=None,
    )
    (problem,) = result(shot).problems

    assert problem.message == "<<<image_3>>> names image 3, and the shot has 1"
    assert problem.hint == "number the images from 1 to 1"


def test_a_token_used_twice_is_one_finding(make: Any, codes: Any) -> None:
    assert codes(make.shot(prompt="<<<image_1>>> and <<<image_1>>>")) == ["OB515"]


def test_a_frame_stands_after_the_references_and_has_no_token(make: Any, result: Any) -> None:
    shot = make.shot(
        prompt="<<<image_1>>> becomes <<<image_2>>>",
        images=(make.image(), make.image("first_frame")),
        aspect_ratio=None,
    )
    (problem,) = result(shot).problems

    assert problem.code == "OB516"
    assert "<<<image_2>>> is the first frame" in problem.message


@pytest.mark.parametrize(
    "token",
    [
        "<<<image_0>>>",
        "<<<image_01>>>",
        "<<<image1>>>",
        "<<<Image_1>>>",
        "<<<img_1>>>",
        "<<<picture_1>>>",
        "<<<image_1>>",
        "<<image_1>>",
        "<image_1>",
        "<<<<image_1>>>>",
        "<<< image_1 >>>",
        "<<<>>>",
    ],
)
def test_what_was_meant_as_a_token_is_not_sent_as_words(make: Any, codes: Any, token: str) -> None:
    assert codes(make.shot(prompt=f"{token} waves", images=make.images(1))) == ["OB514"]


@pytest.mark.parametrize("words", ["a < b and b > c", "<whisper> hello", "I <3 you", "1 << 2 >> 3"])
def test_other_angle_brackets_are_words(make: Any, codes: Any, words: str) -> None:
    assert codes(make.shot(prompt=words)) == []


def test_a_flood_of_brackets_takes_no_time(make: Any, codes: Any) -> None:
    assert codes(make.shot(prompt="<" * 200_000)) == ["OB512"]
    assert codes(make.shot(prompt="<a" * 200_000)) == ["OB512"]


def test_a_reference_that_no_prompt_names_is_a_warning(make: Any, result: Any) -> None:
    shot = make.shot(prompt="<<<image_1>>> waves", images=(make.image(), make.image(name="pier")))
    (problem,) = result(shot).problems

    assert (problem.code, problem.severity) == ("OB517", "warning")
    assert problem.message.startswith("image 2 (pier)")
    assert "{{ ref.pier }}" in problem.hint


def test_an_element_that_no_prompt_names_is_a_warning(make: Any, warned: Any) -> None:
    assert warned(make.shot(elements=make.elements(1))) == ["OB517"]


def test_frames_and_videos_need_no_name(make: Any, warned: Any) -> None:
    assert warned(make.shot(video=make.video())) == []
    assert warned(make.shot(images=(make.image("first_frame"),), aspect_ratio=None)) == []


def test_tokens_in_parts_count(make: Any, result: Any) -> None:
    shot = make.omni(
        prompt="",
        images=make.images(1),
        multi_shot=make.parts(2, 3, prompt="<<<image_1>>> turns"),
    )

    assert "OB517" not in [p.code for p in result(shot).problems]


def test_tokens_in_parts_are_checked(make: Any, codes: Any) -> None:
    shot = make.omni(prompt="", multi_shot=make.parts(5, prompt="<<<image_1>>> turns"))

    assert codes(shot) == ["OB515"]


def test_auto_needs_a_prompt(make: Any, codes: Any) -> None:
    auto = MultiShot(auto=True, place=make.place)

    assert codes(make.omni(multi_shot=auto)) == []
    assert codes(make.omni(multi_shot=auto, prompt="")) == ["OB511"]
