"""What a second costs, by mode and sound, each rate with where it stands.

A rate that nobody states is absent here: an unknown price is unknown, never zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from omnibatch.money import Money
from omnibatch.providers.limits import Source
from omnibatch.shots import Sound

__all__ = ["RATES", "Rate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """The price of one second of clip in one mode with one kind of sound."""

    mode: str
    sound: Sound
    per_second: Money
    source: Source


# The page says "from $0.0064" a second above this table, whose least rate is ten times
# that, and calls the same discount 85 % in English and 15 % ("8.5折") in Chinese. The
# table is believed.
APIMODELS_PAGE: Final = Source(
    "apimodels.app, Kling Omni Video", "https://apimodels.app/docs/kling-omni-video", "2026-11-22"
)


def _rate(mode: str, sound: Sound, dollars: str) -> Rate:
    return Rate(
        mode=mode,
        sound=sound,
        per_second=Money(Decimal(dollars), "USD"),
        source=APIMODELS_PAGE,
    )


_EVERY_MODEL: Final = (
    _rate("std", "off", "0.0633"),
    _rate("std", "on", "0.0956"),
    _rate("pro", "off", "0.0853"),
    _rate("pro", "on", "0.1280"),
)

RATES: Final[Mapping[tuple[str, str], tuple[Rate, ...]]] = {
    ("apimodels", "kling-video-o1"): _EVERY_MODEL,
    ("apimodels", "kling-v3-omni"): (
        *_EVERY_MODEL,
        _rate("std", "original", "0.0853"),
        _rate("pro", "original", "0.1059"),
    ),
    # No page of CometAPI states a price for these models.
    ("cometapi", "kling-video-o1"): (),
    ("cometapi", "kling-v3-omni"): (),
}
"""Rates by provider and model."""
