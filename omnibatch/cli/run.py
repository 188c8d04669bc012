"""`omnibatch run`: collect what is paid for, then buy what is not."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from omnibatch.cli.admitting import RunOptions
from omnibatch.cli.durations import DURATION
from omnibatch.cli.environment import read_environment, wire_settings
from omnibatch.cli.interrupting import Signals
from omnibatch.cli.options import (
    MONEY,
    Chosen,
    ledger_option,
    manifest_options,
    selection_options,
    wait_option,
)
from omnibatch.cli.placing import place_of
from omnibatch.cli.reading import read_manifest
from omnibatch.cli.stage import Stage
from omnibatch.cli.typed import Typed
from omnibatch.endpoints import Account
from omnibatch.errors import Exit

__all__ = ["command"]


@click.command(
    "run",
    epilog="For instance: omnibatch run specs/harbor.yaml --max-cost '2 USD'",
    no_args_is_help=False,
)
@manifest_options
@selection_options
@ledger_option
@wait_option
@click.option("-y", "--yes", is_flag=True, help="Agree to the cost beforehand.")
@click.option("--max-cost", type=MONEY, help="Spend at most this in this run, such as '2 USD'.")
@click.option("--limit", type=click.IntRange(min=0), metavar="N", help="Buy at most N clips.")
@click.option(
    "--stop-after",
    type=DURATION,
    help="Send nothing more after this time, such as 90s, 30m or 1h30m; wait for what runs.",
)
@click.option("--stale", is_flag=True, help="Render collected shots again that have changed.")
@click.option("--failed", is_flag=True, help="Buy shots again that failed or were refused.")
@click.option("--allow-unknown-cost", is_flag=True, help="Buy under a cap what has no known price.")
@click.option(
    "--all-clips",
    is_flag=True,
    help="Fetch every paid clip that is not here, for free: also of earlier attempts, and of shots "
    "that were taken out.",
)
@click.option(
    "--journal-lost",
    is_flag=True,
    help="Go on although the journal of an unfinished run is gone for good: what that run "
    "bought is asked for where it can be, and the rest is yours to decide.",
)
def command(chosen: Chosen, ledger: Path | None, **options: Any) -> Exit:  # click's own values
    """Collect what is paid for, then buy what is not.

    Resumes every task that the ledger knows, downloads what is done, and then submits
    the shots that have no clip yet, each once. Keys are read from COMETAPI_KEY and
    APIMODELS_API_KEY. Asks before money is spent; rerun it after any interruption.
    """
    from omnibatch.cli.conducting import conduct  # --help needs no network

    asked = RunOptions(**options)
    typed = Typed(chosen=chosen, ledger=ledger, select=asked.select, exclude=asked.exclude)
    with Signals() as signals:
        return conduct(read_manifest(chosen), _stage(chosen, ledger), asked, typed, signals)


def _stage(chosen: Chosen, ledger: Path | None) -> Stage:
    environment = read_environment(chosen.manifest)

    def accounts(providers: Iterable[str], batch: str) -> Mapping[str, Account]:
        return environment.accounts(providers, batch)

    return Stage(
        place=place_of(chosen, ledger),
        endpoints=environment.endpoint_names,
        accounts=accounts,
        pace=lambda settings: settings,
        wire=wire_settings(),
    )
