"""YAML tags: the few that say what is so anyway are taken, all others are refused.

A tag asks the reader to build something else than was written, up to objects of the
program. A manifest is data; and most `!` in one were meant as text.
"""

import re
from typing import Any

from omnibatch.manifest.nodes import Scalar, core_value
from omnibatch.manifest.text.source import Source, excerpt
from omnibatch.problems import Problem

__all__ = ["refused_tag", "tagged_scalar"]

_CORE = "tag:yaml.org,2002:"
_KINDS: dict[str, type | tuple[type, ...]] = {
    "null": type(None),
    "bool": bool,
    "int": int,
    "float": (int, float),
}
_WRITTEN = re.compile(r"((?:&[0-9A-Za-z_-]+[ \t]+)?)(![^\s,\[\]{}]*)")


def tagged_scalar(event: Any, scalar: Scalar, source: Source) -> tuple[Scalar, Problem | None]:
    """The scalar that a tag asks for, or the scalar as it is and the tag's problem.

    `!!str 010` is read as if it were quoted; `!!int`, `!!float`, `!!bool` and `!!null` are
    taken where the unquoted text is just that by the core rules.
    """
    name = event.tag.removeprefix(_CORE)
    if event.tag == _CORE + "str":
        if scalar.style != "plain":
            return scalar, None
        return scalar._replace(style="double"), None
    if name in _KINDS and name != event.tag:
        value = core_value(scalar)
        if isinstance(value, _KINDS[name]) and (name == "bool" or not isinstance(value, bool)):
            return scalar, None
    return scalar, _problem(event, source)


def refused_tag(event: Any, source: Source, *, is_map: bool) -> Problem | None:
    """The problem with a list's or a map's tag, if it is not its own (`!!seq`, `!!map`)."""
    if event.tag == _CORE + ("map" if is_map else "seq"):
        return None
    return _problem(event, source)


def _problem(event: Any, source: Source) -> Problem:
    mark = event.start_mark  # of the tag, or of an anchor before it
    found = _WRITTEN.match(source.text, mark.index)
    column = mark.column + (len(found[1]) if found else 0)
    return Problem(
        place=source.place(mark.line, column),
        code="OB122",
        message=f"`{excerpt(found[2] if found else event.tag)}` is a YAML tag, and is not read",
        hint="quote the text if it is meant to start with `!`; else delete the tag",
    )
