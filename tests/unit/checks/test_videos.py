"""Video files: never sent, and measured all the same, each limit at both sides of its border."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from omnibatch.media import MediaFault, VideoFacts, VideoProbe
from omnibatch.providers import TABLE

LIMIT = 200 * 1024 * 1024
Judge = Callable[..., list[str]]


@pytest.fixture
def judged(make: Any, codes: Any) -> Judge:
    """The errors of a shot whose video file has these facts, but that it is a file."""

    def errors(**facts: Any) -> list[str]:
        found: list[str] = codes(
            make.shot(video=make.video_file()), video_probe=lambda _: make.video_facts(**facts)
        )
        assert "OB431" in found
        return [code for code in found if code != "OB431"]

    return errors


@pytest.mark.parametrize("use", ["feature", "base"])
def test_a_video_file_is_refused_with_what_it_is_and_how_to_give_an_address(
    make: Any, result: Any, use: str
) -> None:
    free = {"duration": None, "aspect_ratio": None} if use == "base" else {}
    shot = make.shot(video=make.video_file(use), **free)
    (problem,) = result(shot, video_probe=lambda _: make.video_facts()).problems

    assert (problem.code, problem.place) == ("OB431", make.place)
    assert problem.message == (
        "refs/sway.mp4 is a file (MP4 avc1, 1280 x 720 px, 5 s, 25 frames/s, sound, "
        "1,000,000 bytes), and a video must be an address: the provider fetches it"
    )
    assert "{video: https://...}" in problem.hint
    assert "key: NAME" in problem.hint


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (Fraction(3), []),
        (Fraction(2999, 1000), ["OB434"]),
        (Fraction(101, 10), []),
        (Fraction(10101, 1000), ["OB434"]),
        (Fraction(0), ["OB434"]),
    ],
)
def test_a_video_lasts_three_to_ten_seconds(
    judged: Judge, seconds: Fraction, expected: list[str]
) -> None:
    assert judged(seconds=seconds) == expected


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [
        (720, 720, []),
        (719, 720, ["OB435"]),
        (720, 719, ["OB435"]),
        (2160, 2160, []),
        (2161, 2160, ["OB435"]),
        (720, 2161, ["OB435"]),
        (65535, 65535, ["OB435"]),
    ],
)
def test_each_side_of_a_video_has_720_to_2160_pixels(
    judged: Judge, width: int, height: int, expected: list[str]
) -> None:
    assert judged(width=width, height=height) == expected


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        (Fraction(24), []),
        (Fraction(24000, 1001), []),
        (Fraction(2397, 100), ["OB436"]),
        (Fraction(60), []),
        (Fraction(6006, 100), []),
        (Fraction(6007, 100), ["OB436"]),
        (Fraction(0), ["OB436"]),
    ],
)
def test_a_video_has_24_to_60_frames_a_second(
    judged: Judge, rate: Fraction, expected: list[str]
) -> None:
    assert judged(frame_rate=rate) == expected


def test_a_container_that_the_model_does_not_take(make: Any, codes: Any) -> None:
    (row,) = [each for each in TABLE.rows if each.provider == "apimodels" and "o1" in each.model]
    fact = replace(row.limits.video_formats, value=("mp4",))
    table = replace(TABLE, rows=(replace(row, limits=replace(row.limits, video_formats=fact)),))
    shot = make.shot(video=make.video_file())

    found = codes(shot, table=table, video_probe=lambda _: make.video_facts(format="mov"))

    assert found == ["OB431", "OB433"]


@pytest.mark.parametrize(("size_bytes", "expected"), [(LIMIT, []), (LIMIT + 1, ["OB437"])])
def test_a_video_has_two_hundred_megabytes(
    judged: Judge, size_bytes: int, expected: list[str]
) -> None:
    assert judged(size_bytes=size_bytes) == expected


def test_all_that_is_wrong_with_a_video_is_told_at_once_with_both_numbers(
    make: Any, result: Any
) -> None:
    facts = make.video_facts(
        seconds=Fraction(101_001, 10_000),
        width=640,
        height=360,
        frame_rate=Fraction(15),
        size_bytes=LIMIT + 1,
    )
    problems = result(make.shot(video=make.video_file()), video_probe=lambda _: facts).problems

    assert [(p.code, p.message.removeprefix("refs/sway.mp4 ")) for p in problems[1:]] == [
        ("OB434", "lasts 10.101 s; it may last 3-10 s"),
        ("OB435", "is 640 x 360 px; each side may have 720-2160 px"),
        ("OB436", "has 15 frames/s; it may have 24-60"),
        ("OB437", "has 209,715,201 bytes, limit 209,715,200"),
    ]


def test_the_original_sound_of_a_silent_video_is_a_warning(make: Any, warned: Any) -> None:
    shot = make.shot(sound="original", video=make.video_file())

    assert warned(shot, video_probe=lambda _: make.video_facts(has_sound=False)) == ["OB544"]
    assert warned(shot, video_probe=lambda _: make.video_facts()) == []


def test_a_silent_video_is_no_matter_where_no_sound_is_kept(make: Any, warned: Any) -> None:
    shot = make.shot(video=make.video_file())

    assert warned(shot, video_probe=lambda _: make.video_facts(has_sound=False)) == []


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "OB404"),
        (b"<!DOCTYPE html><html>Sign in</html>", "OB407"),
        (b"\x1aE\xdf\xa3", "OB407"),
        (b"words", "OB408"),
        (b"\0\0\0\x18ftypisom\0\0\0\0mp41isom", "OB432"),
    ],
)
def test_a_file_that_is_no_video_has_a_code_of_its_own(
    make: Any, codes: Any, tmp_path: Path, content: bytes, expected: str
) -> None:
    path = tmp_path / "renamed.mp4"
    path.write_bytes(content)

    assert codes(make.shot(video=make.video_file(path=path))) == sorted([expected, "OB431"])


def test_an_address_is_not_probed(make: Any, codes: Any) -> None:
    def probe(path: Path) -> VideoFacts | MediaFault:
        raise AssertionError(path)

    assert codes(make.shot(video=make.video()), video_probe=probe) == []


def test_one_video_in_many_shots_is_read_once(make: Any, result: Any, tmp_path: Path) -> None:
    path = tmp_path / "sway.mp4"
    path.write_bytes(b"<html>")
    real = VideoProbe()
    found: list[VideoFacts | MediaFault] = []

    def probe(path: Path) -> VideoFacts | MediaFault:
        found.append(real(path))
        return found[-1]

    video = make.video_file(path=path)
    result(*(make.shot(f"s{n}", video=video) for n in range(20)), video_probe=probe)

    assert len(found) == 20
    assert len({id(each) for each in found}) == 1
