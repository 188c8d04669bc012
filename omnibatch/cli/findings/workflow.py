"""Problems as workflow commands, which GitHub shows as annotations in a pull request.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from omnibatch.problems import Problem

__all__ = ["as_workflow_commands"]


def as_workflow_commands(problems: Iterable[Problem]) -> Iterator[str]:
    """One line for each problem."""
    for problem in problems:
        place = problem.place
        where = {"file": Path(place.file).as_posix()}
        if place.line:
            where |= {"line": str(place.line), "col": str(max(place.column, 1))}
        where["title"] = f"omnibatch {problem.code}"
        properties = ",".join(f"{key}={_property(value)}" for key, value in where.items())
        cure = f" ({problem.hint})" if problem.hint else ""
        related = "".join(f"\n{each.place}: {each.message}" for each in problem.related)
        yield f"::{problem.severity} {properties}::{_data(problem.message + cure + related)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
