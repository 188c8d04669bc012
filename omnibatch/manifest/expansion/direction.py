"""Characters in a prompt that turn the direction of the text around them.

They are not seen, and a line with one of them can read as another one than is sent: in
an editor, in a review, on a terminal. Text in Hebrew or Arabic needs none of them. That
such lines deceive is known as Trojan Source, https://trojansource.codes.
"""

import re
from collections.abc import Iterable
from typing import Final

from omnibatch.manifest import codes
from omnibatch.manifest.expansion.draft import Draft
from omnibatch.manifest.nodes import Scalar
from omnibatch.problems import Place, Problem

__all__ = ["warn_of_turned"]

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


def warn_of_turned(draft: Draft, prompts: Iterable[tuple[str, Scalar | None]]) -> None:
    """Record a warning for each of `prompts` with such a character, which is text and scalar.

    The place is in the prompt itself, in the style, or in a variable; where the character
    comes from elsewhere, such as a cell, it is that of the prompt.
    """
    for text, scalar in prompts:
        found = None if text.isascii() else _ANY.search(text)
        if found is None:
            continue
        picked = draft.pick("style", prompt=True)
        own = (scalar, picked.node if picked else None)
        written = [each for each in own if isinstance(each, Scalar)]
        draft.problems.append(
            _warning(found[0], (*written, *draft.scope.variables()), draft.place_of("prompt"))
        )


def _warning(char: str, written: Iterable[Scalar], otherwise: Place) -> Problem:
    places = (each.place_at(each.text.index(char)) for each in written if char in each.text)
    return Problem(
        place=next(places, otherwise),
        code=codes.TURNED,
        message=f"the prompt holds the invisible character U+{ord(char):04X} ({_NAMES[char]}),"
        " so it may read in another order than it is sent",
        hint="delete it: text from right to left needs none",
        severity="warning",
    )
