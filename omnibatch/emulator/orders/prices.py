"""What a clip costs: the emulator's own copy of a published table.

Source: apimodels.app, "Kling Omni-Video", price tables in US dollars per second, read
2026-11-22. CometAPI publishes no price for this endpoint, so both dialects charge these.
"""

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["charge_micros", "dollars"]

_MICROS_PER_SECOND: Mapping[tuple[str, str], int] = MappingProxyType(
    {
        ("std", "silent"): 63_300,
        ("std", "kept"): 85_300,
        ("std", "sound"): 95_600,
        ("pro", "silent"): 85_300,
        ("pro", "kept"): 105_900,
        ("pro", "sound"): 128_000,
    }
)


def charge_micros(*, model: str, mode: str, seconds: int, sound: bool, keeps_sound: bool) -> int:
    """Return the price of a clip in millionths of a dollar.

    The table of kling-video-o1 has no column for a kept sound: there it costs nothing.
    """
    kept = keeps_sound and model != "kling-video-o1"
    column = "sound" if sound else "kept" if kept else "silent"
    return _MICROS_PER_SECOND[mode, column] * seconds


def dollars(micros: int) -> str:
    """Write an amount of millionths of a dollar: `0.3165 USD`, `1.50 USD`."""
    whole, fraction = divmod(micros, 1_000_000)
    return f"{whole}.{f'{fraction:06}'.rstrip('0'):0<2} USD"
