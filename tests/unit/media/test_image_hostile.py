"""Image files that are small and cost a decoder minutes or gigabytes."""

import io
import struct
import sys
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from omnibatch.media import ImageFacts, MediaFault, probe_image

Cost = Callable[[str, Path], tuple[float, float]]

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(name: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def zeros(count: int) -> bytes:
    packer = zlib.compressobj(1)
    whole, rest = divmod(count, 1 << 20)
    packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(whole))
    return packed + packer.compress(bytes(rest)) + packer.flush()


def png(width: int, height: int, *, extra: bytes = b"", interlaced: bool = False) -> bytes:
    """A PNG of colour, 8 bits each, whose pixels are all 0."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, interlaced)
    pixels = zeros(height * (1 + 3 * width) + (height if interlaced else 0))
    return SIGNATURE + chunk(b"IHDR", header) + extra + chunk(b"IDAT", pixels) + chunk(b"IEND")


@cache
def jpeg(mode: str = "RGB", width: int = 300, height: int = 300, **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, (width, height)).save(buffer, "JPEG", quality=50, **options)
    return buffer.getvalue()


def scans(count: int) -> bytes:
    """A progressive JPEG of 50 megapixels whose last scan is repeated."""
    content = jpeg("L", 10_000, 5_000, progressive=True)
    last = content[content.rindex(b"\xff\xda") : -2]
    return content[:-2] + last * count + content[-2:]


def after_start(content: bytes, extra: bytes) -> bytes:
    return content[:2] + extra + content[2:]


def animated(frames: int) -> bytes:
    buffer = io.BytesIO()
    images = [Image.new("RGB", (300, 300), (shade, 0, 0)) for shade in range(frames)]
    images[0].save(buffer, "PNG", save_all=True, append_images=images[1:])
    return buffer.getvalue()


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "PNG of 100 megapixels": (lambda: png(10_000, 10_000), "too_many_pixels"),
    "PNG of 2^31 pixels a side": (
        lambda: (
            SIGNATURE
            + chunk(b"IHDR", struct.pack(">IIBBBBB", 2**31 - 1, 2**31 - 1, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zeros(9))
            + chunk(b"IEND")
        ),
        "too_many_pixels",
    ),
    "PNG of a million empty chunks": (
        lambda: png(300, 300, extra=chunk(b"teXt") * 1_000_000),
        "too_many_parts",
    ),
    "PNG of a million empty pieces of its pixels": (
        lambda: png(300, 300, extra=chunk(b"IDAT") * 1_000_000),
        "too_many_parts",
    ),
    "PNG with packed text of gigabytes": (
        lambda: png(300, 300, extra=chunk(b"zTXt", b"k\0\0" + zeros(50_000_000)) * 40),
        "damaged",
    ),
    "PNG with a packed profile of gigabytes": (
        lambda: png(300, 300, extra=chunk(b"iCCP", b"k\0\0" + zeros(50_000_000))),
        "damaged",
    ),
    "JPEG of five million empty segments": (
        lambda: after_start(jpeg(), b"\xff\xe1\0\2" * 5_000_000),
        "too_many_parts",
    ),
    "JPEG of five million empty comments": (
        lambda: after_start(jpeg(), b"\xff\xfe\0\2" * 5_000_000),
        "too_many_parts",
    ),
    "JPEG filled up between its segments": (
        lambda: after_start(jpeg(), b"\xff" * 20_000_000),
        "too_many_parts",
    ),
    "JPEG of 500 scans": (lambda: scans(500), "too_many_parts"),
    "progressive JPEG in full colour": (
        lambda: jpeg(width=10_000, height=5_000, progressive=True, subsampling=0),
        "too_many_pixels",
    ),
}
TAKEN: dict[str, Callable[[], bytes]] = {
    "PNG of 50 megapixels": lambda: png(10_000, 5_000),
    "the same interlaced": lambda: png(10_000, 5_000, interlaced=True),
    "PNG of 200 frames": lambda: animated(200),
    "PNG that says it has 2^32 frames": lambda: png(
        300, 300, extra=chunk(b"acTL", struct.pack(">II", 2**32 - 1, 0))
    ),
    "progressive JPEG of 50 megapixels": lambda: jpeg(width=10_000, height=5_000, progressive=True),
    "JPEG of 50 megapixels in full colour": lambda: jpeg(width=10_000, height=5_000, subsampling=0),
}


@pytest.mark.parametrize(("content", "kind"), REFUSED.values(), ids=REFUSED.keys())
def test_a_hostile_file_is_refused_in_no_time(
    tmp_path: Path, cost: Cost, content: Callable[[], bytes], kind: str
) -> None:
    path = tmp_path / "hostile.png"
    path.write_bytes(content())
    found = probe_image(path)

    assert isinstance(found, MediaFault)
    assert found.kind == kind
    if sys.platform == "linux":
        seconds, megabytes = cost("probe_image", path)
        assert seconds < 2
        assert megabytes < 300


@pytest.mark.parametrize("content", TAKEN.values(), ids=TAKEN.keys())
def test_a_large_picture_is_taken_in_bounded_memory(
    tmp_path: Path, cost: Cost, content: Callable[[], bytes]
) -> None:
    path = tmp_path / "large.png"
    path.write_bytes(content())

    assert isinstance(probe_image(path), ImageFacts)
    if sys.platform == "linux":
        assert cost("probe_image", path)[1] < 300


def test_what_is_too_much_is_told_with_both_numbers(tmp_path: Path) -> None:
    path = tmp_path / "scans.jpg"
    path.write_bytes(scans(500))
    found = probe_image(path)

    assert isinstance(found, MediaFault)
    assert found.message == (
        "has 506 scans of 50,000,000 samples; at most 1,000,000,000 are decoded"
    )


@pytest.mark.parametrize(
    "options",
    [{"exif": b"Exif\0\0" + bytes(60_000)}, {"icc_profile": bytes(2_000_000)}, {"comment": "a"}],
    ids=["exif", "profile", "comment"],
)
def test_what_cameras_write_is_taken(tmp_path: Path, options: dict[str, Any]) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(jpeg(progressive=True, **options))

    assert isinstance(probe_image(path), ImageFacts)


@given(st.sampled_from(["jpeg", "png"]), st.binary(max_size=200), st.integers(2, 700))
def test_no_bytes_put_into_a_picture_make_it_raise(
    tmp_path_factory: pytest.TempPathFactory, form: str, put: bytes, at: int
) -> None:
    whole = jpeg() if form == "jpeg" else png(64, 64)
    path = tmp_path_factory.getbasetemp() / "fuzzed.png"
    path.write_bytes(whole[:at] + put + whole[at + len(put) :])

    probe_image(path)


def test_what_stands_behind_the_end_of_a_jpeg_is_not_counted(tmp_path: Path) -> None:
    """Telephones put a second picture, or a film, there."""
    path = tmp_path / "moving.jpg"
    path.write_bytes(jpeg() + jpeg() * 30_000)

    assert isinstance(probe_image(path), ImageFacts)
