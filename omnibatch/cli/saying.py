"""How the command line speaks: results on stdout, everything about them on stderr.

Whatever is said goes through `clean`: it may hold text from a manifest, a provider or a
ledger.
"""

import json
import os
import shutil
import sys
from collections.abc import Iterable, Sequence

import click

from omnibatch.cli.findings.excerpts import Excerpts
from omnibatch.cli.findings.foremost import foremost
from omnibatch.cli.terminal import clean, width_of
from omnibatch.money import Money
from omnibatch.problems import Problem, errors_in, in_file_order

__all__ = [
    "clean",
    "money",
    "say",
    "say_error",
    "say_json",
    "say_notices",
    "say_problems",
    "say_table",
    "say_warning",
]

_MOST_PROBLEMS = 200
_NARROWEST = 20  # columns of a table's last column; with less there is nothing to read


def say(text: str = "") -> None:
    """A line of result, or several, on stdout. JSON stays the same JSON: see `say_json`."""
    click.echo("\n".join(map(clean, text.split("\n"))))


def say_json(document: object) -> None:
    """A document for programs, on stdout: JSON in any encoding that stdout may have.

    What `clean` shows by its number is an escape of JSON: half a character, say, which a
    file's name may hold.
    """
    is_utf = (sys.stdout.encoding or "").lower().startswith("utf")
    say(json.dumps(document, ensure_ascii=not is_utf, indent=1))


def say_error(message: str, hint: str = "") -> None:
    """What stops the command, and the cure, on stderr."""
    click.secho(f"omnibatch: {clean(message)}", fg="red", err=True, color=_colour())
    if hint:
        click.echo(f"  {clean(hint)}", err=True)


def say_warning(message: str) -> None:
    """Something to know that stops nothing, on stderr."""
    click.secho(f"omnibatch: {clean(message)}", fg="yellow", err=True, color=_colour())


def say_notices(notices: Iterable[str]) -> None:
    """What a ledger that was opened has to tell."""
    for notice in notices:
        say_warning(notice)


def money(price: Money | None) -> str:
    """A price for people; unknown is a word, never a number."""
    return "unknown" if price is None else str(price)


def say_problems(problems: Iterable[Problem], *, err: bool = True) -> bool:
    """Print problems in file order, at most 200 and a count; tell whether any is an error.

    No error is left out for a warning. A terminal is shown the source line of each, with a caret.
    """
    ordered = in_file_order(problems)
    shown, more = foremost(ordered, _MOST_PROBLEMS)
    places = [found.place for found in shown]
    places += [related.place for found in shown for related in found.related]
    stream = sys.stderr if err else sys.stdout
    is_terminal = stream.isatty()
    excerpts = Excerpts(places if is_terminal else (), shutil.get_terminal_size().columns)
    for problem in shown:
        colour = "yellow" if problem.severity == "warning" else "red"
        click.secho(clean(str(problem)), fg=colour, err=err, color=_colour())
        for line in excerpts.of(problem.place) or ():
            click.echo(line, err=err)
        for related in problem.related:
            click.echo(clean(f"  {related.place}: {related.message}"), err=err)
            for line in excerpts.of(related.place) or ():
                click.echo(line, err=err)
    if more:
        click.echo(f"... and {more}", err=err)
    return errors_in(ordered)


def say_table(
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    err: bool = False,
    width: int | None = None,
) -> None:
    """Print columns as wide as they must be; the last one runs to the end of the line.

    On a terminal of `width` columns the last one is broken between words, under itself.
    """
    cells = [tuple(clean(cell) for cell in row) for row in (header, *rows)]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    indent = sum(widths[:-1]) + 2 * (len(widths) - 1)
    room = None if width is None else max(width - indent, _NARROWEST)
    for row in cells:
        padded = [
            cell + " " * (wide - _width(cell)) for cell, wide in zip(row[:-1], widths, strict=False)
        ]
        first, *more = _broken(row[-1], room)
        click.echo("  ".join([*padded, first]).rstrip(), err=err)
        for line in more:
            click.echo(" " * indent + line, err=err)


def _broken(text: str, room: int | None) -> list[str]:
    """The lines of `text` in so much room; a word that is longer, such as a path, is left whole."""
    if room is None or _width(text) <= room:
        return [text]
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if line and _width(longer) > room:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line]


def _width(text: str) -> int:
    """Columns on a terminal: wide characters take two, combining ones none."""
    return sum(map(width_of, text))


def _colour() -> bool | None:
    """Never with NO_COLOR set; else as click decides, only on a terminal."""
    return False if os.environ.get("NO_COLOR") else None
