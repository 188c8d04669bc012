"""Base64 images in a create body: the providers take them raw, and look at them.

Limits (CometAPI's Omni Video page): PNG or JPEG, 10 MB, 300 px per side, sides from
1:2.5 to 2.5:1. The page does not say what a `data:` prefix does; clients in the field
report that it is refused, and so does this.
"""

import base64
import binascii
import io
from typing import TYPE_CHECKING

from omnibatch.emulator.orders.fields import OrderError

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

__all__ = ["Size", "check_image"]

Size = tuple[int, int]

_MAX_BYTES = 10 * 1024 * 1024
_MIN_SIDE = 300
_MAX_RATIO = 2.5
_MAX_PIXELS = 64_000_000


def check_image(value: str, where: str) -> Size | None:
    """Return width and height in pixels of a Base64 image; None for the URL of one.

    Raise `OrderError` for anything that the provider would not take as an image.
    """
    if value.startswith(("http://", "https://")):
        return None
    if value.startswith("data:"):
        raise OrderError(f"{where} must be raw Base64, without the data: prefix")
    try:
        data = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise OrderError(f"{where} is neither a URL nor Base64") from None
    if len(data) > _MAX_BYTES:
        raise OrderError(f"{where} is larger than 10 MB")
    width, height = _decode(data, where)
    if min(width, height) < _MIN_SIDE:
        raise OrderError(f"{where}: Image pixel is invalid, {width}x{height} is under 300 px")
    if max(width, height) > _MAX_RATIO * min(width, height):
        raise OrderError(f"{where}: Image aspect ratio is invalid, {width}x{height}")
    return width, height


def _decode(data: bytes, where: str) -> Size:
    try:
        with _open(data) as image:
            width, height = image.size
            if width * height > _MAX_PIXELS:  # a small file may unfold to gigabytes
                raise OrderError(f"{where} has more than {_MAX_PIXELS} pixels")
            image.load()
    except (OSError, SyntaxError):
        raise OrderError(f"{where} is not a readable PNG or JPEG image") from None
    return width, height


def _open(data: bytes) -> "ImageFile":
    # By their own classes: Image.open would try forty formats, and warn of large pictures.
    from PIL.JpegImagePlugin import JpegImageFile
    from PIL.PngImagePlugin import PngImageFile

    if data.startswith(b"\x89PNG"):
        return PngImageFile(io.BytesIO(data))
    return JpegImageFile(io.BytesIO(data))
