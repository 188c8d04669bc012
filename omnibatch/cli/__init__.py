"""The command line: the only room that prints, parses arguments or reads the environment."""

__all__ = ["main"]


def main() -> None:
    """Run the `omnibatch` command; never returns."""
    from omnibatch.cli.entry import run_command_line

    run_command_line()
