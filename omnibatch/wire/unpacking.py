"""Bodies that come compressed although none was asked for, unpacked within a bound.

A gateway may compress all the same, and the id of a paid task stands in there. 64 KB can
unpack to 64 MB, so the bound is held while it unpacks, not after.
"""

import zlib

__all__ = ["CannotUnpack", "TooLong", "unpack"]

_GZIP = 16 + zlib.MAX_WBITS
_ZLIB = zlib.MAX_WBITS
_BARE = -zlib.MAX_WBITS
_WINDOWS = {"gzip": (_GZIP,), "x-gzip": (_GZIP,), "deflate": (_ZLIB, _BARE)}


class TooLong(Exception):
    """A body is longer than is read."""

    def __init__(self, longest: int) -> None:
        super().__init__(f"the reply is longer than {longest} bytes")


class CannotUnpack(Exception):
    """A body is not what its content coding says."""


def unpack(body: bytes, coding: str, *, longest: int) -> bytes:
    """Return `body` unpacked, if `coding` is one that everybody has; else as it is.

    Raise `TooLong` beyond `longest` bytes, before more is made of it, and `CannotUnpack`.
    """
    windows = _WINDOWS.get(coding.strip().lower(), ())
    for window in windows if body else ():
        try:
            return _inflate(body, window, longest)
        except zlib.error:
            continue
    if windows and body:
        raise CannotUnpack(f"the reply cannot be unpacked as {coding.strip()}")
    return body


def _inflate(body: bytes, window: int, longest: int) -> bytes:
    """Unpack one stream; what stands behind it is nobody's. Raise `zlib.error` if it is cut."""
    stream = zlib.decompressobj(window)
    unpacked = stream.decompress(body, longest + 1)
    if len(unpacked) > longest:
        raise TooLong(longest)
    if not stream.eof:
        raise zlib.error("cut off")
    return unpacked
