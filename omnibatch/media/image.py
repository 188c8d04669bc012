"""An image file probed: header first, then a bounded decode to see that it is whole."""

import hashlib
import io
import warnings
from collections.abc import MutableMapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

from omnibatch.media.facts import ImageFacts, ImageFormat, MediaFault
from omnibatch.media.files import read_bounded
from omnibatch.media.parts import MOST_PARTS, count_png, read_jpeg
from omnibatch.media.png import missing_bytes
from omnibatch.media.sniff import sniff

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["MAX_PIXELS", "probe_image"]

# A few kilobytes of PNG can hold gigabytes of pixels. Nothing over this is decoded; it
# is over what a 45-megapixel camera makes, and the clips have 2 megapixels.
MAX_PIXELS = 50_000_000
# Of a JPEG that is decoded as a whole: 50 megapixels as cameras store colour, two bytes
# each.
_MAX_SAMPLES = 75_000_000
# Each scan of a JPEG goes over all its pixels, and may take a hundred bytes.
_MAX_SCANNED = 20 * MAX_PIXELS

_ORIENTATION = 0x0112  # EXIF 2.3, table 4
_TURNED_SIDEWAYS = frozenset({5, 6, 7, 8})

_CURES = {
    "Git LFS pointer": "fetch the picture itself: git lfs pull",
    "HTML": "this is a web page saved under an image's name: download the picture itself",
}


def probe_image(
    path: Path, known: MutableMapping[str, ImageFacts | MediaFault] | None = None
) -> ImageFacts | MediaFault:
    """Read the facts of one image from its bytes.

    The file is read once, so that facts and hash are of the same bytes. It must be a
    regular file of 1 byte to 64 MiB with a PNG or JPEG of at most 50 megapixels that
    decodes to its end; otherwise the fault says which of these fails. `known` holds what
    was found of contents, by their SHA-256: looked up there first, and added.
    """
    content = read_bounded(path)
    if isinstance(content, MediaFault):
        return content
    sha256 = hashlib.sha256(content).hexdigest()
    found = None if known is None else known.get(sha256)
    if found is None:
        found = _facts(content, sha256)
        if known is not None:
            known[sha256] = found
    return found


def _facts(content: bytes, sha256: str) -> ImageFacts | MediaFault:
    kind = sniff(content)
    if kind is None:
        return MediaFault(
            "unknown_format", "is not an image that can be recognised", "use a PNG or JPEG file"
        )
    if kind not in ("jpeg", "png"):
        cure = _CURES.get(kind, "convert it to PNG or JPEG; renaming is not enough")
        return MediaFault("other_format", f"holds {kind}, not PNG or JPEG", cure)
    too_many = _too_many_parts(content, kind)
    if too_many is not None:
        return too_many
    size = _measure(content, kind)
    if isinstance(size, MediaFault):
        return size
    return ImageFacts(
        format=cast("ImageFormat", kind),
        width=size[0],
        height=size[1],
        size_bytes=len(content),
        sha256=sha256,
    )


def _too_many_parts(content: bytes, kind: str) -> MediaFault | None:
    if kind == "png":
        parts = count_png(content)
    else:
        jpeg = read_jpeg(content)
        parts = jpeg.parts
        if jpeg.is_buffered and jpeg.samples > _MAX_SAMPLES:
            return MediaFault(
                "too_many_pixels",
                f"has {jpeg.samples:,} samples, and is progressive; "
                f"at most {_MAX_SAMPLES:,} are decoded at once",
                "save a smaller copy: a clip has about 2,000,000 pixels",
            )
        if jpeg.scans * jpeg.samples > _MAX_SCANNED and jpeg.scans > 1:
            return MediaFault(
                "too_many_parts",
                f"has {jpeg.scans:,} scans of {jpeg.samples:,} samples; "
                f"at most {_MAX_SCANNED:,} are decoded",
                "open it in a picture editor, and save it anew",
            )
    if parts > MOST_PARTS:
        return MediaFault(
            "too_many_parts",
            f"is made of more than {MOST_PARTS:,} parts, as no picture is",
            "open it in a picture editor, and save it anew",
        )
    return None


def _measure(content: bytes, kind: str) -> tuple[int, int] | MediaFault:
    """Width and height as shown, of an image that decodes to its end."""
    from PIL import Image, UnidentifiedImageError  # here: slow, and needed for images alone

    with warnings.catch_warnings():
        # Pillow prints warnings about odd metadata; only the one about size matters.
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(content), formats=[kind]) as image:
                width, height = image.size
                if width * height > MAX_PIXELS:
                    return _too_many_pixels(f"{width * height:,} pixels")
                image.verify()
            with Image.open(io.BytesIO(content), formats=[kind]) as image:
                lacking = missing_bytes(content) if kind == "png" else 0
                if lacking:
                    return _damaged(f"{lacking:,} bytes of its pixels are missing")
                _decode(image)
                turned = _is_turned_sideways(image)
        except (Image.DecompressionBombWarning, Image.DecompressionBombError):
            return _too_many_pixels(f"over {Image.MAX_IMAGE_PIXELS or 0:,} pixels")
        except UnidentifiedImageError:
            return _damaged("its first bytes are not in order")
        except Exception as error:  # a decoder fed with damaged bytes may raise anything
            return _damaged(str(error) or type(error).__name__)
    return (height, width) if turned else (width, height)


def _decode(image: "Image") -> None:
    """Decode to the last byte. A JPEG is decoded at an eighth of its size: the whole
    stream is read either way, and this takes a fraction of the time and memory.
    """
    image.draft(None, (max(1, image.width // 8), max(1, image.height // 8)))
    image.load()


def _is_turned_sideways(image: "Image") -> bool:
    """Whether a viewer swaps width and height. Unreadable EXIF turns nothing."""
    try:
        return image.getexif().get(_ORIENTATION) in _TURNED_SIDEWAYS
    except Exception:  # EXIF is a small TIFF file: damaged, it may raise anything too
        return False


def _damaged(why: str) -> MediaFault:
    return MediaFault(
        "damaged", f"cannot be decoded to its end: {why}", "export or download it again"
    )


def _too_many_pixels(amount: str) -> MediaFault:
    return MediaFault(
        "too_many_pixels",
        f"has {amount}, limit {MAX_PIXELS:,}",
        "save a smaller copy: a clip has about 2,000,000 pixels",
    )
