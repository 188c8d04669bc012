"""The table of limits and prices: figures, sources, and what a shot costs."""

from datetime import date
from decimal import Decimal

import pytest

from omnibatch.money import Money
from omnibatch.problems import Place
from omnibatch.providers import TABLE, ModelRow, Span, Table, price_of
from omnibatch.shots import Shot, Slot, Sound, UrlSource, VideoRef, VideoUse

PLACE = Place("film.yaml", 3, 5)


def shot(
    *,
    model: str = "kling-video-o1",
    mode: str = "std",
    sound: Sound = "off",
    duration: int | None = 5,
    video: VideoUse | None = None,
) -> Shot:
    source = UrlSource(url="https://example.com/sway.mp4")
    return Shot(
        slot=Slot("opening"),
        place=PLACE,
        providers=("apimodels",),
        model=model,
        prompt="a lighthouse",
        mode=mode,
        duration=duration,
        aspect_ratio="16:9",
        sound=sound,
        video=None if video is None else VideoRef(source=source, use=video, place=PLACE),
        target="opening.mp4",
    )


def row(provider: str, model: str) -> ModelRow:
    found = TABLE.row(provider, model)
    assert found is not None
    return found


def test_the_table_holds_both_models_at_both_providers() -> None:
    assert TABLE.providers() == ("cometapi", "apimodels")
    assert TABLE.models("cometapi") == ("kling-video-o1", "kling-v3-omni")
    assert TABLE.models("apimodels") == ("kling-video-o1", "kling-v3-omni")


def test_what_is_not_in_the_table_has_no_row() -> None:
    assert TABLE.row("apimodels", "kling-v9") is None
    assert TABLE.row("nobody", "kling-video-o1") is None
    assert TABLE.models("nobody") == ()


@pytest.mark.parametrize("entry", TABLE.rows, ids=lambda r: f"{r.provider}/{r.model}")
def test_every_fact_rate_and_doubt_has_a_source_with_a_date(entry: ModelRow) -> None:
    sources = [
        *(fact.source for _, fact in entry.limits.facts()),
        *(rate.source for rate in entry.rates),
        *(doubt.source for doubt in entry.doubts),
    ]

    assert len(sources) > 20
    for source in sources:
        assert source.title
        assert source.url.startswith("https://")
        assert date.fromisoformat(source.date) >= date(2026, 11, 22)


def test_a_fact_cites_the_page_of_the_provider_that_states_it() -> None:
    comet = row("cometapi", "kling-video-o1").limits
    resold = row("apimodels", "kling-video-o1").limits

    assert "cometapi" in comet.image_bytes.source.url
    assert "kling" in resold.image_bytes.source.url
    assert comet.image_bytes.value == resold.image_bytes.value


def test_the_two_models_differ_where_their_pages_do() -> None:
    o1 = row("cometapi", "kling-video-o1").limits
    omni = row("cometapi", "kling-v3-omni").limits

    assert (o1.duration.value, omni.duration.value) == (Span(3, 10), Span(3, 15))
    assert (o1.plain_durations.value, omni.plain_durations.value) == ((5, 10), None)
    assert (o1.parts.value, omni.parts.value) == (None, Span(1, 6))
    assert ("on" in o1.sounds.value, "on" in omni.sounds.value) == (False, True)


def test_facts_read_well_in_a_list() -> None:
    facts = dict(row("apimodels", "kling-video-o1").limits.facts())

    assert str(facts["prompt_length"]) == "2,500 characters"
    assert str(facts["modes"]) == "std, pro"
    assert str(facts["duration"]) == "3-10 s"
    assert str(facts["plain_durations"]) == "5, 10 s"
    assert str(facts["image_bytes"]) == "10,485,760 bytes"
    assert str(facts["image_ratio"]) == "2.5 : 1"
    assert str(facts["parts"]) == "none"


def test_a_span_holds_both_its_ends() -> None:
    assert [n for n in range(1, 13) if n in Span(3, 10)] == list(range(3, 11))


@pytest.mark.parametrize(
    ("model", "mode", "sound", "rate"),
    [
        ("kling-video-o1", "std", "off", "0.0633"),
        ("kling-video-o1", "pro", "off", "0.0853"),
        ("kling-v3-omni", "std", "off", "0.0633"),
        ("kling-v3-omni", "std", "on", "0.0956"),
        ("kling-v3-omni", "pro", "off", "0.0853"),
        ("kling-v3-omni", "pro", "on", "0.1280"),
    ],
)
def test_a_price_is_seconds_times_the_rate(model: str, mode: str, sound: Sound, rate: str) -> None:
    asked = shot(model=model, mode=mode, sound=sound, duration=7)

    assert price_of(asked, "apimodels") == Money(7 * Decimal(rate))


@pytest.mark.parametrize(("mode", "rate"), [("std", "0.0853"), ("pro", "0.1059")])
def test_keeping_the_sound_of_a_video_has_its_own_rate(mode: str, rate: str) -> None:
    asked = shot(model="kling-v3-omni", mode=mode, sound="original", duration=10, video="feature")

    assert price_of(asked, "apimodels") == Money(10 * Decimal(rate))


def test_five_seconds_of_the_starter_cost_what_the_page_says() -> None:
    assert str(price_of(shot(), "apimodels")) == "0.3165 USD"


@pytest.mark.parametrize(
    "asked",
    [
        shot(duration=None, video="base"),
        shot(duration=5, video="base"),
        shot(duration=None),
        shot(model="kling-v9"),
        shot(mode="4k"),
        shot(sound="original", video="feature"),
    ],
    ids=["edit", "edit with duration", "no duration", "model", "mode", "o1 keeps sound"],
)
def test_a_price_that_nobody_states_is_unknown(asked: Shot) -> None:
    assert price_of(asked, "apimodels") is None


def test_prices_of_cometapi_are_unknown_never_zero() -> None:
    assert price_of(shot(), "cometapi") is None
    assert price_of(shot(model="kling-v3-omni"), "cometapi") is None


def test_another_table_gives_other_prices() -> None:
    assert price_of(shot(), "apimodels", Table(())) is None
