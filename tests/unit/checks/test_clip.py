"""Mode, aspect ratio, duration and sound, each at both sides of its border."""

from typing import Any

import pytest


@pytest.mark.parametrize("mode", ["std", "pro"])
def test_both_modes_pass(make: Any, codes: Any, mode: str) -> None:
    assert codes(make.shot(mode=mode)) == []


@pytest.mark.parametrize("mode", ["4k", "STD", ""])
@pytest.mark.parametrize("provider", ["cometapi", "apimodels"])
def test_no_other_mode_passes_at_these_providers(
    make: Any, codes: Any, mode: str, provider: str
) -> None:
    assert codes(make.omni(mode=mode, providers=(provider,))) == ["OB521"]


@pytest.mark.parametrize("ratio", ["16:9", "9:16", "1:1"])
def test_the_three_aspect_ratios_pass(make: Any, codes: Any, ratio: str) -> None:
    assert codes(make.shot(aspect_ratio=ratio)) == []


@pytest.mark.parametrize("ratio", ["4:3", "16:10", "", "969"])
def test_another_aspect_ratio_is_an_error(make: Any, codes: Any, ratio: str) -> None:
    assert codes(make.shot(aspect_ratio=ratio)) == ["OB523"]


def test_an_aspect_ratio_is_needed(make: Any, codes: Any) -> None:
    assert codes(make.shot(aspect_ratio=None)) == ["OB522"]


def test_an_aspect_ratio_is_needed_with_a_reference_video(make: Any, codes: Any) -> None:
    assert codes(make.shot(aspect_ratio=None, video=make.video())) == ["OB522"]


def test_a_first_frame_gives_the_aspect_ratio(make: Any, codes: Any) -> None:
    frame = (make.image("first_frame"),)

    assert codes(make.shot(aspect_ratio=None, images=frame)) == []
    assert codes(make.shot(aspect_ratio="16:9", images=frame)) == ["OB524"]


def test_an_edit_takes_shape_and_length_from_its_video(make: Any, codes: Any) -> None:
    edit = {"video": make.video("base")}

    assert codes(make.shot(aspect_ratio=None, duration=None, **edit)) == []
    assert codes(make.shot(aspect_ratio="16:9", duration=None, **edit)) == ["OB524"]
    assert codes(make.shot(aspect_ratio=None, duration=5, **edit)) == ["OB528"]


def test_a_duration_is_needed(make: Any, codes: Any) -> None:
    assert codes(make.shot(duration=None)) == ["OB525"]


def test_a_missing_duration_of_parts_is_cured_with_their_sum(make: Any, result: Any) -> None:
    problems = result(make.omni(prompt="", duration=None, multi_shot=make.parts(2, 6))).problems

    assert [p.hint for p in problems if p.code == "OB525"] == ["write duration: 8"]


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        *((2, "OB526"), (3, "OB527"), (4, "OB527"), (5, None), (6, "OB527")),
        *((9, "OB527"), (10, None), (11, "OB526")),
    ],
)
def test_o1_renders_five_or_ten_seconds_from_text(
    make: Any, codes: Any, seconds: int, expected: str | None
) -> None:
    assert codes(make.shot(duration=seconds)) == ([expected] if expected else [])


@pytest.mark.parametrize(("seconds", "expected"), [(4, ["OB527"]), (5, []), (10, [])])
def test_o1_renders_five_or_ten_seconds_from_a_first_frame(
    make: Any, codes: Any, seconds: int, expected: list[str]
) -> None:
    shot = make.shot(duration=seconds, aspect_ratio=None, images=(make.image("first_frame"),))

    assert codes(shot) == expected


@pytest.mark.parametrize("source", ["image", "element", "video", "frames", "frame and reference"])
@pytest.mark.parametrize(
    ("seconds", "expected"), [(2, ["OB526"]), (3, []), (7, []), (10, []), (11, ["OB526"])]
)
def test_o1_renders_three_to_ten_seconds_from_anything_more(
    make: Any, codes: Any, source: str, seconds: int, expected: list[str]
) -> None:
    first, end = make.image("first_frame"), make.image("end_frame")
    changes: dict[str, Any] = {
        "image": {"images": make.images(1)},
        "element": {"elements": make.elements(1)},
        "video": {"video": make.video()},
        "frames": {"images": (first, end), "aspect_ratio": None},
        "frame and reference": {"images": (make.image(), first), "aspect_ratio": None},
    }[source]

    assert codes(make.shot(duration=seconds, **changes)) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"), [(2, ["OB526"]), (3, []), (4, []), (15, []), (16, ["OB526"])]
)
def test_omni_renders_three_to_fifteen_seconds(
    make: Any, codes: Any, seconds: int, expected: list[str]
) -> None:
    assert codes(make.omni(duration=seconds)) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"), [(2, ["OB526"]), (3, []), (10, []), (11, ["OB526"])]
)
def test_omni_renders_three_to_ten_seconds_with_a_reference_video(
    make: Any, codes: Any, seconds: int, expected: list[str]
) -> None:
    assert codes(make.omni(duration=seconds, video=make.video())) == expected


def test_a_duration_is_told_with_both_numbers(make: Any, result: Any) -> None:
    (problem,) = result(make.omni(duration=16)).problems

    assert problem.message == "16 s, and kling-v3-omni renders 3-15 s"


def test_a_duration_that_nobody_wrote_is_called_the_sum_of_the_parts(
    make: Any, result: Any
) -> None:
    problems = result(make.omni(prompt="", duration=18, multi_shot=make.parts(9, 9))).problems

    (found,) = [problem for problem in problems if problem.code == "OB526"]
    assert found.message == "the parts add up to 18 s, and kling-v3-omni renders 3-15 s"
    assert found.hint == "use 3 to 15 in all"


def test_o1_makes_no_sound(make: Any, codes: Any) -> None:
    assert codes(make.shot(sound="on")) == ["OB541"]


def test_omni_makes_sound(make: Any, codes: Any) -> None:
    assert codes(make.omni(sound="on")) == []


@pytest.mark.parametrize("use", ["feature", "base"])
def test_no_sound_is_made_beside_a_video(make: Any, codes: Any, use: str) -> None:
    free = {"duration": None, "aspect_ratio": None} if use == "base" else {}

    assert codes(make.omni(sound="on", video=make.video(use), **free)) == ["OB542"]
    assert codes(make.omni(sound="off", video=make.video(use), **free)) == []


def test_original_sound_comes_from_a_video(make: Any, codes: Any) -> None:
    assert codes(make.shot(sound="original")) == ["OB543"]
    assert codes(make.shot(sound="original", video=make.video())) == []
