"""The rules of a create body, one by one."""

import base64
import io

import pytest
from PIL import Image

from omnibatch.emulator.orders.fields import OrderError, UnknownModel
from omnibatch.emulator.orders.order import Terms, read_order

COMET = Terms(
    model_field="model_name",
    model_default="kling-video-o1",
    mode_default="pro",
    short_or_long=True,
)
URL = "https://example.com/a.png"
FRAME = {"image_url": URL, "type": "first_frame"}
END = {"image_url": URL, "type": "end_frame"}
FEATURE = {"video_url": "https://example.com/a.mp4", "refer_type": "feature"}
BASE = {"video_url": "https://example.com/a.mp4"}
V3 = {"model_name": "kling-v3-omni"}


def order(**fields):
    body = {"prompt": "A boat", "aspect_ratio": "16:9", "duration": "5"} | fields
    return read_order({name: value for name, value in body.items() if value is not ...}, COMET)


def picture(width=300, height=300, form="PNG") -> str:
    data = io.BytesIO()
    Image.new("RGB", (width, height)).save(data, form)
    return base64.b64encode(data.getvalue()).decode()


def images(*values):
    return {"image_list": [{"image_url": value} for value in values]}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"prompt": ...}, "prompt is required"),
        ({"prompt": "  "}, "prompt is required"),
        ({"prompt": 5}, "prompt must be a string"),
        ({"prompt": "x" * 2501}, "2500"),
        ({"mode": "4k"}, "mode must be one of std, pro"),
        ({"aspect_ratio": "4:3"}, "aspect_ratio must be one of"),
        ({"aspect_ratio": ...}, "aspect_ratio is required"),
        ({"duration": 5}, "duration must be a string"),
        ({"duration": "5s"}, "whole seconds"),
        ({"duration": "٥"}, "whole seconds"),
        ({"duration": "7"}, "5 or 10"),
        ({"duration": "7", "image_list": [FRAME]}, "5 or 10"),
        ({"duration": "11"}, "from 3 to 10"),
        ({**V3, "duration": "16"}, "from 3 to 15"),
        ({**V3, "duration": "12", "video_list": [FEATURE]}, "from 3 to 10"),
        ({"sound": "yes"}, "sound must be one of"),
        ({"sound": "on", "video_list": [FEATURE]}, "sound must be off"),
        ({"callback_url": "ftp://x"}, "callback_url"),
        ({"external_task_id": 7}, "external_task_id must be a string"),
        ({"image_list": URL}, "array of objects"),
        ({"image_list": [URL]}, "array of objects"),
        ({"image_list": [{}]}, r"image_list\[0\].image_url is required"),
        ({"image_list": [{"image_url": URL, "type": "middle"}]}, "type must be one of"),
        ({"image_list": [END]}, "needs a first_frame"),
        ({"image_list": [FRAME, FRAME]}, "one first_frame only"),
        (images(*[URL] * 8), "must not exceed 7"),
        ({**images(*[URL] * 5), "video_list": [FEATURE]}, "must not exceed 4"),
        ({"image_list": [FRAME, END, {"image_url": URL}]}, "more than 2 images"),
        ({"image_list": [FRAME, END], "element_list": [{"element_id": 1}]}, "no elements"),
        ({**V3, "image_list": [FRAME], "element_list": [{"element_id": 1}] * 4}, "at most 3"),
        ({"element_list": [{"element_id": "1"}]}, "must be an integer"),
        ({"element_list": [{"element_id": True}]}, "must be an integer"),
        ({"video_list": [FEATURE, FEATURE]}, "one video only"),
        ({"video_list": [{}]}, "video_url is required"),
        ({"video_list": [{"video_url": "AAAA"}]}, "video_url must be an http"),
        ({"video_list": [{**FEATURE, "refer_type": "style"}]}, "refer_type"),
        ({"video_list": [{**FEATURE, "keep_original_sound": True}]}, "keep_original_sound"),
        ({"video_list": [BASE], "image_list": [FRAME]}, "video editing"),
        ({"shot_type": "customize"}, "need multi_shot"),
        ({"multi_shot": True, "shot_type": "intelligence"}, "does not support multi_shot"),
        ({**V3, "multi_shot": "yes"}, "true or false"),
        ({**V3, "multi_shot": True}, "needs a shot_type"),
        ({**V3, "multi_shot": True, "shot_type": "customize"}, "prompt is invalid"),
        (
            {**V3, "multi_shot": True, "shot_type": "intelligence", "image_list": [FRAME]},
            "first and end frames",
        ),
    ],
)
def test_broken_rules(fields, words):
    with pytest.raises(OrderError, match=words):
        order(**fields)


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([], "1 to 6"),
        ([{"prompt": "a", "duration": "1"}] * 7, "1 to 6"),
        ([{"prompt": "", "duration": "5"}], "512"),
        ([{"prompt": "a" * 513, "duration": "5"}], "512"),
        ([{"prompt": "a", "duration": "0"}], "such as"),
        ([{"prompt": "a", "duration": 5}], "must be a string"),
        ([{"prompt": "a", "duration": "2"}, {"prompt": "b", "duration": "2"}], "add up to 4"),
    ],
)
def test_broken_rules_of_several_shots(parts, words):
    with pytest.raises(OrderError, match=words):
        order(**V3, prompt="", multi_shot=True, shot_type="customize", multi_prompt=parts)


def test_several_shots():
    parts = [{"prompt": "one", "duration": "2"}, {"prompt": "two", "duration": "3"}]

    found = order(**V3, prompt="", multi_shot=True, shot_type="customize", multi_prompt=parts)

    assert (found.prompt, found.seconds) == ("one / two", 5)


@pytest.mark.parametrize(
    "fields",
    [
        {"duration": "10"},
        {"duration": "7", **images(URL)},
        {"duration": "3", "image_list": [FRAME, END]},
        {"duration": "4", "video_list": [FEATURE]},
        {**V3, "duration": "15"},
        {"image_list": [FRAME], "aspect_ratio": ...},
        {"video_list": [BASE], "aspect_ratio": ..., "duration": "1"},
        {"element_list": [{"element_id": 160123456789012345}], "duration": "6"},
        {**images(*[URL] * 7)},
        {"prompt": "<<<image_9>>>", "watermark_info": {"enabled": True}, "seed": 3},
        {"sound": None, "image_list": None, "multi_shot": False},
    ],
)
def test_rules_that_are_kept(fields):
    assert order(**fields).prompt


def test_what_an_order_says():
    found = order(mode="std", external_task_id="ob-1", duration=...)

    assert (found.model, found.mode, found.seconds) == ("kling-video-o1", "std", 5)
    assert (found.width, found.height) == (1280, 720)
    assert found.external_id == "ob-1"
    assert order().mode == "pro"


def test_only_what_is_ordered_goes_into_the_digest():
    one = order(callback_url="http://127.0.0.1/a").digest

    assert order(callback_url="http://127.0.0.1/b").digest == one
    assert order(prompt="Another").digest != one


def test_an_unknown_model_is_a_case_of_its_own():
    with pytest.raises(UnknownModel, match="kling-v9"):
        order(model_name="kling-v9")


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_raw_base64_images_are_taken(form):
    assert order(**images(picture(form=form)))


def test_a_first_frame_decides_the_shape():
    frame = {"image_url": picture(400, 300), "type": "first_frame"}

    found = order(image_list=[frame], aspect_ratio=..., mode="std")

    assert (found.width, found.height) == (960, 720)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("data:image/png;base64," + picture(), "without the data: prefix"),
        ("no base64!", "neither a URL nor Base64"),
        (base64.b64encode(b"plain text").decode(), "not a readable PNG or JPEG"),
        (picture(form="GIF"), "not a readable PNG or JPEG"),
        (picture()[:200], "not a readable PNG or JPEG"),
        (picture(299, 300), "under 300 px"),
        (picture(300, 751), "aspect ratio"),
        (base64.b64encode(b"\0" * (10 * 1024 * 1024 + 1)).decode(), "larger than 10 MB"),
    ],
)
def test_images_that_are_refused(value, words):
    with pytest.raises(OrderError, match=words):
        order(**images(value))


def test_a_picture_that_is_huge_in_memory_is_refused():
    data = io.BytesIO()
    Image.new("1", (10_000, 10_000)).save(data, "PNG")

    assert len(data.getvalue()) < 100_000
    with pytest.raises(OrderError, match="more than"):
        order(**images(base64.b64encode(data.getvalue()).decode()))


def test_large_bodies_are_taken_over_http(launch, talk):
    response = talk(launch()).comet(**images(picture(1200, 1200)), extra="x" * 100_000)

    assert response.status_code == 200
