"""As many problems as are read: errors before warnings, and a count of the rest."""

from collections.abc import Sequence

from omnibatch.problems import Problem

__all__ = ["foremost"]


def foremost(problems: Sequence[Problem], at_most: int) -> tuple[Sequence[Problem], str]:
    """`at_most` so many of `problems`, in their order, and how many more there are.

    No error is left out for a warning. The count is empty where nothing is left out, else
    such as `102 more problems`, with their kinds where these are not all errors.
    """
    if len(problems) <= at_most:
        return problems, ""
    errors = sum(problem.severity == "error" for problem in problems)
    room = {"error": at_most, "warning": max(at_most - errors, 0)}
    shown: list[Problem] = []
    for problem in problems:
        if room[problem.severity]:
            room[problem.severity] -= 1
            shown.append(problem)
    kinds = {"error": max(errors - at_most, 0)}
    more = len(problems) - len(shown)
    kinds["warning"] = more - kinds["error"]
    count = _counted(more, "more problem")
    if kinds["warning"]:
        count += f" ({' and '.join(_counted(n, kind) for kind, n in kinds.items() if n)})"
    return shown, count


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
