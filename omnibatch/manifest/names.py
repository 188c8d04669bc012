"""Names that templates use: of variables, after `ref.`, and what none may be."""

from collections.abc import Iterator
from typing import Final

from omnibatch.manifest import codes
from omnibatch.manifest.shape.vocabulary import RESERVED
from omnibatch.problems import Place, Problem

__all__ = ["bad_name", "is_bad_name", "reference_name_problems", "variable_name_problems"]

_LONGEST: Final = 64


def bad_name(word: str, place: Place) -> Problem:
    """The problem of a name that no template could use."""
    if len(word) > _LONGEST:
        return Problem(
            place=place,
            code=codes.BAD_NAME,
            message=f"the name {word[:20]!r}... has {len(word):,} characters, limit {_LONGEST}",
            hint="use a shorter one",
        )
    return Problem(
        place=place,
        code=codes.BAD_NAME,
        message=f"{word[:60]!r} cannot be a name",
        hint=f"use letters, digits and _, at most {_LONGEST}, and do not begin with a digit",
    )


def is_bad_name(word: str) -> bool:
    """Whether no template could use `word` as the name of a reference or a variable."""
    # Jinja looks names up in Python's way, and refuses what begins with two underscores.
    return not word.isidentifier() or "__" in word


def reference_name_problems(word: str, place: Place) -> Iterator[Problem]:
    """What is wrong with `word` as the name of a reference."""
    if is_bad_name(word):
        yield bad_name(word, place)


def variable_name_problems(word: str, place: Place) -> Iterator[Problem]:
    """What is wrong with `word` as the name of a variable."""
    if word in RESERVED:
        yield Problem(
            place=place,
            code=codes.BAD_NAME,
            message=f"{word} means something else in templates, and cannot be a variable",
            hint="use another name",
        )
    else:
        yield from reference_name_problems(word, place)
