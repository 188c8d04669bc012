"""Money is exact, keeps its currency, and is never guessed from other text."""

from decimal import Decimal

import pytest

from omnibatch.money import Money, MoneyError, parse_money


@pytest.mark.parametrize(
    ("text", "amount"),
    [("12.50 USD", "12.50"), ("0.3165 USD", "0.3165"), ("5 USD", "5"), (" 0.00USD ", "0.00")],
)
def test_an_amount_with_a_currency_is_read(text: str, amount: str) -> None:
    assert parse_money(text) == Money(Decimal(amount), "USD")


@pytest.mark.parametrize(
    "text",
    [
        *("", "USD", "5", "$5", "5 usd", "5 US", "5 USDT", "-5 USD", "1e3 USD", "1,5 USD"),
        *(".5 USD", "5. USD", "0.1234567 USD", "1234567890123 USD", "5 USD 5", "NaN USD"),
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(MoneyError, match="is not an amount such as"):
        parse_money(text)


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("5", "5.00 USD"),
        ("5.1", "5.10 USD"),
        ("0.3165", "0.3165 USD"),
        ("0.316500", "0.3165 USD"),
        ("1000000", "1000000.00 USD"),
        ("0", "0.00 USD"),
    ],
)
def test_it_is_written_with_two_decimals_at_least(amount: str, written: str) -> None:
    assert str(Money(Decimal(amount), "USD")) == written
    assert parse_money(written) == Money(Decimal(amount), "USD")


def test_adding_up_is_exact() -> None:
    total = Money(Decimal(0))
    for _ in range(10):
        total = total + Money(Decimal("0.1"))

    assert total == Money(Decimal(1))
    assert total - Money(Decimal("0.3165")) == Money(Decimal("0.6835"))


def test_a_limit_includes_itself() -> None:
    assert Money(Decimal("5.00")) <= Money(Decimal(5))
    assert not Money(Decimal("5.01")) <= Money(Decimal(5))


def test_currencies_are_never_mixed() -> None:
    dollars, euros = Money(Decimal(1), "USD"), Money(Decimal(1), "EUR")

    for mix in (Money.__add__, Money.__sub__, Money.__le__):
        with pytest.raises(MoneyError, match="USD and EUR"):
            mix(dollars, euros)
