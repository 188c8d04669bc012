"""What libyaml reads on over, and YAML forbids or reads otherwise, where words get lost.

libyaml takes any `#` outside a text for a comment, even one that touches a quote or a
bracket: `prompt: "Take"#2` is `Take`. Inside brackets it takes every `?` for the start of
a key, so that `[?x]` is a map. It ends the name of an `&anchor` or `*alias` at a `:`, and
YAML does not. And it measures a `|` text by the blank line above it, so that a first line
such as `# Dawn` becomes a comment. All are refused, for the words would be gone unseen.

What libyaml takes beyond YAML and what can mean one thing only (a `]` left of its key, a
tab in front of a quoted line) is read. docs/yaml.md lists both.
"""

import re
import sys
from collections.abc import Iterator
from typing import Any

from omnibatch.manifest.text.mistakes import Mistake, Spot
from omnibatch.manifest.text.quoting import QUOTE_IT
from omnibatch.manifest.text.source import Source, excerpt
from omnibatch.problems import Place, Problem

__all__ = ["Leniency", "name_runs_on"]

# A `#` right after what can stand before one that libyaml takes for a comment: the end of
# a quoted text, an indicator, and what follows the `|` or `>` of a block text.
_TOUCHING = re.compile(r"(?<=[\[\]{},:?\"'|>+\-0-9])#")
_QUESTION = re.compile(r"\?\S")
_TOUCHED_HEADER = re.compile(r"[|>][-+0-9]{0,2}#")
_HEADER_AND_GAP = re.compile(r"([|>])[^\n]*\n((?:[ ]*\n)*)([ ]*)#")
# What can stand between two texts, in front of a comment. Where the parser gave up, it may
# have come past a text of which it did not tell.
_INDICATORS = re.compile(r"[\s\[\]{},:?-]*")
# libyaml lets these follow a name; YAML counts them to it.
_IN_NAMES = frozenset(":?%@`")
_NEVER = sys.maxsize


class Leniency:
    """What libyaml makes of one text that YAML does not."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._lines = (0, 0)  # of an index that was passed: itself, and the line it is in
        self._comments: list[Problem] = []
        self._measured: tuple[Any, Problem] | None = None
        self._touching = _TOUCHING.finditer(source.text)
        self.touches = -1
        """Where the next `#` stands that touches what could be no text; most are in texts."""
        self._go_on(0)
        self.has_questions = _QUESTION.search(source.text) is not None
        """Whether any text could start right after a `?`."""

    def between(self, before: int, start: int) -> Iterator[Problem]:
        """The problems with comments between two texts: the first ends at `before`."""
        while self.touches < start:
            at = self.touches
            if at < before:
                self._go_on(before)
                continue
            line_start = self._source.text.rfind("\n", 0, at) + 1
            if self._source.text.find("#", max(before, line_start), at) < 0:
                yield self._comment(at)
            self._go_on(self._line_end(at))

    def passed(self, before: int, event: Any) -> Iterator[Problem]:
        """The problems with comments from `before` to the end of a scalar."""
        start, end = event.start_mark.index, event.end_mark.index
        yield from self.between(before, start)
        touching = _TOUCHED_HEADER.match(self._source.text, self._header(event), end)
        if touching is not None and touching.end() - 1 == self.touches:
            yield self._comment(self.touches)
        self._go_on(end)

    def cause(self, problem: Problem, mistake: Mistake, problems: list[Problem]) -> Problem:
        """The comment that hid what the parser then missed, such as a bracket; else `problem`.

        Adds to `problems` what stands before the mistake and was not looked at yet.
        """
        if self._measured is not None and self._measured[0] is mistake.last:
            return self._measured[1]
        before = mistake.last.end_mark.index if mistake.last is not None else 0
        is_inside = mistake.said.startswith("while scanning")  # a text, or a name
        spot = mistake.start if is_inside else mistake.at
        at = self.touches
        if at < self._index(spot) and _INDICATORS.fullmatch(self._source.text, before, at):
            problems.append(self._comment(at))
        for comment in self._comments:
            if _follows(comment.place, problem.place):
                return comment
        return problem

    def questioned(self, event: Any) -> Problem | None:
        """The problem with a text right after a `?`, inside brackets."""
        start = event.start_mark
        if start.index == 0 or not self._source.text.startswith("?", start.index - 1):
            return None
        return Problem(
            place=self._source.place(start.line, start.column - 1),
            code="OB111",
            message="unquoted text inside brackets cannot start with `?`, which starts a key",
            hint=QUOTE_IT,
        )

    def measured(self, event: Any, parent: Place | None) -> Problem | None:
        """A `|` text whose first line became a comment, left of a blank line above it."""
        found = _HEADER_AND_GAP.match(self._source.text, self._header(event))
        column = len(found[3]) + 1 if found else 0
        if found is None or column <= (parent.column if parent else 0):
            return None
        longest = max(map(len, found[2].split("\n"))) + 1
        if longest <= column:
            return None
        start = event.start_mark
        line = start.line + self._source.text.count("\n", start.index, found.end())
        problem = Problem(
            place=self._source.place(line, column - 1),
            code="OB116",
            message=f"this line starts in column {column} and so is read as a comment: the blank"
            f" lines above it set the `{found[1]}` text to column {longest}",
            hint="delete the spaces in the blank lines",
        )
        self._measured = event, problem
        return problem

    def _go_on(self, index: int) -> None:
        """Look for the next `#` from `index` on."""
        if self.touches >= index:
            return
        for found in self._touching:
            if found.start() >= index:
                self.touches = found.start()
                return
        self.touches = _NEVER

    def _header(self, event: Any) -> int:
        """Where the `|` or `>` of a block text stands, past a name; the start of other texts."""
        start: int = event.start_mark.index
        return self._source.text.find(event.style, start) if event.style in ("|", ">") else start

    def _comment(self, at: int) -> Problem:
        comment = self._source.text[at : self._line_end(at)].rstrip()
        problem = Problem(
            place=self._place(at),
            code="OB131",
            message=f"`{excerpt(comment)}` is read as a comment, though it touches what stands before",
            hint="quote the whole text that holds the `#`, or put two spaces before a comment",
        )
        self._comments.append(problem)
        return problem

    def _line_end(self, at: int) -> int:
        end = self._source.text.find("\n", at)
        return end if end >= 0 else len(self._source.text)

    def _place(self, at: int) -> Place:
        """The place of an index, which stands behind all that were asked for before."""
        text = self._source.text
        passed, line = self._lines
        line += text.count("\n", passed, at)
        self._lines = at, line
        return self._source.place(line, at - text.rfind("\n", 0, at) - 1)

    def _index(self, spot: Spot) -> int:
        index = 0
        for _ in range(spot.line):
            index = self._source.text.find("\n", index) + 1
        return index + spot.column


def _follows(place: Place, other: Place) -> bool:
    return (place.line, place.column) >= (other.line, other.column)


def name_runs_on(event: Any, source: Source) -> Problem | None:
    """The problem with an `&anchor` or `*alias` that ends at what YAML counts to its name."""
    written = ("&" if hasattr(event, "style") else "*") + event.anchor
    start = event.start_mark
    end = source.text.find(written, start.index) + len(written)
    character = source.text[end : end + 1]
    if character not in _IN_NAMES:
        return None
    return Problem(
        place=source.place(start.line, start.column),
        code="OB111",
        message=f"the name `{excerpt(written)}` ends before a `{character}`, which to YAML is a"
        " part of the name",
        hint="put a space after the name, or quote the text",
    )
