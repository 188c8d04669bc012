"""The one table of models: what each takes at each provider, and what a second costs.

CometAPI and apimodels.app both pass requests on to Kling's omni-video endpoint, so that
Kling's own limits hold wherever a reseller's page is silent. Where two pages disagree,
the stricter reading is taken.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Final

from omnibatch.money import Money
from omnibatch.providers.limits import Fact, Limits, Source, Span, cited
from omnibatch.providers.prices import APIMODELS_PAGE, RATES, Rate
from omnibatch.shots import PriceRule, Shot

__all__ = ["TABLE", "Doubt", "ModelRow", "Table", "price_of"]

KLING_PAGE: Final = Source(
    "Kling, Omni Video API, as copied on 2026-03-27",
    "https://github.com/artykrd/ai-bot-misha/blob/1455ed30/docs/kling_full.md",
    "2026-11-22",
)
KLING_AUDIO: Final = Source(
    "Audio of Kling's models, checked against klingai.com (ArcReel issue 1576)",
    "https://github.com/ArcReel/ArcReel/issues/1576",
    "2026-11-22",
)
COMET_PAGE: Final = Source(
    "CometAPI, Omni Video",
    "https://cometapi.mintlify.app/zh-Hans/api/video/kling/omni-video",
    "2026-11-22",
)

MIB = 1024 * 1024  # no page says which megabyte it means; the binary one is taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Something the provider may ignore or refuse: tried, but said.

    `about` is `model`, or the key of a shot that the provider's page does not mention.
    """

    about: str
    message: str
    hint: str
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRow:
    """One model at one provider."""

    provider: str
    model: str
    limits: Limits
    rates: tuple[Rate, ...] = ()
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Every model known at every provider, in the order in which they are listed.

    `prices` are the user's own, and count before those of the rows.
    """

    rows: tuple[ModelRow, ...]
    prices: tuple[PriceRule, ...] = ()

    def with_prices(self, prices: tuple[PriceRule, ...]) -> "Table":
        """The same table with the user's own prices over it."""
        return replace(self, prices=prices) if prices else self

    def per_second(self, provider: str, model: str, mode: str, sound: str) -> Money | None:
        """What a second costs, or None where nobody says.

        Of the user's own prices the one with the most words that fit counts, and of two
        such the one written last.
        """
        best: tuple[int, PriceRule] | None = None
        for rule in self.prices:
            fit = _fit(rule, provider, model, mode, sound)
            if fit is not None and (best is None or fit >= best[0]):
                best = fit, rule
        if best is not None:
            return best[1].per_second
        row = self.row(provider, model)
        for rate in () if row is None else row.rates:
            if rate.mode == mode and rate.sound == sound:
                return rate.per_second
        return None

    def row(self, provider: str, model: str) -> ModelRow | None:
        """The row of `model` at `provider`, or None where it is not known there."""
        for row in self.rows:
            if row.provider == provider and row.model == model:
                return row
        return None

    def providers(self) -> tuple[str, ...]:
        """The names of all providers."""
        return tuple(dict.fromkeys(row.provider for row in self.rows))

    def at(self, provider: str) -> tuple[ModelRow, ...]:
        """The rows of `provider`."""
        return tuple(row for row in self.rows if row.provider == provider)

    def models(self, provider: str) -> tuple[str, ...]:
        """The names of the models known at `provider`."""
        return tuple(row.model for row in self.at(provider))


_V3_OMNI: Final = Limits(
    prompt_length=Fact(2500, "characters", KLING_PAGE),
    modes=Fact(("std", "pro"), "", KLING_PAGE),
    aspect_ratios=Fact(("16:9", "9:16", "1:1"), "", KLING_PAGE),
    duration=Fact(Span(3, 15), "s", KLING_PAGE),
    duration_with_video=Fact(Span(3, 10), "s", KLING_PAGE),
    plain_durations=Fact(None, "s", KLING_PAGE),
    references=Fact(7, "images and elements", KLING_PAGE),
    references_with_video=Fact(4, "images and elements", KLING_PAGE),
    videos=Fact(1, "", KLING_PAGE),
    image_formats=Fact(("png", "jpeg"), "", KLING_PAGE),
    image_bytes=Fact(10 * MIB, "bytes", KLING_PAGE),
    image_side=Fact(300, "px", KLING_PAGE),
    image_ratio=Fact(Decimal("2.5"), ": 1", KLING_PAGE),
    end_frame_images=Fact(None, "images", KLING_PAGE),
    first_frame_elements=Fact(3, "elements", KLING_PAGE),
    end_frame_elements=Fact(3, "elements", KLING_PAGE),
    sounds=Fact(("off", "on", "original"), "", KLING_AUDIO),
    parts=Fact(Span(1, 6), "parts", KLING_PAGE),
    part_prompt_length=Fact(512, "characters", KLING_PAGE),
    video_formats=Fact(("mp4", "mov"), "", KLING_PAGE),
    video_seconds=Fact(Span(3, 10), "s", KLING_PAGE),
    video_side=Fact(Span(720, 2160), "px", KLING_PAGE),
    video_frame_rate=Fact(Span(24, 60), "frames/s", KLING_PAGE),
    video_bytes=Fact(200 * MIB, "bytes", KLING_PAGE),
)

_O1: Final = replace(
    _V3_OMNI,
    duration=Fact(Span(3, 10), "s", KLING_PAGE),
    plain_durations=Fact((5, 10), "s", KLING_PAGE),
    end_frame_images=Fact(2, "images", KLING_PAGE),
    end_frame_elements=Fact(0, "elements", KLING_PAGE),
    sounds=Fact(("off", "original"), "", KLING_AUDIO),
    parts=Fact(None, "parts", KLING_PAGE),
    part_prompt_length=Fact(None, "characters", KLING_PAGE),
)

_STATED_BY_COMET = (
    *("prompt_length", "modes", "aspect_ratios", "references", "references_with_video", "videos"),
    *("image_formats", "image_bytes", "image_side", "image_ratio"),
    *("video_formats", "video_seconds", "video_side", "video_frame_rate", "video_bytes"),
)
_STATED_BY_APIMODELS = ("prompt_length", "modes", "duration")


def _unmentioned(key: str, source: Source) -> Doubt:
    return Doubt(
        about=key,
        message=f"the provider's page does not mention {key}: it may be ignored, and the clip billed",
        hint=f"render one shot first, or leave {key} out",
        source=source,
    )


TABLE: Final = Table(
    (
        ModelRow(
            provider="cometapi",
            model="kling-video-o1",
            limits=cited(_O1, COMET_PAGE, *_STATED_BY_COMET, "duration", "plain_durations"),
            rates=RATES["cometapi", "kling-video-o1"],
        ),
        ModelRow(
            provider="cometapi",
            model="kling-v3-omni",
            limits=cited(_V3_OMNI, COMET_PAGE, *_STATED_BY_COMET),
            rates=RATES["cometapi", "kling-v3-omni"],
            doubts=(
                Doubt(
                    about="model",
                    message="the provider's page names kling-video-o1 alone: kling-v3-omni "
                    "may be refused",
                    hint="render one shot first, or use provider: apimodels",
                    source=COMET_PAGE,
                ),
                _unmentioned("sound", COMET_PAGE),
                _unmentioned("multi_shot", COMET_PAGE),
            ),
        ),
        ModelRow(
            provider="apimodels",
            model="kling-video-o1",
            limits=cited(_O1, APIMODELS_PAGE, *_STATED_BY_APIMODELS),
            rates=RATES["apimodels", "kling-video-o1"],
        ),
        ModelRow(
            provider="apimodels",
            model="kling-v3-omni",
            limits=cited(_V3_OMNI, APIMODELS_PAGE, *_STATED_BY_APIMODELS),
            rates=RATES["apimodels", "kling-v3-omni"],
            doubts=(
                Doubt(
                    about="sound",
                    message="the provider's page prices sound, but does not say how to ask for it: "
                    "sound: on may be ignored, and the clip billed",
                    hint="render one shot first, and listen to it",
                    source=APIMODELS_PAGE,
                ),
                _unmentioned("multi_shot", APIMODELS_PAGE),
            ),
        ),
    )
)
"""The shipped table. A test or a plug-in may hand another one to whoever takes it."""


def price_of(shot: Shot, provider: str, table: Table = TABLE) -> Money | None:
    """What one take of `shot` costs at `provider`: its seconds times the rate.

    None means unknown: nobody states the rate, or the shot is an edit, which is as long
    as its video.
    """
    is_edit = shot.video is not None and shot.video.use == "base"
    if shot.duration is None or is_edit:
        return None
    rate = table.per_second(provider, shot.model, shot.mode, shot.sound)
    return None if rate is None else _product(rate, shot.duration)


@lru_cache(maxsize=1000)
def _product(rate: Money, seconds: int) -> Money:
    # A hundred thousand shots have a dozen prices: each is one value.
    return Money(rate.amount * seconds, rate.currency)


def _fit(rule: PriceRule, *words: str) -> int | None:
    """How many words of the rule fit; None where one does not."""
    count = 0
    for meant, word in zip((rule.provider, rule.model, rule.mode, rule.sound), words, strict=True):
        if meant and meant != word:
            return None
        count += bool(meant)
    return count
