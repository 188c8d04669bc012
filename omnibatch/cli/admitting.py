"""Before money is spent: caps, limits, keys, and the user's yes."""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import click

from omnibatch.cli.ending import Stops
from omnibatch.cli.planning import say_plan, totals
from omnibatch.cli.saying import clean, say_error
from omnibatch.endpoints import Account
from omnibatch.errors import UsageError
from omnibatch.ledger import Attempt
from omnibatch.money import Money, MoneyError
from omnibatch.plan import Plan, Step, total_of
from omnibatch.run import Cap, Purchase, spent_on

__all__ = ["Admission", "RunOptions", "admit", "caps_for", "purchase_of", "refuse_currency"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """What the user asked of this run; `stop_after` is in seconds."""

    yes: bool = False
    max_cost: Money | None = None
    limit: int | None = None
    stale: bool = False
    failed: bool = False
    allow_unknown_cost: bool = False
    all_clips: bool = False
    journal_lost: bool = False
    stop_after: float | None = None
    wait: bool = False
    select: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """What may be bought, and under which caps: `purchases` now, `later` what waits for clips."""

    purchases: tuple[Purchase, ...] = ()
    later: tuple[Step, ...] = ()
    caps: tuple[Cap, ...] = ()

    @property
    def count(self) -> int:
        """How many clips may be bought."""
        return len(self.purchases) + len(self.later)


def admit(
    plan: Plan,
    options: RunOptions,
    stops: Stops,
    *,
    accounts: Mapping[str, Account],
    attempts: Iterable[Attempt],
    budget: Money | None,
    is_free: bool,
    rehearsing: bool,
    undecided: Iterable[Step] = (),
) -> Admission:
    """Decide what of the plan's submits may be bought; note in `stops` what may not, and why.

    What a lost run may have bought, and is `undecided`, counts towards the budget. Raise
    `UsageError` where a cap and a price are in different currencies.
    """
    steps = [s for s in plan.submits if s.checked is not None and s.checked.provider in accounts]
    if options.limit is not None and len(steps) > options.limit:
        stops.limit = True
        steps = steps[: options.limit]
    caps = caps_for(options.max_cost, budget, attempts, rehearsing=rehearsing, undecided=undecided)
    if not steps:
        return Admission(caps=caps)
    if caps and not options.allow_unknown_cost and _refuse_unknown(steps, stops):
        return Admission(caps=caps)
    for step in steps:
        for cap in caps:
            refuse_currency(cap, step.price)
    if not is_free and not options.yes and not _consents(plan, steps, accounts):
        stops.consent = True
        return Admission(caps=caps)
    return Admission(
        purchases=tuple(purchase_of(step) for step in steps if not step.waits_for),
        later=tuple(step for step in steps if step.waits_for),
        caps=caps,
    )


def caps_for(
    max_cost: Money | None,
    budget: Money | None,
    attempts: Iterable[Attempt],
    *,
    rehearsing: bool,
    undecided: Iterable[Step] = (),
) -> tuple[Cap, ...]:
    """The caps of a run: `--max-cost` for this run alone, `budget` for the ledger's whole life."""
    caps = []
    if max_cost is not None:
        caps.append(Cap(f"--max-cost {max_cost}", max_cost))
    if budget is not None:
        try:
            lost = total_of(s.checked.price for s in undecided if s.checked is not None)
            used = total_of((spent_on(attempts, rehearsing=rehearsing), lost))
        except MoneyError as error:
            raise UsageError(str(error), "one ledger spends one currency") from error
        also = "" if lost is None else f", of which a lost run may have spent {lost}"
        caps.append(Cap(f"the budget of {budget}{also}", budget, used))
    return tuple(caps)


def purchase_of(step: Step) -> Purchase:
    """What is bought for a submit that waits for nothing."""
    assert step.checked is not None
    return Purchase(checked=step.checked, attempt=step.attempt, after=step.after)


def _refuse_unknown(steps: list[Step], stops: Stops) -> bool:
    unknown = sum(step.price is None for step in steps)
    if unknown:
        stops.budget = True
        say_error(
            f"{unknown} of {len(steps)} shots have no known price, so a cap cannot be kept; "
            "nothing was bought",
            "allow it with --allow-unknown-cost (such shots are not counted), or lift the cap",
        )
    return bool(unknown)


def refuse_currency(cap: Cap, price: Money | None) -> None:
    """Raise `UsageError` where a cap cannot be held against a price."""
    if price is not None and price.currency != cap.limit.currency:
        raise UsageError(
            f"{cap.name} is in {cap.limit.currency}, and prices are in {price.currency}",
            f"give it in {price.currency}",
        )


def _consents(plan: Plan, steps: list[Step], accounts: Mapping[str, Account]) -> bool:
    """Show the plan and ask once; without a terminal to ask on, say how to agree."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        say_error(
            f"this would buy {totals(Plan(steps=tuple(steps)))}, and nobody is here to agree",
            "agree with --yes, best with a --max-cost; `omnibatch plan` shows what it is",
        )
        return False
    say_plan(plan, err=True)
    where = sorted(
        {
            f"{name} ({accounts[name].endpoint.name})"
            for name in {s.checked.provider for s in steps if s.checked is not None}
        }
    )
    question = f"Buy {totals(Plan(steps=tuple(steps)))} at {', '.join(where)}?"
    return click.confirm(clean(question), default=False, err=True)
