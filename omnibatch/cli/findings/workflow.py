"""Problems as workflow commands, which GitHub shows as annotations in a pull request.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from omnibatch.cli.findings.foremost import foremost
from omnibatch.cli.terminal import clean
from omnibatch.problems import Problem

__all__ = ["as_workflow_commands"]


def as_workflow_commands(problems: Sequence[Problem], *, at_most: int) -> Iterator[str]:
    """One line for each problem, for `at_most` so many of them, and a line for the rest.

    No error is left out for a warning.
    """
    shown, more = foremost(problems, at_most)
    for problem in shown:
        place = problem.place
        where = {"file": Path(place.file).as_posix()}
        if place.line:
            where |= {"line": str(place.line), "col": str(max(place.column, 1))}
        where["title"] = f"omnibatch {problem.code}"
        properties = ",".join(f"{key}={_property(value)}" for key, value in where.items())
        said = [f"{problem.message} ({problem.hint})"]
        said += [f"{each.place}: {each.message}" for each in problem.related]
        text = "\n".join(map(clean, said))
        yield f"::{problem.severity} {properties}::{_data(text)}"
    if more:
        yield f"::notice title=omnibatch::{more} are not shown"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
