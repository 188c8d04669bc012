"""HTTP byte ranges: one range of a known size (RFC 9110, section 14)."""

import re

__all__ = ["Unsatisfiable", "byte_range"]

_FORM = re.compile(r"bytes=[ \t]*([0-9]{0,18})-([0-9]{0,18})[ \t]*", re.IGNORECASE)


class Unsatisfiable(ValueError):
    """A range that lies wholly outside of the file."""


def byte_range(header: str | None, size: int) -> tuple[int, int] | None:
    """Return first and last byte position asked for; None for the whole file.

    A header that is not one byte range is ignored, as the RFC allows. Raise
    `Unsatisfiable` for a range that begins behind the end.
    """
    match = _FORM.fullmatch(header or "")
    if match is None or not (match[1] or match[2]):
        return None
    if not match[1]:
        length = int(match[2])
        if length == 0 or size == 0:
            raise Unsatisfiable(header)
        return max(0, size - length), size - 1
    first = int(match[1])
    last = int(match[2]) if match[2] else size - 1
    if match[2] and last < first:
        return None
    if first >= size:
        raise Unsatisfiable(header)
    return first, min(last, size - 1)
