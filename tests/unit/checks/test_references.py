"""How many images, elements and frames a shot may have, and which go together."""

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("images", "elements", "expected"),
    [(7, 0, []), (8, 0, ["OB531"]), (3, 4, []), (4, 4, ["OB531"])],
)
def test_seven_images_and_elements_without_a_video(
    make: Any, codes: Any, images: int, elements: int, expected: list[str]
) -> None:
    shot = make.shot(images=make.images(images), elements=make.elements(elements))

    assert codes(shot) == expected


@pytest.mark.parametrize("use", ["feature", "base"])
@pytest.mark.parametrize(
    ("images", "elements", "expected"),
    [(4, 0, []), (5, 0, ["OB531"]), (2, 2, []), (2, 3, ["OB531"])],
)
def test_four_images_and_elements_with_a_video(
    make: Any, codes: Any, use: str, images: int, elements: int, expected: list[str]
) -> None:
    free = {"duration": None, "aspect_ratio": None} if use == "base" else {}
    shot = make.shot(
        images=make.images(images), elements=make.elements(elements), video=make.video(use), **free
    )

    assert codes(shot) == expected


def test_frames_count_as_images(make: Any, codes: Any) -> None:
    frame = make.image("first_frame")

    assert codes(make.omni(images=(*make.images(6), frame), aspect_ratio=None)) == []
    assert codes(make.omni(images=(*make.images(7), frame), aspect_ratio=None)) == ["OB531"]


def test_too_many_are_told_with_all_numbers(make: Any, result: Any) -> None:
    problems = result(make.shot(images=make.images(5), elements=make.elements(4))).problems
    (message,) = [p.message for p in problems if p.code == "OB531"]

    assert message.startswith("5 images (frames included) and 4 elements make 9, limit 7")
    assert not message.endswith("beside a video")


def test_the_lower_limit_beside_a_video_is_told(make: Any, result: Any) -> None:
    problems = result(make.shot(images=make.images(5), video=make.video())).problems
    (message,) = [p.message for p in problems if p.code == "OB531"]

    assert message.endswith("limit 4 beside a video")


def test_an_end_frame_needs_a_first_frame(make: Any, codes: Any) -> None:
    first, end = make.image("first_frame"), make.image("end_frame")

    assert codes(make.shot(images=(end,))) == ["OB532"]
    assert codes(make.shot(images=(first, end), aspect_ratio=None)) == []


def test_there_is_one_first_frame(make: Any, codes: Any) -> None:
    first = make.image("first_frame")

    assert codes(make.omni(images=(first, first), aspect_ratio=None)) == ["OB533"]


def test_there_is_one_end_frame(make: Any, codes: Any) -> None:
    first, end = make.image("first_frame"), make.image("end_frame")

    assert codes(make.omni(images=(first, end, end), aspect_ratio=None)) == ["OB533"]


def test_o1_takes_no_reference_beside_an_end_frame(make: Any, codes: Any) -> None:
    frames = (make.image("first_frame"), make.image("end_frame"))

    assert codes(make.shot(images=frames, aspect_ratio=None)) == []
    assert codes(make.shot(images=(make.image(), *frames), aspect_ratio=None)) == ["OB534"]


def test_omni_takes_references_beside_an_end_frame(make: Any, codes: Any) -> None:
    frames = (make.image("first_frame"), make.image("end_frame"))

    assert codes(make.omni(images=(*make.images(5), *frames), aspect_ratio=None)) == []


@pytest.mark.parametrize("model", ["kling-video-o1", "kling-v3-omni"])
def test_three_elements_go_with_a_first_frame(make: Any, codes: Any, model: str) -> None:
    changes = {"model": model, "images": (make.image("first_frame"),), "aspect_ratio": None}

    assert codes(make.shot(elements=make.elements(3), **changes)) == []
    assert codes(make.shot(elements=make.elements(4), **changes)) == ["OB535"]


def test_no_elements_go_with_both_frames_in_o1(make: Any, codes: Any) -> None:
    frames = (make.image("first_frame"), make.image("end_frame"))

    assert codes(make.shot(images=frames, elements=make.elements(1), aspect_ratio=None)) == [
        "OB535"
    ]


def test_one_is_not_told_as_many(make: Any, result: Any) -> None:
    frames = (make.image("first_frame"), make.image("end_frame"))
    shot = make.shot(images=frames, elements=make.elements(1), aspect_ratio=None)
    (refused,) = [p for p in result(shot).problems if p.code == "OB535"]
    many = make.shot(images=make.images(1), elements=make.elements(7))
    (message,) = [p.message for p in result(many).problems if p.code == "OB531"]

    assert refused.message.startswith("1 element with end frame, limit 0")
    assert refused.hint == "leave out the elements, or leave out end_frame"
    assert message.startswith("1 image (frames included) and 7 elements make 8, limit 7")


def test_three_elements_go_with_both_frames_in_omni(make: Any, codes: Any) -> None:
    frames = (make.image("first_frame"), make.image("end_frame"))

    assert codes(make.omni(images=frames, elements=make.elements(3), aspect_ratio=None)) == []
    assert codes(make.omni(images=frames, elements=make.elements(4), aspect_ratio=None)) == [
        "OB535"
    ]


def test_an_edit_takes_no_frames(make: Any, codes: Any) -> None:
    edit = {"video": make.video("base"), "duration": None, "aspect_ratio": None}

    assert codes(make.shot(images=(make.image("first_frame"),), **edit)) == ["OB536"]
    assert codes(make.shot(images=(make.image(),), **edit)) == []


def test_a_reference_video_goes_with_a_first_frame(make: Any, codes: Any) -> None:
    frame = (make.image("first_frame"),)

    assert codes(make.shot(images=frame, video=make.video(), aspect_ratio=None)) == []


@pytest.mark.parametrize("written", ["1", "160123456789012345", "9223372036854775807"])
def test_an_element_id_is_digits(make: Any, codes: Any, written: str) -> None:
    assert codes(make.shot(elements=(make.element(written),))) == []


@pytest.mark.parametrize(
    "written",
    ["", "0", "-1", "1.5", "u_123", "16012345678901234e1", "٣", "9223372036854775808", "1" * 20],
)
def test_anything_else_is_no_element_id(make: Any, codes: Any, written: str) -> None:
    assert codes(make.shot(elements=(make.element(written),))) == ["OB537"]


def test_every_id_of_an_element_is_judged_whoever_is_chosen(make: Any, result: Any) -> None:
    shot = make.shot(elements=(make.element_at(apimodels="17", cometapi="u_17"),))
    (problem,) = [p for p in result(shot).problems if p.severity == "error"]

    assert problem.code == "OB537"
    assert "'u_17' is not an element id at cometapi" in problem.message


def test_an_element_needs_an_id_at_its_provider(make: Any, result: Any) -> None:
    shot = make.shot(providers=("cometapi",), elements=(make.element_at(apimodels="17"),))
    (problem,) = [p for p in result(shot).problems if p.severity == "error"]

    assert problem.code == "OB538"
    assert problem.message == "keeper has no id at cometapi, only at apimodels"
    assert problem.hint == "register it at cometapi, and add cometapi: ID to its element"


def test_a_providers_name_misspelt_is_cured_with_the_right_one(make: Any, result: Any) -> None:
    shot = make.shot(elements=(make.element_at(apimodel="17"),))
    (problem,) = [p for p in result(shot).problems if p.severity == "error"]

    assert problem.hint == "write apimodels instead of apimodel"


def test_a_provider_for_which_an_element_has_no_id_is_left_out(make: Any, result: Any) -> None:
    elements = (make.element("1"), make.element_at(apimodels="17"))
    found = result(make.shot(providers=("cometapi", "apimodels"), elements=elements))
    dropped = [p for p in found.problems if p.code == "OB503"]

    assert found.batch.shots[0].providers == ("apimodels",)
    assert [(p.severity, "keeper has no id at cometapi" in p.message) for p in dropped] == [
        ("warning", True)
    ]


def test_an_element_with_an_id_everywhere_keeps_every_provider(make: Any, result: Any) -> None:
    elements = (make.element_at(apimodels="17", cometapi="16"),)
    found = result(make.shot(providers=("cometapi", "apimodels"), elements=elements))

    assert found.batch.shots[0].providers == ("cometapi", "apimodels")
