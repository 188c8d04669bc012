"""`omnibatch plan`: what a run would do with each shot, why, and for how much."""

import json
from pathlib import Path

import click

from omnibatch.cli.admitting import caps_for, refuse_currency
from omnibatch.cli.ending import next_line
from omnibatch.cli.environment import read_environment
from omnibatch.cli.options import (
    MONEY,
    Chosen,
    ledger_option,
    manifest_options,
    selection_options,
)
from omnibatch.cli.placing import place_of
from omnibatch.cli.planning import make_plan, plan_json, say_plan, spent_words, totals, wanted_slots
from omnibatch.cli.reading import read_manifest
from omnibatch.cli.saying import say, say_error, say_warning
from omnibatch.cli.typed import Typed
from omnibatch.errors import Exit
from omnibatch.ledger import read_ledger, refuse_left_behind
from omnibatch.money import Money
from omnibatch.run import spent_on, unpriced_among

__all__ = ["command"]


@click.command("plan", epilog="For instance: omnibatch plan specs/harbor.yaml --select 'wave-*'")
@manifest_options
@selection_options
@ledger_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON (schema: omnibatch schema plan).")
@click.option("--check", is_flag=True, help="Exit 10 if there is paid or undecided work.")
@click.option("--max-cost", type=MONEY, help="Exit 6 if a run would cost more, such as '2 USD'.")
@click.option("--stale", is_flag=True, help="Plan as `run --stale` would.")
@click.option("--failed", is_flag=True, help="Plan as `run --failed` would.")
def command(
    chosen: Chosen,
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    ledger: Path | None,
    as_json: bool,
    check: bool,
    max_cost: Money | None,
    stale: bool,
    failed: bool,
) -> Exit:
    """Show what a run would do with each shot, why, and for how much.

    Needs no key and no network, changes nothing, and spends nothing.
    """
    reading = read_manifest(chosen)
    if reading.batch is None:
        return Exit.PROBLEMS
    place = place_of(chosen, ledger)
    digests = {checked.digest for checked in reading.batch.shots}
    refuse_left_behind(place, name=reading.name, digests=digests)
    known = read_ledger(place, whole=True)
    if known.open is not None:
        say_warning(f"{place.lockfile} is open: a run is buying, or ended without closing it")
    environment = read_environment(chosen.manifest)
    providers = {c.provider for c in reading.batch.shots}
    providers |= {attempt.known_intent.provider for attempt in known.attempts.values()}
    plan = make_plan(
        reading.batch,
        known,
        place,
        {name: environment.endpoint(name).name for name in providers},
        stale=stale,
        failed=failed,
        wanted=wanted_slots(reading.batch, select, exclude),
        accounts=environment.account_names(providers, known.batch),
    )
    budget = reading.batch.batch.budget
    rehearsing = any(environment.endpoint(name).is_loopback for name in providers)
    spent = spent_on(known.attempts.values(), rehearsing=rehearsing)
    if as_json:
        data = plan_json(plan, chosen.manifest, budget=budget, spent=spent)
        say(json.dumps(data, ensure_ascii=False, indent=1))
    else:
        say_plan(plan)
        unpriced = unpriced_among(known.attempts.values(), rehearsing=rehearsing)
        so_far = f"; spent so far: {spent_words(spent, unpriced)}" if spent or unpriced else ""
        limit = f", budget {budget}" if budget is not None else ""
        say(f"{reading.name}: {totals(plan)}{so_far}{limit}")
        options = "".join(
            f"{word} " for word, on in (("--stale", stale), ("--failed", failed)) if on
        )
        typed = Typed(chosen=chosen, ledger=ledger, select=select, exclude=exclude)
        say(next_line(plan, typed, options=options))
    codes = {Exit.CHECK} if check and plan.has_open_work else set()
    for cap in caps_for(max_cost, budget, known.attempts.values(), rehearsing=rehearsing):
        refuse_currency(cap, plan.cost)
        if plan.cost is not None and not cap.fits(plan.cost):
            say_error(f"{plan.cost} more would exceed {cap.name}")
            codes.add(Exit.BUDGET)
    return Exit.worst(codes)
