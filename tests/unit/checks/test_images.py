"""Image files by their bytes, each limit at both sides of its border."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from omnibatch.media import FaultKind, ImageFacts, ImageProbe, MediaFault
from omnibatch.providers import TABLE

LIMIT = 10 * 1024 * 1024
Picture = Callable[..., Path]


@pytest.fixture
def picture(tmp_path: Path) -> Picture:
    """Write a picture of one colour, padded to `size_bytes` where that is given."""

    def make(width: int, height: int, form: str = "PNG", size_bytes: int = 0) -> Path:
        buffer = io.BytesIO()
        Image.new("RGB", (width, height), "teal").save(buffer, form)
        path = tmp_path / f"{width}x{height}.png"
        path.write_bytes(buffer.getvalue().ljust(size_bytes, b"\0"))
        return path

    return make


@pytest.fixture
def judged(make: Any, codes: Any) -> Callable[[Path], list[str]]:
    """The errors of a shot with this file as its one reference."""
    return lambda path: codes(make.shot(images=(make.file(path),)))


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_png_and_jpeg_pass_under_any_name(picture: Picture, judged: Any, form: str) -> None:
    assert judged(picture(640, 480, form)) == []


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [(300, 300, []), (299, 300, ["OB412"]), (300, 299, ["OB412"]), (299, 299, ["OB412"])],
)
def test_each_side_has_300_pixels(
    picture: Picture, judged: Any, width: int, height: int, expected: list[str]
) -> None:
    assert judged(picture(width, height)) == expected


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [
        (1000, 400, []),
        (999, 400, []),
        (1001, 400, ["OB413"]),
        (400, 1000, []),
        (400, 1001, ["OB413"]),
        (752, 301, []),
        (753, 301, ["OB413"]),
    ],
)
def test_one_side_is_at_most_two_and_a_half_times_the_other(
    picture: Picture, judged: Any, width: int, height: int, expected: list[str]
) -> None:
    assert judged(picture(width, height)) == expected


def test_a_ratio_one_pixel_over_is_not_said_to_be_at_the_limit(make: Any, result: Any) -> None:
    shot = make.shot(images=(make.file(Path("/a.png")),))
    problems = result(shot, probe=lambda _: make.facts(width=10_001, height=4000)).problems
    (problem,) = [p for p in problems if p.code == "OB413"]

    assert "10001 x 4000 px, a ratio of 2.501 : 1; limit 2.5 : 1" in problem.message
    assert problem.hint == "crop its longer side to 10000 px or less"


@pytest.mark.parametrize(
    ("size_bytes", "expected"), [(LIMIT - 1, []), (LIMIT, []), (LIMIT + 1, ["OB411"])]
)
def test_a_file_has_ten_megabytes(
    picture: Picture, judged: Any, size_bytes: int, expected: list[str]
) -> None:
    assert judged(picture(640, 480, size_bytes=size_bytes)) == expected


def test_a_file_that_is_too_large_is_told_with_both_numbers(
    make: Any, result: Any, picture: Picture
) -> None:
    path = picture(640, 480, size_bytes=LIMIT + 1)
    problems = result(make.shot(images=(make.file(path),))).problems

    assert f"refs/{path.name} has 10,485,761 bytes, limit 10,485,760" in problems[0].message


def test_all_that_is_wrong_with_a_file_is_told_at_once(picture: Picture, judged: Any) -> None:
    assert judged(picture(100, 2000, size_bytes=LIMIT + 1)) == ["OB411", "OB412", "OB413"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "OB404"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "OB407"),
        (b"GIF89a", "OB407"),
        (b"words", "OB408"),
        (b"\x89PNG\r\n\x1a\n", "OB409"),
    ],
)
def test_a_file_that_is_no_image_has_a_code_of_its_own(
    tmp_path: Path, judged: Any, content: bytes, expected: str
) -> None:
    path = tmp_path / "renamed.png"
    path.write_bytes(content)

    assert judged(path) == [expected]


def test_a_missing_file_is_told_as_the_manifest_names_it(
    make: Any, result: Any, tmp_path: Path
) -> None:
    problems = result(make.shot(images=(make.file(tmp_path / "keeper.png"),))).problems

    assert (problems[0].code, problems[0].message) == ("OB401", "refs/keeper.png does not exist")


def test_a_folder_is_not_an_image(judged: Any, tmp_path: Path) -> None:
    assert judged(tmp_path) == ["OB402"]


def test_frames_are_judged_like_references(make: Any, codes: Any, picture: Picture) -> None:
    frame = make.file(picture(299, 400), "first_frame")

    assert codes(make.shot(images=(frame,), aspect_ratio=None)) == ["OB412"]


def test_facts_run_along_the_images(make: Any, result: Any, picture: Picture) -> None:
    images = (make.image(), make.file(picture(640, 480)))
    (checked,) = result(make.shot(images=images)).batch.shots
    address, file = checked.image_facts

    assert address is None
    assert (file.width, file.height) == (640, 480)
    assert checked.request["images"][1] == f"sha256:{file.sha256}"


def test_one_file_in_many_shots_is_probed_once(make: Any, result: Any, picture: Picture) -> None:
    image = make.file(picture(640, 480))
    found = result(*(make.shot(f"s{n}", images=(image,)) for n in range(50)))

    assert len({id(checked.image_facts[0]) for checked in found.batch.shots}) == 1


def test_a_probe_given_by_the_caller_is_the_one_used(
    make: Any, result: Any, picture: Picture
) -> None:
    path = picture(640, 480)
    real = ImageProbe()
    asked: list[Path] = []

    def probe(path: Path) -> ImageFacts | MediaFault:
        asked.append(path)
        return real(path)

    result(make.shot(images=(make.file(path),)), probe=probe)

    assert asked == [path]


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("unreadable", "OB403"),
        ("changed", "OB410"),
        ("missing", "OB401"),
        ("too_many_parts", "OB415"),
    ],
)
def test_what_keeps_a_file_from_being_read_is_told_in_its_own_words(
    make: Any, result: Any, tmp_path: Path, kind: FaultKind, code: str
) -> None:
    shot = make.shot(images=(make.file(tmp_path / "a.png"),))

    found = result(shot, probe=lambda _: MediaFault(kind, "is out of reach", "look for it"))

    assert [(p.code, p.message, p.hint) for p in found.problems if p.severity == "error"] == [
        (code, "refs/a.png is out of reach", "look for it")
    ]


def test_a_format_that_the_model_does_not_take(make: Any, codes: Any, picture: Picture) -> None:
    (row,) = [each for each in TABLE.rows if each.provider == "apimodels" and "o1" in each.model]
    fact = replace(row.limits.image_formats, value=("jpeg",))
    narrow = replace(row, limits=replace(row.limits, image_formats=fact))
    table = replace(TABLE, rows=(narrow,))
    shot = make.shot(images=(make.file(picture(640, 480)),))

    assert codes(shot, table=table) == ["OB414"]


def test_addresses_of_images_and_videos_must_be_public(make: Any, codes: Any) -> None:
    url = "http://192.168.1.7/a.jpg"

    assert codes(make.shot(images=(make.image(url=url),))) == ["OB422"]
    assert codes(make.shot(video=make.video(url=url))) == ["OB422"]
