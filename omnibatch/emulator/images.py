"""Base64 images in a create body: the providers take them raw, and look at them.

Limits (CometAPI's Omni Video page): PNG or JPEG, 10 MB, 300 px per side, sides from
1:2.5 to 2.5:1. The page does not say what a `data:` prefix does; clients in the field
report that it is refused, and so does this.
"""

import base64
import binascii
import io
import warnings

from omnibatch.emulator.fields import OrderError

__all__ = ["Size", "check_image"]

Size = tuple[int, int]

_MAX_BYTES = 10 * 1024 * 1024
_MIN_SIDE = 300
_MAX_RATIO = 2.5


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
    from PIL import Image

    try:
        with (
            warnings.catch_warnings(),
            Image.open(io.BytesIO(data), formats=["PNG", "JPEG"]) as image,
        ):
            # A picture that is tiny as a file and huge in memory only draws a warning.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image.load()
            return image.size
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Warning):
        raise OrderError(f"{where} is not a readable PNG or JPEG image") from None
