"""The entry: commands loaded when they are called, and one funnel for whatever goes wrong.

Each command is a module of its own name with a click command `command`. A command
returns its exit code; what it raises is turned into one line with a cure, or, for a bug
of ours, into a report that can be sent to us.
"""

import io
import os
import sys
from importlib import import_module

import click

from omnibatch import __version__
from omnibatch.cli.interrupting import Terminated
from omnibatch.cli.overview import ABOUT, COMMANDS, FIRST_STEPS
from omnibatch.cli.streams import failure_of, guard_streams
from omnibatch.errors import Exit, OmnibatchError

__all__ = ["run_command_line"]


class _LazyGroup(click.Group):
    """A group that imports a command's module only when that command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's interface
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's interface
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(
            f"omnibatch.cli.{cmd_name.replace('-', '_')}"
        ).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's interface
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1)
            cure = f" Did you mean {near[0]!r}?" if near else ""
            ctx.fail(f"There is no command {args[0]!r}.{cure}")
        return super().resolve_command(ctx, args)


@click.group(
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 96},
    help=ABOUT,
    epilog=FIRST_STEPS,
)
@click.version_option(__version__, prog_name="omnibatch")
def _omnibatch() -> None:
    """Find the command."""


def run_command_line() -> None:
    """Parse, run, and exit with a code of design.md's table. Never returns."""
    guard_streams()
    failpoint = os.environ.get("OMNIBATCH_FAILPOINT")
    if failpoint:
        from omnibatch.failpoints import arm

        arm(failpoint)
    try:
        code = _omnibatch.main(standalone_mode=False, prog_name="omnibatch")
        _leave(Exit(code) if isinstance(code, int) else Exit.DONE)
    except click.exceptions.Exit as stop:
        _leave(Exit.DONE if stop.exit_code == 0 else Exit.USAGE)
    except click.ClickException as error:
        told = io.StringIO()
        error.show(told)  # it quotes what was typed, or what a shell made of that
        click.echo(_shown(told.getvalue()), err=True, nl=False)
        _leave(Exit.USAGE)
    except (click.Abort, KeyboardInterrupt, Terminated) as stop:
        _say_error("interrupted; whatever was bought is recorded: run again to go on")
        _leave(Exit.TERMINATED if isinstance(stop, Terminated) else Exit.INTERRUPTED)
    except OmnibatchError as error:
        _say_error(error.message, error.hint)
        _leave(error.exit_code)
    except Exception:
        _report_bug()
        _leave(Exit.BUG)


def _say_error(message: str, hint: str = "") -> None:
    from omnibatch.cli.saying import say_error  # --help has nothing to say with it

    say_error(message, hint)


def _shown(text: str) -> str:
    from omnibatch.cli.saying import clean

    return "\n".join(map(clean, text.split("\n")))


def _leave(code: Exit) -> None:
    sys.stdout.flush()
    failure = failure_of(sys.stdout)
    # A reader that has left (`| head`) has seen enough; a full disk has cut the result off.
    if failure is not None and not isinstance(failure, BrokenPipeError):
        _say_error(f"the output could not be written: {failure.strerror}")
        code = Exit.FAILED if code is Exit.DONE else code
    sys.stderr.flush()
    sys.exit(int(code))


def _report_bug() -> None:
    """A traceback carries file names and line numbers, never a local's value.

    The last words of a foreign exception may hold anything, a key and terminal escapes
    among it: what is known to be secret becomes stars, and the rest is shown as `say` does.
    """
    import platform
    import traceback

    from omnibatch.endpoints import without_queries, without_secrets

    report = without_queries(without_secrets(traceback.format_exc()))
    click.echo(_shown(report), err=True)
    _say_error(
        "BUG: this is omnibatch's own mistake, not yours",
        f"please report the lines above; omnibatch {__version__}, "
        f"Python {platform.python_version()}, {platform.system()}. "
        "What was bought is recorded: running again is safe",
    )
