"""Money: an exact amount in one currency. An unknown price is `None`, never zero."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

__all__ = ["Money", "MoneyError", "parse_money"]

_FORM = re.compile(r"\s*(\d{1,12}(?:\.\d{1,6})?)\s*([A-Z]{3})\s*")


class MoneyError(ValueError):
    """Text that is not an amount with a currency, or two currencies mixed."""


@dataclass(frozen=True, slots=True)
class Money:
    """`amount` in `currency` (ISO 4217 letters). Written as `12.50 USD`."""

    amount: Decimal
    currency: str = "USD"

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def __le__(self, other: "Money") -> bool:
        self._same(other)
        return self.amount <= other.amount

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise MoneyError(f"{self.currency} and {other.currency} cannot be added up")

    def __str__(self) -> str:
        text = f"{self.amount.normalize():f}"
        whole, _, fraction = text.partition(".")
        return f"{whole}.{fraction:0<2} {self.currency}"


def parse_money(text: str) -> Money:
    """Read `12.50 USD`. Raise `MoneyError` for anything else."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise MoneyError(f"{text!r} is not an amount such as 12.50 USD")
    try:
        return Money(Decimal(match[1]), match[2])
    except InvalidOperation as error:  # pragma: no cover - the pattern admits digits only
        raise MoneyError(str(error)) from error
