"""`omnibatch emulator`: serve the emulator alone, for scripts and for experiments."""

import sys
from pathlib import Path

import click

from omnibatch.cli.saying import say
from omnibatch.errors import Exit, UsageError

__all__ = ["command"]


@click.command(
    "emulator",
    epilog="For instance: omnibatch emulator --port 8790 --state /tmp/emulator; then "
    "APIMODELS_BASE_URL=http://127.0.0.1:8790 APIMODELS_API_KEY=any omnibatch run ...",
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0 takes a free one.")
@click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".omnibatch/emulator"),
    show_default=True,
    help="Keep tasks and clips in this folder.",
)
@click.option(
    "--render",
    nargs=2,
    type=click.FloatRange(min=0),
    default=(1.0, 3.0),
    show_default=True,
    metavar="LOW HIGH",
    help="Seconds that a task takes to render.",
)
@click.option(
    "--queue",
    type=click.FloatRange(min=0),
    default=0.2,
    show_default=True,
    help="Seconds that a task waits first.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Decides what looks random.")
@click.option("--parallel", type=click.IntRange(min=1), help="Most tasks at once per account.")
@click.option("--credit", metavar="USD", help="Credit per account; then creates are refused.")
@click.option(
    "--key", "keys", multiple=True, metavar="TEXT", help="Let only this key in. May be repeated."
)
@click.option("--no-lookup", is_flag=True, help="CometAPI's query does not know external ids.")
@click.option(
    "--envelope",
    type=click.Choice(["current", "older"]),
    default="current",
    show_default=True,
    help="CometAPI's form of query answers.",
)
@click.option(
    "--duplicate",
    type=click.Choice(["refuse", "accept"]),
    default="refuse",
    show_default=True,
    help="What to do with an external id used before.",
)
@click.option("--small", is_flag=True, help="Render small clips.")
@click.option(
    "--faults",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A JSON or YAML list of faults; see docs/emulator.md.",
)
def command(
    port: int,
    state: Path,
    render: tuple[float, float],
    queue: float,
    seed: int,
    parallel: int | None,
    credit: str | None,
    keys: tuple[str, ...],
    no_lookup: bool,
    envelope: str,
    duplicate: str,
    small: bool,
    faults: Path | None,
) -> Exit:
    """Serve the providers' dialects on a loopback port until Ctrl-C.

    Prints its address as the first line. GET /_meter tells what was accepted and what
    it would have cost.
    """
    from omnibatch.emulator import Emulator, Settings, load_faults  # --help serves nothing

    try:
        settings = Settings(
            seed=seed,
            render_s=render,
            queue_s=queue,
            parallel=parallel,
            credit=credit,
            accept_keys=keys or None,
            lookup=not no_lookup,
            envelope="older" if envelope == "older" else "current",
            duplicate="accept" if duplicate == "accept" else "refuse",
            clip="small" if small else "full",
        )
        script = () if faults is None else load_faults(faults.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UsageError(str(error), "see docs/emulator.md") from error
    try:
        emulator = Emulator(state, settings, script, port=port)
        emulator.start()
    except (OSError, ValueError) as error:
        raise UsageError(
            f"the emulator cannot start: {error}", "try another --port or --state"
        ) from error
    say(emulator.url)
    sys.stdout.flush()
    emulator.serve_forever()
    return Exit.DONE
