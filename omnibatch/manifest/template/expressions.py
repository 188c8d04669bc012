"""Templates that need more than names put in: Jinja, held to a list.

A manifest comes from somebody else's branch, and a template is a program. So the tree
that Jinja reads is checked (`template_tree`) before it is compiled. The sandbox stands
behind that list, not in place of it.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2 import Template as Compiled
from jinja2.exceptions import UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from omnibatch.manifest import codes
from omnibatch.manifest.template.code import spans
from omnibatch.manifest.template.filters import COUNTED, FILTERS, TooMuch
from omnibatch.manifest.template.rendering import (
    HOLDERS,
    LARGEST_TEXT,
    Flaw,
    Names,
    Parts,
    Rendering,
    Template,
    Use,
    as_text,
    failed,
    missing,
    too_long,
)
from omnibatch.manifest.template.tree import refusal, uses
from omnibatch.manifest.template.work import TooMuchWork, Work, too_much_work

__all__ = ["read_expressions"]


class _Environment(ImmutableSandboxedEnvironment):
    """Jinja's, but for holders: `row.items` is the column of that name, not a method."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        return self._part(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        return self._part(obj, argument)

    def _part(self, obj: Any, part: Any) -> Any:
        # The tree holds nothing but holders with parts, and parts of theirs.
        try:
            return obj[part]
        except (KeyError, TypeError, AttributeError, IndexError):
            return self.undefined(hint=f"it has no {str(part)[:60]}", obj=obj, name=part)


@cache
def _environment() -> _Environment:
    made = _Environment(
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        finalize=_finalize,
        cache_size=0,
        autoescape=False,
        # Working constants out beforehand takes Jinja time with the cube of their depth.
        optimized=False,
    )
    made.globals.clear()
    made.tests.clear()
    made.filters.clear()
    made.filters.update(FILTERS)
    return made


def _finalize(value: object) -> object:
    # An undefined value must raise its own error, which names it.
    return str(value) if isinstance(value, StrictUndefined) else as_text(value)


def read_expressions(text: str, work: Work) -> Template | tuple[Flaw, ...]:
    """Read and check any template; return it ready to render, or what is wrong with it."""
    try:
        tree = _environment().parse(text)
    except TemplateSyntaxError as error:
        hint = "write {{ name }}; braces that are meant as text are written {{ '{{' }}"
        message = f"this template cannot be read: {error.message}"
        offset = _culprit(text)
        return (Flaw(offset=offset, code=codes.TEMPLATE_SYNTAX, message=message, hint=hint),)
    except Exception as error:  # whatever hostile text makes Jinja's parser raise
        return (failed(0, error),)
    refused = refusal(tree)
    if refused is not None:
        what, hint = refused
        message = f"templates may not use {what}"
        offset = _culprit(text)
        return (Flaw(offset=offset, code=codes.TEMPLATE_REFUSED, message=message, hint=hint),)
    used = tuple(sorted(uses(text, tree), key=lambda use: use.offset))
    try:
        with work.of_one():  # compiling folds constants
            code = _environment().compile(tree)
        compiled = Compiled.from_code(_environment(), code, {})
    except Exception as error:  # a checked tree should compile; if not, it is a finding
        return (failed(0, error),)
    words = frozenset(use.word for use in used)
    is_counted = any(each.name in COUNTED for each in tree.find_all(nodes.Filter))
    counting = work.of_one if is_counted else nullcontext
    return _Expressions(text=text, uses=used, words=words, counting=counting, compiled=compiled)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Expressions:
    text: str
    uses: tuple[Use, ...]
    words: frozenset[str]
    counting: Callable[[], AbstractContextManager[None]]
    compiled: Compiled

    def render(self, names: Names) -> Rendering:
        flaws = missing(self.uses, names)
        if flaws:
            return flaws
        values = {use.word: names.get(use.word) for use in self.uses}
        given = {word: value for word, value in values.items() if value is not None}
        size = sum(_size(given.get(use.word), use.part) for use in self.uses)
        if size > LARGEST_TEXT * 4:
            return (too_long(),)
        pieces: list[str] = []
        size = 0
        try:
            with self.counting():
                for piece in self.compiled.root_render_func(self.compiled.new_context(given)):
                    pieces.append(piece)
                    size += len(piece)
                    if size > LARGEST_TEXT:
                        return (too_long(),)
        except TooMuch:
            return (too_long(),)
        except TooMuchWork:
            return (too_much_work(),)
        except UndefinedError as error:
            return (self._nothing_there(error),)
        except Exception as error:  # values and filters may disagree in any way they like
            return (failed(self._first_offset(), error),)
        return "".join(pieces)

    def _nothing_there(self, error: UndefinedError) -> Flaw:
        # Missing names were found before; this is a part chosen while rendering.
        offset = next((use.offset for use in self.uses if use.word in HOLDERS), 0)
        message = f"nothing here: {error}"
        hint = 'add | default("...") where there may be none'
        return Flaw(offset=offset, code=codes.UNDEFINED, message=message, hint=hint)

    def _first_offset(self) -> int:
        return next((start for start, _ in spans(self.text)), 0)


def _size(value: object, part: str) -> int:
    """How much text a value, or a part of it, can put in."""
    if isinstance(value, Parts):
        # Which part is not known where it is chosen by another value.
        chosen = (value.get(part),) if part else value.values()
        return max((len(each) for each in chosen if isinstance(each, str)), default=0)
    return len(value) if isinstance(value, str) else 100


def _culprit(text: str) -> int:
    """The offset of the first piece of code that is not in order by itself.

    Jinja knows lines but no columns. Pieces that only make sense together, such as `if`
    and `endif`, are passed over, and taken where all others are in order.
    """
    others: list[int] = []
    for start, code in spans(text):
        if code.startswith("{%"):
            others.append(start)
            continue
        try:
            tree = _environment().parse(code)
        except Exception:  # whatever hostile text makes Jinja's parser raise
            return start
        if refusal(tree) is not None:
            return start
    return others[0] if others else 0
