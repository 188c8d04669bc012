"""An image file probed: header first, then a bounded decode to see that it is whole."""

import hashlib
import io
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, cast

from omnibatch.media.facts import ImageFacts, ImageFormat, MediaFault
from omnibatch.media.files import read_bounded
from omnibatch.media.sniff import sniff
from omnibatch.media.structure import missing_bytes, too_many_parts

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["MAX_PIXELS", "probe_image"]

# A few kilobytes of PNG can hold gigabytes of pixels. Nothing over this is decoded; it
# is over what a 45-megapixel camera makes, and the clips have 2 megapixels.
MAX_PIXELS = 50_000_000

# 45 megapixels with the usual, halved colours.
_MOST_KEPT_BYTES = 150_000_000
_COEFFICIENT_BYTES = 2

_ORIENTATION = 0x0112  # EXIF 2.3, table 4
_TURNED_SIDEWAYS = frozenset({5, 6, 7, 8})

_CURES = {
    "Git LFS pointer": "fetch the picture itself: git lfs pull",
    "HTML": "this is a web page saved under an image's name: download the picture itself",
}


def probe_image(path: Path) -> ImageFacts | MediaFault:
    """Read the facts of one image from its bytes.

    The file is read once, so that facts and hash are of the same bytes. It must be a
    regular file of 1 byte to 64 MiB with a PNG or JPEG of at most 50 megapixels that
    decodes to its end; otherwise the fault says which of these fails.
    """
    content = read_bounded(path)
    if isinstance(content, MediaFault):
        return content
    kind = sniff(content)
    if kind is None:
        return MediaFault(
            "unknown_format", "is not an image that can be recognised", "use a PNG or JPEG file"
        )
    if kind not in ("jpeg", "png"):
        cure = _CURES.get(kind, "convert it to PNG or JPEG; renaming is not enough")
        return MediaFault("other_format", f"holds {kind}, not PNG or JPEG", cure)
    parts = too_many_parts(content, kind)
    if parts is not None:
        return MediaFault("damaged", parts, "save it anew with an image editor")
    size = _measure(content, kind)
    if isinstance(size, MediaFault):
        return size
    return ImageFacts(
        format=cast("ImageFormat", kind),
        width=size[0],
        height=size[1],
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )


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
                kept = _kept_bytes(image)
                if kept > _MOST_KEPT_BYTES:
                    return MediaFault(
                        "too_many_pixels",
                        f"is a progressive JPEG that takes {kept:,} bytes to decode; at most"
                        f" {_MOST_KEPT_BYTES:,}",
                        "save it as a baseline JPEG, or smaller: a clip has 2,000,000 pixels",
                    )
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


def _kept_bytes(image: "Image") -> int:
    """What the decoder of a progressive JPEG keeps of all its scans, until the last one."""
    layers = getattr(image, "layer", ())
    if not image.info.get("progressive") or not layers:
        return 0
    across, down = max(layer[1] for layer in layers), max(layer[2] for layer in layers)
    share = sum(layer[1] * layer[2] for layer in layers) / (across * down)
    return int(image.width * image.height * share * _COEFFICIENT_BYTES)


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
        f"has {amount}; at most {MAX_PIXELS:,} are decoded",
        "save a smaller copy: a clip has about 2,000,000 pixels",
    )
