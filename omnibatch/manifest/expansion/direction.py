"""Characters in a prompt that turn the direction of the text around them.

They are not seen, and a line with one of them can read as another one than is sent: in
an editor, in a review, on a terminal. Text in Hebrew or Arabic needs none of them. That
such lines deceive is known as Trojan Source, https://trojansource.codes.
"""

import re
from collections.abc import Iterable
from typing import Final

from omnibatch.manifest import codes
from omnibatch.manifest.nodes import Scalar
from omnibatch.problems import Place, Problem

__all__ = ["turned"]

_NAMES: Final = {
    "\u202a": "left-to-right embedding",
    "\u202b": "right-to-left embedding",
    "\u202c": "pop directional formatting",
    "\u202d": "left-to-right override",
    "\u202e": "right-to-left override",
    "\u2066": "left-to-right isolate",
    "\u2067": "right-to-left isolate",
    "\u2068": "first strong isolate",
    "\u2069": "pop directional isolate",
}
_ANY: Final = re.compile(f"[{''.join(_NAMES)}]")


def turned(text: str, written: Iterable[Scalar], otherwise: Place) -> Problem | None:
    """A warning where the prompt `text` holds such a character, with its place.

    `written` are the texts that the prompt may have it from, the likeliest first. It
    comes from elsewhere, such as a cell, if none of them has it: then the place is
    `otherwise`.
    """
    found = None if text.isascii() else _ANY.search(text)
    if found is None:
        return None
    char = found[0]
    places = (each.place_at(each.text.index(char)) for each in written if char in each.text)
    return Problem(
        place=next(places, otherwise),
        code=codes.TURNED,
        message=f"the prompt holds the invisible character U+{ord(char):04X} ({_NAMES[char]}),"
        " so it may read in another order than it is sent",
        hint="delete it: text from right to left needs none",
        severity="warning",
    )
