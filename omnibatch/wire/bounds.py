"""What a download may take: bytes in all, seconds in all, and how slow it may be."""

from dataclasses import dataclass

__all__ = ["FetchBounds"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchBounds:
    """A 15 s clip at 1080p is some 40 MB; the bounds are for streams that never end.

    Each `window_bytes` must come within `window_s` seconds of those before; the first
    within as much of the start, connecting included.
    """

    most_bytes: int = 2 * 1024**3
    within_s: float = 1800.0
    window_s: float = 60.0
    window_bytes: int = 64 * 1024
