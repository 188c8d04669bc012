"""The id of an element: digits, which a template may have made."""

import re
from typing import Final

from omnibatch.manifest import codes, nodes
from omnibatch.manifest.expansion.scope import Scope
from omnibatch.problems import Problem

__all__ = ["element_id"]

# What is left of an id of 18 digits that a spreadsheet took for a number.
_ROUNDED: Final = re.compile(r"[0-9]([.,][0-9]+)?[eE]\+?[0-9]{2}")


def element_id(node: nodes.Node, scope: Scope, problems: list[Problem]) -> str | None:
    """The digits in `node`; empty where a template came to nothing, None where they are wrong.

    What is wrong is added to `problems`.
    """
    text = scope.text(node) if isinstance(node, nodes.Scalar) else None
    if text is None:
        return None
    digits = text.strip()
    if digits and not (digits.isascii() and digits.isdigit() and len(digits) <= 20):
        message = f"element must be the digits of an element's id, not {text[:60]!r}"
        hint = "write the id as the provider shows it, in quotes or not"
        if _ROUNDED.fullmatch(digits):
            hint = "a spreadsheet has rounded it: format the column as text, and enter it anew"
        problems.append(
            Problem(place=node.place, code=codes.WRONG_VALUE, message=message, hint=hint)
        )
        return None
    return digits
