"""What is found wrong with a shot for the sake of another bad value of it."""

from collections.abc import Container
from typing import Final

from omnibatch.manifest import codes
from omnibatch.problems import Problem

__all__ = ["MAKES_MANY", "follows"]

# Without these, hardly a template of the shot would come to anything.
MAKES_MANY: Final = frozenset({"matrix", "rows"})


def follows(problem: Problem, bad: Container[str]) -> bool:
    """Whether `problem` is there because of the `bad` keys, which are told by themselves."""
    if "references" in bad and problem.code in (codes.BAD_TOKEN, codes.UNKNOWN_REFERENCE):
        return True
    is_edit = problem.code == codes.UNDEFINED and problem.message.startswith("there is no edit ")
    return "edit" in bad and is_edit
