"""Templates in text values: read once per distinct text, rendered without surprises.

Most templates only put names into text: `{{ keeper }} at {{ ref.pier }}`. Those are read
here, with what Jinja would make of them and without loading it. All others go to
`expressions`, where Jinja's tree is checked against a list before it is compiled.
"""

import re
from functools import lru_cache
from typing import Final

from omnibatch.manifest import codes
from omnibatch.manifest.shape.vocabulary import OFFERED, RESERVED
from omnibatch.manifest.template.code import leaves
from omnibatch.manifest.template.rendering import (
    HOLDERS,
    LARGEST_TEXT,
    Flaw,
    Names,
    Rendering,
    Template,
    Use,
    as_text,
    missing,
    too_long,
)
from omnibatch.manifest.template.wording import failed
from omnibatch.manifest.template.work import Work

__all__ = ["LARGEST_TEMPLATE", "SHIFT", "Templates", "is_template"]

LARGEST_TEMPLATE: Final = 16 * 1024
_MOST_REMEMBERED: Final = 10_000
# What makes a template of an expression.
_IF: Final = "{% if ("
_THEN: Final = ") %}1{% endif %}"
SHIFT: Final = len(_IF)

_OPENING = re.compile(r"\{[{%#]")
_PUT = re.compile(r"\{\{[ \t\n]*([^\W\d]\w*)(?:\.([^\W\d]\w*))?[ \t\n]*\}\}")
# Words that Jinja reads in a way of its own.
_JINJAS_OWN = RESERVED - OFFERED


def is_template(text: str) -> bool:
    """Whether `text` has anything in it for a template engine."""
    return "{" in text and _OPENING.search(text) is not None


class Templates:
    """Templates by their text, so that ten thousand shots with one prompt read it once.

    Where each shot has a text of its own, those before are forgotten now and then: `known`
    are those that are not. `words` are the names that all of them use.
    """

    def __init__(self) -> None:
        self.known: dict[str, Template | tuple[Flaw, ...]] = {}
        self._work = Work()
        self.words: set[str] = set()

    def get(self, text: str) -> Template | tuple[Flaw, ...]:
        """The template of `text`, or what is wrong with it."""
        known = self.known.get(text)
        if known is None:
            if len(self.known) >= _MOST_REMEMBERED:
                self.known.clear()
            known = self.known[text] = _read(text, self._work)
            if not isinstance(known, tuple):
                self.words |= known.words
        return known

    def condition(self, text: str) -> Template | tuple[Flaw, ...]:
        """The template that comes to something where the expression `text` is true.

        Offsets of its flaws count from `SHIFT` characters before the expression.
        """
        whole = f"{_IF}{text}{_THEN}"
        if whole not in self.known and (end := leaves(text)) >= 0:
            message, hint = "%} ends no expression", "write one expression, without braces"
            flaw = Flaw(offset=SHIFT + end, code=codes.TEMPLATE_SYNTAX, message=message, hint=hint)
            self.known[whole] = (flaw,)
        return self.get(whole)


def _read(text: str, work: Work) -> Template | tuple[Flaw, ...]:
    if len(text) > LARGEST_TEMPLATE:
        message = f"this template has {len(text):,} characters, limit {LARGEST_TEMPLATE:,}"
        return (Flaw(offset=0, code=codes.TEMPLATE_SIZE, message=message, hint="make it shorter"),)
    simple = _simple(text)
    if simple is not None:
        return simple
    from omnibatch.manifest.template.expressions import read_expressions

    return read_expressions(text, work)


class _Simple:
    """Literal text and names by turns: one literal more than names."""

    __slots__ = ("_first", "_steps", "_text", "words")

    def __init__(self, text: str, pieces: list[str]) -> None:
        """Keep `pieces`: a literal, then word, part and literal for each name."""
        words = pieces[1::3]
        self._text = text
        self._first = pieces[0]
        self._steps = tuple(zip(words, pieces[2::3], pieces[3::3], strict=True))
        self.words = frozenset(words)

    def render(self, names: Names) -> Rendering:
        pieces = [self._first]
        get = names.get
        try:
            for word, part, literal in self._steps:
                value = get(word)
                if part:
                    value = value[part]  # type: ignore[index]  # only holders have parts
                pieces.append(value if type(value) is str else as_text(value))
                pieces.append(literal)
        except (KeyError, TypeError):
            return self._flaws(names)
        # Measured before it is put together: a cell may have millions of characters.
        size = sum(map(len, pieces))
        return "".join(pieces) if size <= LARGEST_TEXT else (too_long(size),)

    def _flaws(self, names: Names) -> tuple[Flaw, ...]:
        """What went wrong: something is missing, or of no use in text."""
        uses = [
            Use(word=put[1], part=put[2] or "", offset=put.start(1))
            for put in _PUT.finditer(self._text)
        ]
        flaws = missing(uses, names)
        for use in () if flaws else uses:
            value = names.get(use.word)
            try:
                as_text(value[use.part] if use.part else value)  # type: ignore[index]
            except TypeError as error:
                return (failed(use.offset, error),)
        return flaws


def _simple(text: str) -> _Simple | None:
    if "\r" in text:
        return None
    pieces = _PUT.split(text)
    if not all(map(_is_plain_name, pieces[1::3], pieces[2::3])):
        return None
    literals = pieces[::3]
    if (
        text.count("{") > 2 * len(literals) - 2
        and (  # more than stand around names
            any(map(_OPENING.search, literals)) or any(each.endswith("{") for each in literals[:-1])
        )
    ):
        return None
    return _Simple(text, pieces)


@lru_cache(maxsize=1000)
def _is_plain_name(word: str, part: str | None) -> bool:
    """Whether Jinja would see a name in this, with a part or without one, as we do."""
    return (
        word not in _JINJAS_OWN
        and word.isidentifier()
        and (word in HOLDERS) == bool(part)
        and not (part or "").startswith("__")
    )
