"""Reading how long to wait, without a clock of our own."""

import pytest

from omnibatch.providers.retry_after import LONGEST_S, retry_after_s

NOW = "Wed, 21 Oct 2026 07:28:00 GMT"


@pytest.mark.parametrize(
    ("wish", "seconds"),
    [
        ("0", 0.0),
        (" 12 ", 12.0),
        ("1.5", 1.5),
        ("86401", LONGEST_S),
        ("999999999999", LONGEST_S),
        ("9" * 500, None),
        ("-1", None),
        ("1e3", None),
        ("inf", None),
        ("١٢", None),
        ("soon", None),
        ("", None),
    ],
)
def test_seconds(wish: str, seconds: float | None) -> None:
    assert retry_after_s({"retry-after": wish}) == seconds


@pytest.mark.parametrize(
    ("until", "seconds"),
    [
        ("Wed, 21 Oct 2026 07:28:30 GMT", 30.0),
        ("Wed, 21 Oct 2026 07:28:30 -0000", 30.0),
        ("Wed, 21 Oct 2026 09:28:30 +0200", 30.0),
        ("Wed, 21 Oct 2026 07:00:00 GMT", 0.0),
        ("Wed, 21 Oct 2099 07:00:00 GMT", LONGEST_S),
        ("Wed, 99 Oct 2026 07:00:00 GMT", None),
        ("Fri, 31 Dec 9999 23:59:00 -2359", None),
    ],
)
def test_a_date_counts_from_the_replys_own_date(until: str, seconds: float | None) -> None:
    assert retry_after_s({"retry-after": until, "date": NOW}) == seconds


def test_a_date_is_ignored_where_the_reply_has_none_of_its_own() -> None:
    assert retry_after_s({"retry-after": NOW}) is None
    assert retry_after_s({"retry-after": NOW, "date": "yesterday"}) is None


def test_no_wish_is_none() -> None:
    assert retry_after_s({}) is None
