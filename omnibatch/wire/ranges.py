"""Whether a reply goes on where a broken download ended (RFC 9110, sections 8.8.3 and 14)."""

import re
from collections.abc import Sequence

from omnibatch.wire.partial import Kept

__all__ = ["continues", "header", "length_of", "range_headers", "strong_etag"]

Headers = Sequence[tuple[bytes, bytes]]

_STRONG = re.compile(r'"[!#-~\x80-\xff]{1,200}"')
_CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,18}")


def header(headers: Headers, name: bytes) -> str:
    """The value of a header; "" where it is missing, or given more than once differently."""
    values = {value for given, value in headers if given.lower() == name}
    return values.pop().decode("latin-1").strip() if len(values) == 1 else ""


def length_of(headers: Headers) -> int | None:
    """The bytes that the body will have, where that is promised."""
    text = header(headers, b"content-length")
    return int(text) if _NUMBER.fullmatch(text) else None


def strong_etag(headers: Headers) -> str | None:
    """The validator that changes with every byte of the file; a weak one is none."""
    etag = header(headers, b"etag")
    return etag if _STRONG.fullmatch(etag) else None


def range_headers(kept: Kept) -> list[tuple[bytes, bytes]]:
    """Ask for the rest of the very file that the first part is of, or for all of another."""
    return [
        (b"range", b"bytes=%d-" % kept.bytes),
        (b"if-range", kept.etag.encode("latin-1")),
    ]


def continues(headers: Headers, kept: Kept) -> bool:
    """Tell whether a 206 begins exactly where `kept` ends, in a file that is still the same.

    The validator must stand in the reply itself: that we asked for it proves nothing of
    a server, or a cache before it, that does not know `If-Range`.
    """
    match = _CONTENT_RANGE.fullmatch(header(headers, b"content-range"))
    if match is None:
        return False
    first, last, total = map(int, match.groups())
    length = length_of(headers)
    return (
        (first, total) == (kept.bytes, kept.total)
        and first <= last < total
        and length in (None, last - first + 1)
        and strong_etag(headers) == kept.etag
    )
