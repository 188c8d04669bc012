"""One frame of a clip: the right one, the same bytes each time, of a size that is taken."""

import io
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Literal

import av
import pytest
from PIL import Image

from omnibatch.media import MediaFault, frame_of

At = Decimal | Literal["first", "last"]
Film = Callable[..., Path]
FPS = 10


@pytest.fixture
def film(tmp_path: Path) -> Film:
    """Write a clip whose n-th frame is as bright as 4 n, in H.264 with B-frames."""

    def make(width: int = 640, height: int = 360, frames: int = 50, b_frames: int = 2) -> Path:
        path = tmp_path / f"{width}x{height}-{frames}.mp4"
        with av.open(str(path), "w") as out:
            stream = out.add_stream("libx264", rate=FPS, options={"g": "20", "bf": str(b_frames)})
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            for number in range(frames):
                grey = (4 * number,) * 3
                frame = av.VideoFrame.from_image(Image.new("RGB", (width, height), grey))
                frame.pts, frame.time_base = number, Fraction(1, FPS)
                out.mux(stream.encode(frame))
            out.mux(stream.encode())
        return path

    return make


def shown(path: Path, at: At) -> Image.Image:
    """The frame as the picture that it is sent as."""
    content = frame_of(path, at)
    assert isinstance(content, bytes), content
    image = Image.open(io.BytesIO(content))
    assert image.format == "PNG"
    return image.convert("RGB")


def number_of(image: Image.Image) -> int:
    """Which frame of the film it is, by its brightness."""
    pixel = image.getpixel((5, 5))
    assert isinstance(pixel, tuple)
    return round(pixel[1] / 4)


@pytest.mark.parametrize(
    ("at", "number"),
    [
        ("first", 0),
        ("last", 49),
        (Decimal(0), 0),
        (Decimal("0.05"), 0),
        (Decimal("0.1"), 1),
        (Decimal("2.5"), 25),
        (Decimal("2.549"), 25),
        (Decimal("4.9"), 49),
        (Decimal(5), 49),
    ],
)
def test_the_frame_on_the_screen_at_that_moment_is_taken(film: Film, at: At, number: int) -> None:
    assert number_of(shown(film(), at)) == number


def test_the_last_frame_of_a_long_clip_is_found_near_its_end(film: Film) -> None:
    assert number_of(shown(film(width=64, height=64, frames=60), "last")) == 59


def test_the_last_frame_of_a_clip_of_one_frame_is_its_first(film: Film) -> None:
    path = film(frames=1)

    assert frame_of(path, "last") == frame_of(path, "first")


def test_the_same_clip_gives_the_same_bytes(film: Film) -> None:
    path = film()

    assert frame_of(path, "last") == frame_of(path, "last")


def test_a_moment_after_the_end_is_a_fault(film: Film) -> None:
    found = frame_of(film(), Decimal("5.5"))

    assert isinstance(found, MediaFault)
    assert found.message == "gives no frame: it has no frame at 5.5 s"


@pytest.mark.parametrize(
    ("size", "scaled"),
    [
        ((640, 360), (640, 360)),
        ((1920, 1080), (1920, 1080)),
        ((1080, 1920), (1080, 1920)),
        ((64, 36), (533, 300)),
        ((36, 64), (300, 533)),
        ((3840, 2160), (1927, 1084)),
    ],
)
def test_a_frame_has_a_size_that_providers_take(
    film: Film, size: tuple[int, int], scaled: tuple[int, int]
) -> None:
    image = shown(film(*size, frames=2, b_frames=0), "last")

    assert image.size == scaled
    assert min(image.size) >= 300
    assert image.width * image.height <= 1920 * 1088


@pytest.mark.parametrize("content", [b"", b"<html>", b"\x00\x00\x00\x18ftypisom" + b"\0" * 500])
def test_what_is_no_clip_gives_a_fault(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(content)

    assert isinstance(frame_of(path, "last"), MediaFault)


def test_a_clip_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    assert isinstance(frame_of(tmp_path / "none.mp4", "first"), MediaFault)
