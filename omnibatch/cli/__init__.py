"""The command line: the only room that prints, parses arguments or reads the environment."""

import sys

__all__ = ["main"]


def main() -> None:
    """Run the `omnibatch` command; never returns."""
    if sys.argv[1:] in (["--help"], ["-h"]):
        from omnibatch.cli.overview import fits, overview

        if fits():
            sys.exit(_told(overview()))
    from omnibatch.cli.entry import run_command_line

    run_command_line()


def _told(page: str) -> int:
    try:
        sys.stdout.write(page)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads has left (`| head`): no failure of ours
        import os

        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
