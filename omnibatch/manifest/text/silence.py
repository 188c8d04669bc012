"""Words that YAML drops, or takes in, without a sound.

In unquoted text a space and a `#` start a comment: `prompt: Take #2 of the pier` is the
text `Take`. And `prompt: &Sons opens` names a node that nobody asks for. Either would
buy a clip of something else than was written.

Two spaces before the `#` always mean a comment, and so does one after a number, a
boolean or a null. After one word and before `# ` it most likely is a comment too, and
only a warning; after several words, or where the `#` touches a word, it is an error.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

from omnibatch.manifest.nodes import Scalar, core_value, scalar_at
from omnibatch.manifest.text.layout import missing_space
from omnibatch.manifest.text.mistakes import Mistake
from omnibatch.manifest.text.source import Source, excerpt
from omnibatch.problems import Place, Problem

__all__ = ["Silence", "unused_anchor"]

_MOST_KEPT = 100_000
_ONE_SPACE = re.compile(r"(?<=\S) #")
# A comment, the empty lines after it, and the indentation of the next line.
_TO_NEXT_WORD = re.compile(r" #[^\n]*\n(?:[ ]*\n)*([ ]*)(?=[^ \n])")


class _Comments:
    """Where a single space stands before a `#`, looked up in the text: they are too many."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __contains__(self, index: int) -> bool:
        return _ONE_SPACE.match(self._text, index) is not None

    def __bool__(self) -> bool:
        return True


class Silence:
    """What one text loses."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._last: tuple[Any, Problem] | None = None
        # Where a single space stands before a `#`. Most texts have none, and then no
        # scalar needs a look.
        places = islice(_ONE_SPACE.finditer(source.text), _MOST_KEPT + 1)
        some = frozenset(match.start() for match in places)
        self.comments: frozenset[int] | _Comments = (
            some if len(some) <= _MOST_KEPT else _Comments(source.text)
        )

    def after(self, event: Any, text: str) -> Iterator[Problem]:
        """The problem with a comment one space after the scalar of `event`."""
        end = event.end_mark
        place = self._source.place(end.line, end.column + 1)
        if event.style or not isinstance(core_value(scalar_at(place, text)), str):
            return
        line_end = self._source.text.find("\n", end.index)
        stop = line_end if line_end >= 0 else len(self._source.text)
        comment = self._source.text[end.index + 1 : stop].rstrip()
        touches = comment[1:2].strip() != ""
        problem = Problem(
            place=place,
            code="OB130",
            message=f"`{excerpt(comment)}` is read as a comment, not as a part of the text",
            hint="quote the text, or put two spaces before the `#` of a comment",
            severity="error" if touches or len(text.split()) > 1 else "warning",
        )
        self._last = (event, problem)
        yield problem

    def cut_off(self, mistake: Mistake) -> Problem | None:
        """The comment that the parser stumbled over, as the text went on after it."""
        if self._last is None or self._last[0] is not mistake.last:
            return None
        end = self._last[0].end_mark.index
        comment_and_gap = _TO_NEXT_WORD.match(self._source.text, end)
        column = len(comment_and_gap[1]) + 1 if comment_and_gap else 0
        blocks = mistake.blocks()
        went_on = column > (blocks[-1].place.column if blocks else 0)
        return replace(self._last[1], severity="error") if went_on else None

    def run_together(self, scalar: Scalar, index: int) -> Problem | None:
        """A list whose first dash lacks its space: one text, over all its lines.

        `index` is where the scalar stands in the source.
        """
        if not scalar.text.startswith("-") or " - " not in scalar.text:
            return None
        start = self._source.text.rfind("\n", 0, index) + 1
        return missing_space(self._source, scalar.place.line - 1, start)


def unused_anchor(name: str, place: Place) -> Problem:
    """The problem with an unquoted text whose `&name` no alias ever asks for."""
    name = excerpt(name)
    return Problem(
        place=place,
        code="OB128",
        message=f"`&{name}` names this value and is no part of it, and no `*{name}` uses the name",
        hint="quote the text if it is meant to start with `&`; else delete the name",
    )
