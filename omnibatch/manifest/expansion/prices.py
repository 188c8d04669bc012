"""The `prices` of a manifest: what a second costs, by provider, model, mode and sound."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from omnibatch.manifest import codes, nodes
from omnibatch.money import Money
from omnibatch.problems import Problem
from omnibatch.shots import PriceRule

__all__ = ["read_prices"]

_RATE = re.compile(r"\s*([0-9]{1,9}(?:\.[0-9]{1,9})?)\s*([A-Z]{3})\s*/\s*s\s*")
# A second of the dearest clip known costs 0.13 USD; a hundred is a slip of the point.
_ABSURD: Final = 100


def read_prices(
    node: nodes.Node | None, budget: Money | None, problems: list[Problem]
) -> tuple[PriceRule, ...]:
    """The prices of a map that the schema has judged; findings are added to `problems`.

    All must be in one currency, that of the `budget` where there is one; others are left
    out, so that nothing else is found wrong for their sake.
    """
    rules = tuple(_rules(node, ()))
    currency = budget.currency if budget else rules[0].per_second.currency if rules else ""
    for rule in rules:
        if rule.per_second.currency != currency:
            message = f"this price is in {rule.per_second.currency}, and others are in {currency}"
            if budget:
                message = f"this price is in {rule.per_second.currency}, the budget in {currency}"
            problems.append(
                Problem(
                    place=rule.place,
                    code=codes.MIXED_CURRENCIES,
                    message=message,
                    hint="give all of them in one currency",
                )
            )
        elif rule.per_second.amount > _ABSURD:
            problems.append(
                Problem(
                    place=rule.place,
                    code=codes.ABSURD_PRICE,
                    message=f"{rule.per_second} a second, and no clip costs more than {_ABSURD}",
                    hint="check the decimal point; it is the price of one second",
                    severity="warning",
                )
            )
    return tuple(rule for rule in rules if rule.per_second.currency == currency)


def _rules(node: nodes.Node | None, words: tuple[str, ...]) -> Iterator[PriceRule]:
    if isinstance(node, nodes.Mapping):
        for key, value in node:
            yield from _rules(value, (*words, key.text))
    elif isinstance(node, nodes.Scalar) and (match := _RATE.fullmatch(node.text)):
        provider, model, mode, sound = (*words, "", "", "", "")[:4]
        yield PriceRule(
            provider=provider,
            model=model,
            mode=mode,
            sound=sound,
            per_second=Money(Decimal(match[1]), match[2]),
            place=node.place,
        )
