"""`omnibatch rehearse`: the same run against a local emulator, for free."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import click

from omnibatch.checks import CheckedBatch
from omnibatch.cli.admitting import RunOptions
from omnibatch.cli.durations import DURATION
from omnibatch.cli.interrupting import Signals
from omnibatch.cli.options import Chosen, manifest_options, selection_options, wait_option
from omnibatch.cli.reading import read_manifest
from omnibatch.cli.stage import Stage
from omnibatch.cli.typed import Typed
from omnibatch.endpoints import EMULATOR, Account, Endpoint, Secret
from omnibatch.errors import Exit
from omnibatch.ledger import LedgerPlace, account_of
from omnibatch.plan import total_of
from omnibatch.providers import provider_named
from omnibatch.shots import RunSettings

__all__ = ["command"]

# Not a secret: the emulator lets any key in, and never stores one.
_KEY = "rehearsal"


@click.command("rehearse", epilog="For instance: omnibatch rehearse specs/harbor.yaml")
@manifest_options
@selection_options
@wait_option
@click.option("--limit", type=click.IntRange(min=0), metavar="N", help="Render at most N clips.")
@click.option(
    "--stop-after",
    type=DURATION,
    help="Send nothing more after this time, such as 90s, 30m or 1h30m; wait for what runs.",
)
@click.option("--stale", is_flag=True, help="Render collected shots again that have changed.")
@click.option("--failed", is_flag=True, help="Render shots again that failed or were refused.")
@click.option("--small", is_flag=True, help="Small clips: quicker, for manifests of many shots.")
def command(chosen: Chosen, small: bool, **options: Any) -> Exit:  # click's own values
    """Run a manifest against a local emulator: no key, no network, no money.

    The emulator starts by itself, speaks the providers' own dialects over HTTP, and
    renders a title card for each shot. Ledger and clips live apart from the real ones,
    under .omnibatch/rehearsal beside the manifest.
    """
    from omnibatch.cli.conducting import conduct  # --help needs no network
    from omnibatch.emulator import Emulator, Settings

    with Signals() as signals:
        reading = read_manifest(chosen)
        place = LedgerPlace.of_rehearsal(chosen.manifest)
        if reading.batch is None:
            return Exit.PROBLEMS
        settings = Settings(clip="small" if small else "full", titles=_titles(reading.batch))
        asked = RunOptions(yes=True, **options)
        typed = Typed(chosen=chosen, again="rehearse", select=asked.select, exclude=asked.exclude)
        with Emulator(place.root / "emulator", settings) as emulator:
            stage = _stage(place, emulator.url, chosen, reading.batch)
            return conduct(reading, stage, asked, typed, signals)


def _titles(batch: CheckedBatch) -> Mapping[str, str]:
    return {checked.shot.prompt: checked.shot.id for checked in batch.shots}


def _stage(place: LedgerPlace, url: str, chosen: Chosen, checked: CheckedBatch) -> Stage:
    from omnibatch.wire import WireSettings

    endpoint = Endpoint(name=EMULATOR, base_url=url)

    def endpoints(providers: Iterable[str]) -> Mapping[str, str]:
        return dict.fromkeys(providers, EMULATOR)

    def accounts(providers: Iterable[str], batch: str) -> Mapping[str, Account]:
        name = account_of(batch, _KEY)
        return {
            provider: Account(provider=provider, endpoint=endpoint, key=Secret(_KEY), name=name)
            for provider in providers
        }

    return Stage(
        place=place,
        endpoints=endpoints,
        accounts=accounts,
        pace=_quickly,
        wire=WireSettings(),
        is_free=True,
        next_line=_next_line(checked, chosen),
    )


def _quickly(settings: RunSettings) -> RunSettings:
    """Ask often: the emulator renders in seconds, and queries to it cost nobody anything."""
    return replace(
        settings,
        poll_first=min(0.3, settings.poll_first),
        poll_longest=min(1.0, settings.poll_longest),
        submits_per_minute=None,
    )


def _next_line(batch: CheckedBatch, chosen: Chosen) -> str:
    """What the real run would be, and cost: a rehearsal never counts towards it."""
    bought = [checked for checked in batch.shots if not checked.shot.skip]
    keys = " and ".join(sorted({provider_named(c.provider).key_variable for c in bought}))
    cost = total_of(checked.price for checked in bought)
    price = "unknown price" if cost is None else str(cost)
    return f"next: {Typed(chosen=chosen).run()}   ({price}; needs {keys})"
