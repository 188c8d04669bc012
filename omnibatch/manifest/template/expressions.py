"""Templates that need more than names put in: Jinja, held to a list.

A manifest comes from somebody else's branch, and a template is a program. So the tree
that Jinja reads is checked (`template_tree`) before it is compiled. The sandbox stands
behind that list, not in place of it.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Final

from jinja2 import Template as Compiled
from jinja2 import TemplateSyntaxError, nodes
from jinja2.exceptions import UndefinedError

from omnibatch.manifest import codes
from omnibatch.manifest.template.code import spans
from omnibatch.manifest.template.environment import NoPart, environment, for_conditions
from omnibatch.manifest.template.failing import ByLines
from omnibatch.manifest.template.filters import COUNTED, TooMuch
from omnibatch.manifest.template.rendering import (
    HOLDERS,
    LARGEST_TEXT,
    Flaw,
    Names,
    Parts,
    Rendering,
    Template,
    Use,
    missing,
    no_part,
    too_long,
)
from omnibatch.manifest.template.tree import refusal, uses, with_columns
from omnibatch.manifest.template.wording import failed, misread
from omnibatch.manifest.template.work import TooMuchWork, Work, too_much_work

__all__ = ["read_expressions"]

_MOST_KNOWN: Final = 1_000


def read_expressions(text: str, work: Work) -> Template | tuple[Flaw, ...]:
    """Read and check any template; return it ready to render, or what is wrong with it."""
    try:
        tree = environment().parse(text)
    except TemplateSyntaxError as error:
        said, hint = misread(text, error.message or "")
        message = f"this template cannot be read: {said}"
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
    tree = with_columns(tree)
    used = tuple(sorted(uses(text, tree), key=lambda use: use.offset))
    try:
        with work.of_one():  # compiling folds constants
            code = environment().compile(tree)
        compiled = Compiled.from_code(environment(), code, {})
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
    # What it came to, by the values that it asked for: the same in many rows.
    known: dict[tuple[tuple[type, object], ...], str] = field(default_factory=dict)
    by_lines: ByLines | None = None  # made when something fails first

    def render(self, names: Names) -> Rendering:
        asked = self._asked(names)
        text = None if asked is None else self.known.get(asked)
        if text is not None:
            return text
        rendering = self._render(names)
        if asked is not None and isinstance(rendering, str) and len(self.known) < _MOST_KNOWN:
            self.known[asked] = rendering
        return rendering

    def _asked(self, names: Names) -> tuple[tuple[type, object], ...] | None:
        """All that goes into the text; None where that cannot be told beforehand."""
        if "ref" in self.words:
            return None  # to ask for a reference is to use it, which a branch not taken does not
        values: list[tuple[type, object]] = []
        for use in self.uses:
            value = names.get(use.word)
            if use.word in HOLDERS:
                try:
                    value = value[use.part]  # type: ignore[index]  # only holders get here
                except (KeyError, TypeError):
                    return None
            values.append((type(value), value))
        return tuple(values)

    def _render(self, names: Names) -> Rendering:
        flaws = missing(self.uses, names)
        if flaws:
            return flaws
        values = {use.word: names.get(use.word) for use in self.uses}
        given = {word: for_conditions(value) for word, value in values.items() if value is not None}
        put_in = sum(_size(given.get(use.word), use.part) for use in self.uses)
        if put_in > LARGEST_TEXT * 4:
            return (too_long(put_in),)
        pieces: list[str] = []
        size = 0
        try:
            with self.counting():
                for piece in self.compiled.root_render_func(self.compiled.new_context(given)):
                    pieces.append(piece)
                    size += len(piece)
                    if size > LARGEST_TEXT:
                        return (too_long(size),)
        except TooMuch as much:
            return (too_long(much.length),)
        except TooMuchWork:
            return (too_much_work(),)
        except UndefinedError as error:
            return (self._nothing_there(error, names),)
        except Exception as error:  # values and filters may disagree in any way they like
            return (failed(self._failing(given), error),)
        return "".join(pieces)

    def _nothing_there(self, error: UndefinedError, names: Names) -> Flaw:
        # Missing names were found before; this is a part chosen while rendering.
        holders = [use for use in self.uses if use.word in HOLDERS]
        if isinstance(error, NoPart):
            for use in holders:
                if names.get(use.word) is error.holder:
                    return no_part(replace(use, part=error.part), error.holder)
        offset = holders[0].offset if holders else 0
        hint = "check the name in brackets against those that there are"
        message = f"nothing here: {error}"
        return Flaw(offset=offset, code=codes.UNDEFINED, message=message, hint=hint)

    def _failing(self, given: Mapping[str, object]) -> int:
        """The offset of the piece of code that fails with the names that are `given`."""
        if self.by_lines is None:
            object.__setattr__(self, "by_lines", ByLines(self.text))
        assert self.by_lines is not None
        return self.by_lines.failing(given)


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
            tree = environment().parse(code)
        except Exception:  # whatever hostile text makes Jinja's parser raise
            return start
        if refusal(tree) is not None:
            return start
    return others[0] if others else 0
