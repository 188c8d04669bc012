"""Durations as they are typed."""

import pytest

from omnibatch.cli.durations import duration_of


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("30m", 1800),
        ("5h", 18_000),
        ("1h30m", 5400),
        ("1h5s", 3605),
        ("2h3m4s", 7384),
        (" 5H ", 18_000),
        ("100h", 360_000),
    ],
)
def test_hours_minutes_and_seconds(text: str, seconds: int) -> None:
    assert duration_of(text) == seconds


def test_a_number_alone_is_refused_with_the_cure() -> None:
    with pytest.raises(ValueError, match="write 90s, 90m or 90h"):
        duration_of("90")


@pytest.mark.parametrize("text", ["", "h", "5x", "30m1h", "1.5h", "-5m", "5 m", "1h 30m", "٥h"])
def test_what_is_no_duration_is_shown_one(text: str) -> None:
    with pytest.raises(ValueError, match="such as 90s, 30m, 5h or 1h30m"):
        duration_of(text)


@pytest.mark.parametrize("text", ["0s", "0h0m0s"])
def test_no_time_at_all_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no time at all"):
        duration_of(text)
