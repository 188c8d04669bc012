"""Media files that are not what they are called: told with their place, quickly, and no more."""

import io
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from ..workplace import Workplace


def chunk(name: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def hundred_megapixels() -> bytes:
    """A PNG of 10,000 x 10,000 black pixels, one bit each, in 12 kB."""
    header = struct.pack(">IIBBBBB", 10_000, 10_000, 1, 0, 0, 0, 0)
    pixels = zlib.compress(bytes(10_000 * 1_251), 9)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (chunk(b"IHDR", header), chunk(b"IDAT", pixels), chunk(b"IEND"))
    )


def cut_jpeg() -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise((400, 400), 60).save(buffer, "JPEG")
    return buffer.getvalue()[:5000]


FILES: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "PNG of 100 megapixels": ("image", hundred_megapixels, "OB406"),
    "JPEG cut short": ("image", cut_jpeg, "OB409"),
    "SVG": ("image", lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "OB407"),
    "nothing": ("image", lambda: b"", "OB404"),
    "page for a video": ("video", lambda: b"<!DOCTYPE html><html>Sign in</html>", "OB407"),
    "picture for a video": ("video", cut_jpeg, "OB407"),
    "MP4 cut short": ("video", lambda: b"\0\0\0\x10ftypisom\0\0\0\0\0\1\0\0moov", "OB432"),
}


def write(place: Workplace, kind: str) -> None:
    place.write(
        [{"id": "s1", "prompt": "Like {{ ref.thing }}."}],
        references={"thing": {kind: "thing"}},
    )


@pytest.mark.parametrize(("kind", "content", "code"), FILES.values(), ids=FILES.keys())
def test_a_file_that_is_not_what_it_seems_is_told_with_its_place(
    place: Workplace, kind: str, content: Callable[[], bytes], code: str
) -> None:
    write(place, kind)
    (place.folder / "thing").write_bytes(content())
    before = place.listing()

    finished = place.run()

    assert finished.code == 3, finished.said
    lines = [line for line in finished.err.splitlines() if f" {code} thing " in line]
    assert len(lines) == 1
    assert lines[0].startswith("film.yaml:")
    assert "Traceback" not in finished.err
    assert place.listing() == before
    assert place.posts == 0


def test_a_png_of_100_megapixels_has_12_kilobytes() -> None:
    assert len(hundred_megapixels()) < 13_000


@pytest.mark.parametrize("kind", ["image", "video"])
@pytest.mark.parametrize("leads_to", ["pipe", "/dev/zero", "/etc/hostname"])
def test_what_is_no_file_of_ones_own_is_not_read(
    place: Workplace, kind: str, leads_to: str
) -> None:
    write(place, kind)
    thing = place.folder / "thing"
    if leads_to == "pipe":
        if not hasattr(os, "mkfifo"):
            pytest.skip("no named pipes on this system")
        os.mkfifo(thing)
    else:
        if not Path(leads_to).exists():
            pytest.skip(f"this system has no {leads_to}")
        thing.symlink_to(leads_to)

    finished = place.omnibatch("validate", "film.yaml")

    assert finished.code == 3, finished.said
    assert "film.yaml:" in finished.said
