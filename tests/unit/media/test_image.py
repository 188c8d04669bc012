"""What is read of an image file, and what is said of a file that is none."""

import hashlib
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from omnibatch.media import ImageFacts, MediaFault, probe_image

Picture = Callable[..., Path]


def facts(path: Path) -> ImageFacts:
    found = probe_image(path)
    assert isinstance(found, ImageFacts), found
    return found


def fault(path: Path) -> MediaFault:
    found = probe_image(path)
    assert isinstance(found, MediaFault), found
    return found


def png_of_zeros(path: Path, width: int, height: int) -> Path:
    """A grey PNG whose pixels are all 0: a few kilobytes for any size."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    packer = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    pixels = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )
    return path


def test_a_png_is_measured_and_hashed(picture: Picture) -> None:
    path = picture("a.png", 320, 640)
    content = path.read_bytes()

    assert facts(path) == ImageFacts(
        format="png",
        width=320,
        height=640,
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def test_the_format_comes_from_the_bytes_not_from_the_name(picture: Picture) -> None:
    assert facts(picture("photo.png", 300, 300, format="JPEG")).format == "jpeg"


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_width_and_height_are_those_that_a_viewer_shows(picture: Picture, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    found = facts(picture("turned.jpg", 400, 300, format="JPEG", exif=exif))

    shown = (300, 400) if orientation in (6, 8) else (400, 300)
    assert (found.width, found.height) == shown


def test_damaged_exif_does_not_make_a_picture_damaged(picture: Picture) -> None:
    path = picture("odd.jpg", 400, 300, format="JPEG", exif=b"Exif\0\0MM\0*\0\0\xff\xff\xff\xff")

    assert facts(path).width == 400


@pytest.mark.parametrize("options", [{}, {"progressive": True}], ids=["baseline", "progressive"])
@pytest.mark.parametrize("kept", [0.3, 0.9])
def test_a_truncated_jpeg_is_damaged(
    picture: Picture, options: dict[str, object], kept: float
) -> None:
    path = picture("cut.jpg", 600, 600, format="JPEG", **options)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])

    assert fault(path).kind == "damaged"


@pytest.mark.parametrize("lost", [12, 13, 500])
def test_a_truncated_png_is_damaged(picture: Picture, lost: int) -> None:
    path = picture("cut.png", 300, 300)
    path.write_bytes(path.read_bytes()[:-lost])

    assert fault(path).kind == "damaged"


def test_a_png_with_a_flipped_byte_is_damaged(picture: Picture) -> None:
    path = picture("flipped.png", 300, 300)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)

    assert fault(path).kind == "damaged"


def test_a_damaged_picture_is_told_with_the_reason(picture: Picture) -> None:
    path = picture("cut.jpg", 600, 600, format="JPEG")
    path.write_bytes(path.read_bytes()[:2000])

    assert "cannot be decoded to its end: image file is truncated" in fault(path).message


def test_a_header_without_pixels_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "stub.jpg"
    path.write_bytes(b"\xff\xd8\xff\xe0")

    assert fault(path).kind == "damaged"


def test_a_hundred_megapixels_in_a_few_kilobytes_are_never_decoded(tmp_path: Path) -> None:
    path = png_of_zeros(tmp_path / "bomb.png", 10_000, 10_000)

    assert path.stat().st_size < 20_000
    assert fault(path).kind == "too_many_pixels"


def test_more_pixels_than_are_decoded_are_told_with_both_numbers(tmp_path: Path) -> None:
    found = fault(png_of_zeros(tmp_path / "large.png", 10_000, 5_001))

    assert found.kind == "too_many_pixels"
    assert "50,010,000" in found.message
    assert "50,000,000" in found.message


def test_fifty_megapixels_are_still_decoded(tmp_path: Path) -> None:
    assert facts(png_of_zeros(tmp_path / "limit.png", 10_000, 5_000)).width == 10_000


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- drawn -->\n<svg/>", "SVG"),
        (b"GIF89a" + bytes(20), "GIF"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "WebP"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "HEIC"),
        (b"\x00\x00\x00\x18ftypavif\x00\x00\x00\x00", "AVIF"),
        (b"\x00\x00\x00\x18ftypisom\x00\x00\x00\x00", "MP4 video"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "HTML"),
        (b"%PDF-1.7", "PDF"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "Git LFS pointer"),
    ],
)
def test_another_format_is_named_whatever_the_name_says(
    tmp_path: Path, content: bytes, name: str
) -> None:
    path = tmp_path / "renamed.png"
    path.write_bytes(content)
    found = fault(path)

    assert found.kind == "other_format"
    assert f"holds {name}," in found.message


def test_a_git_lfs_pointer_is_cured_by_fetching_the_picture(tmp_path: Path) -> None:
    path = tmp_path / "pointer.png"
    path.write_bytes(b"version https://git-lfs.github.com/spec/v1\n")

    assert "git lfs pull" in fault(path).hint


def test_bytes_that_nobody_knows_are_no_image(tmp_path: Path) -> None:
    path = tmp_path / "noise.png"
    path.write_bytes(b"no picture at all")

    assert fault(path).kind == "unknown_format"


def test_an_empty_file_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "empty.png"
    path.touch()

    assert fault(path).kind == "empty"


def test_a_missing_file_is_missing(tmp_path: Path) -> None:
    assert fault(tmp_path / "nowhere.png").kind == "missing"


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    assert fault(tmp_path).kind == "not_a_file"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_named_pipe_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.png"
    os.mkfifo(pipe)

    assert fault(pipe).kind == "not_a_file"


def test_a_path_that_no_system_takes_is_unreadable() -> None:
    assert fault(Path("a\0b.png")).kind == "unreadable"


def test_a_file_below_a_file_is_unreadable(picture: Picture) -> None:
    assert fault(picture("a.png", 300, 300) / "b.png").kind == "unreadable"


def test_a_huge_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "huge.png"
    with path.open("wb") as file:
        file.truncate(64 * 1024 * 1024 + 1)
    found = fault(path)

    assert found.kind == "too_many_bytes"
    assert "67,108,865" in found.message
    assert "67,108,864" in found.message
