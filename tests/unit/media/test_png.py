"""Whether all pixels of a picture are there, and that what stands behind it does not count."""

import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from omnibatch.media.facts import ImageFacts, MediaFault
from omnibatch.media.image import probe_image
from omnibatch.media.png import missing_bytes


def picture(mode: str = "RGB", size: tuple[int, int] = (37, 23), **options: Any) -> bytes:
    made = BytesIO()
    Image.new(mode, size).save(made, options.pop("form", "PNG"), **options)
    return made.getvalue()


def chunk(name: bytes, data: bytes = b"") -> bytes:
    return len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_no_byte_of_a_whole_png_is_missing(mode: str) -> None:
    assert missing_bytes(picture(mode)) == 0


def test_each_byte_that_a_png_lacks_is_counted() -> None:
    whole = picture(size=(10, 10))
    start, end = whole.index(b"IDAT"), whole.index(b"IEND") - 4
    pixels = zlib.decompress(whole[start + 4 : end - 4])

    cut = whole[: start - 4] + chunk(b"IDAT", zlib.compress(pixels[:-7])) + whole[end:]

    assert missing_bytes(cut) == 7


def test_a_png_with_rows_missing_is_damaged(tmp_path: Path) -> None:
    whole = picture(size=(400, 400))
    start, end = whole.index(b"IDAT") - 4, whole.index(b"IEND") - 4
    path = tmp_path / "a.png"
    path.write_bytes(whole[:start] + chunk(b"IDAT", zlib.compress(bytes(1201))) + whole[end:])

    found = probe_image(path)

    assert isinstance(found, MediaFault)
    assert "479,199 bytes of its pixels are missing" in found.message


def test_what_follows_the_end_of_a_png_is_no_part_of_it(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(picture(size=(400, 400)) + bytes(1_000_000))

    assert isinstance(probe_image(path), ImageFacts)


def test_a_video_behind_a_jpeg_has_no_scans(tmp_path: Path) -> None:
    """As telephones write them: a picture with a clip after its end."""
    path = tmp_path / "a.jpg"
    path.write_bytes(picture(size=(400, 400), form="JPEG") + b"\xff\xda\0\2" * 1000)

    assert isinstance(probe_image(path), ImageFacts)
