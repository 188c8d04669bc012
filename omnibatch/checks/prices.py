"""The user's own prices: each must be able to count for something."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches

from omnibatch.checks.codes import Code, warning
from omnibatch.problems import Problem
from omnibatch.providers import Table
from omnibatch.shots import PriceRule

__all__ = ["unused_prices"]


def unused_prices(rules: Iterable[PriceRule], table: Table) -> tuple[Problem, ...]:
    """A warning for each price that fits no provider, model, mode or sound known to `table`."""
    return tuple(_unused(rules, table))


def _unused(rules: Iterable[PriceRule], table: Table) -> Iterator[Problem]:
    for rule in rules:
        rows = [row for row in table.rows if rule.provider in ("", row.provider)]
        if not rows:
            yield _warning(rule, f"there is no provider {rule.provider}", table.providers())
            continue
        fitting = [row for row in rows if rule.model in ("", row.model)]
        if not fitting:
            models = list(dict.fromkeys(row.model for row in rows))
            whose = f"{rule.provider} has no model" if rule.provider else "there is no model"
            yield _warning(rule, f"{whose} {rule.model}", models)
            continue
        for word, known in (
            (rule.mode, [mode for row in fitting for mode in row.limits.modes.value]),
            (rule.sound, [sound for row in fitting for sound in row.limits.sounds.value]),
        ):
            if word and word not in known:
                of = rule.model or "a model"
                yield _warning(rule, f"{of} has no {word}", list(dict.fromkeys(known)))


def _warning(rule: PriceRule, fact: str, known: Sequence[str]) -> Problem:
    words = (rule.provider, rule.model, rule.mode, rule.sound)
    wrong = fact.rpartition(" ")[2]
    near = get_close_matches(wrong, known, n=1) if wrong in words else []
    hint = f"did you mean {near[0]}?" if near else f"it is one of {', '.join(known)}"
    return warning(Code.PRICE_UNUSED, rule.place, f"this price counts for nothing: {fact}", hint)
