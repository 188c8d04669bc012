"""Templates that need more than names put in: Jinja, held to a list.

A manifest comes from somebody else's branch, and a template is a program. So the tree
that Jinja reads is checked against the few kinds of nodes that manifests need, before it
is compiled: compiling folds constants, and `'a' * 10**9` would be worked out right there.
The sandbox stands behind the list, not in place of it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2 import Template as Compiled
from jinja2.exceptions import UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from omnibatch.manifest import codes
from omnibatch.manifest.filters import FILTERS, TooMuch
from omnibatch.manifest.rendering import (
    HOLDERS,
    LARGEST_TEXT,
    Flaw,
    Names,
    Rendering,
    Template,
    Use,
    as_text,
    failed,
    missing,
    too_long,
)
from omnibatch.manifest.suggest import did_you_mean
from omnibatch.manifest.vocabulary import OFFERED, RESERVED

__all__ = ["read_expressions"]

_MOST_NODES: Final = 1000
_DEEPEST: Final = 40

_ALLOWED: Final = (
    nodes.Add,
    nodes.And,
    nodes.Compare,
    nodes.Concat,
    nodes.CondExpr,
    nodes.Const,
    nodes.Filter,
    nodes.Getattr,
    nodes.Getitem,
    nodes.If,
    nodes.Keyword,
    nodes.Name,
    nodes.Neg,
    nodes.Not,
    nodes.Operand,
    nodes.Or,
    nodes.Output,
    nodes.Sub,
    nodes.Template,
    nodes.TemplateData,
)
_REFUSED: Final = {
    "Assign": "{% set %}",
    "Call": "calls",
    "Div": "/",
    "FloorDiv": "//",
    "For": "loops",
    "Include": "{% include %}",
    "Macro": "macros",
    "Mod": "%",
    "Mul": "*",
    "Pow": "**",
    "Slice": "slices",
    "Test": "tests with is",
}
_ALL_THERE_IS: Final = "names, filters, if, +, - and ~ are all there is"
# Words that Jinja gives a meaning of its own, wherever they stand.
_OWN_WORDS: Final = RESERVED - OFFERED


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        finalize=_finalize,
        cache_size=0,
        autoescape=False,
    )
    made.globals.clear()
    made.tests.clear()
    made.filters.clear()
    made.filters.update(FILTERS)
    return made


def _finalize(value: object) -> object:
    # An undefined value must raise its own error, which names it.
    return str(value) if isinstance(value, StrictUndefined) else as_text(value)


def read_expressions(text: str) -> Template | tuple[Flaw, ...]:
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
    refused = _refusal(tree)
    if refused is not None:
        what, hint = refused
        message = f"templates may not use {what}"
        offset = _culprit(text)
        return (Flaw(offset=offset, code=codes.TEMPLATE_REFUSED, message=message, hint=hint),)
    uses = tuple(sorted(_uses(text, tree), key=lambda use: use.offset))
    try:
        code = _environment().compile(tree)
        compiled = Compiled.from_code(_environment(), code, {})
    except Exception as error:  # a checked tree should compile; if not, it is a finding
        return (failed(0, error),)
    return _Expressions(text=text, uses=uses, compiled=compiled)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Expressions:
    text: str
    uses: tuple[Use, ...]
    compiled: Compiled

    def render(self, names: Names) -> Rendering:
        flaws = missing(self.uses, names)
        if flaws:
            return flaws
        values = {use.word: names.get(use.word) for use in self.uses}
        given = {word: value for word, value in values.items() if value is not None}
        if sum(len(str(given.get(use.word, ""))) for use in self.uses) > LARGEST_TEXT * 4:
            return (too_long(),)
        pieces: list[str] = []
        size = 0
        try:
            for piece in self.compiled.root_render_func(self.compiled.new_context(given)):
                pieces.append(piece)
                size += len(piece)
                if size > LARGEST_TEXT:
                    return (too_long(),)
        except TooMuch:
            return (too_long(),)
        except UndefinedError as error:
            return (self._nothing_there(error),)
        except Exception as error:  # values and filters may disagree in any way they like
            return (failed(self._first_offset(), error),)
        return "".join(pieces)

    def _nothing_there(self, error: UndefinedError) -> Flaw:
        # Missing names were found before; this is a part chosen while rendering.
        offset = next((use.offset for use in self.uses if use.word in HOLDERS), 0)
        return Flaw(offset=offset, code=codes.UNDEFINED, message=f"nothing here: {error}")

    def _first_offset(self) -> int:
        return next((start for start, _ in _spans(self.text)), 0)


# The tree ---------------------------------------------------------------------------


def _refusal(tree: nodes.Template) -> tuple[str, str] | None:
    """The first thing in the tree that manifests may not use, and the cure."""
    waiting: list[tuple[nodes.Node, int]] = [(tree, 0)]
    count = 0
    while waiting:
        node, depth = waiting.pop()
        count += 1
        refused = _forbidden(node)
        if refused is not None:
            return refused
        if count > _MOST_NODES or depth > _DEEPEST:
            return "so many parts", "make a variable of some of them"
        waiting += [(child, depth + 1) for child in node.iter_child_nodes()]
    return None


def _forbidden(node: nodes.Node) -> tuple[str, str] | None:
    """What is refused about `node` itself, and the cure."""
    if not isinstance(node, _ALLOWED):
        kind = type(node).__name__
        return _REFUSED.get(kind, kind.lower()), _ALL_THERE_IS
    if isinstance(node, nodes.Name) and (node.ctx != "load" or node.name in _OWN_WORDS):
        return node.name, _ALL_THERE_IS
    if isinstance(node, nodes.Filter):
        if node.name not in FILTERS:
            return f"the filter {node.name}", did_you_mean(node.name, FILTERS)
        if node.node is None or node.dyn_args is not None or node.dyn_kwargs is not None:
            return "filters in this way", "write {{ name | filter }}"
    if isinstance(node, nodes.Getattr | nodes.Getitem):
        if isinstance(node, nodes.Getattr) and "__" in node.attr:
            return node.attr, _ALL_THERE_IS
        if _held(node.node) or (isinstance(node, nodes.Getitem) and _is_part(node.node)):
            return None
        return "parts of a text", "only shot and ref have parts"
    held = next(filter(_held, node.iter_child_nodes()), None)
    if held is not None:
        return f"{_held(held)} as a whole", f"name a part of it: {_held(held)}.NAME"
    return None


def _held(node: nodes.Node) -> str:
    """The name of the holder that `node` is, or nothing."""
    return node.name if isinstance(node, nodes.Name) and node.name in HOLDERS else ""


def _is_part(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Getattr | nodes.Getitem) and bool(_held(node.node))


def _uses(text: str, tree: nodes.Template) -> Iterator[Use]:
    """Every use of a name in the tree, with the place where the text has it."""
    places = _Places(text)
    waiting: list[tuple[nodes.Node, bool]] = [(tree, False)]
    while waiting:
        node, guarded = waiting.pop()
        word, part = _named(node)
        if word:
            offset = places.of(word, part)
            yield Use(word=word, part=part, offset=offset, guarded=guarded)
        children = list(node.iter_child_nodes())
        if isinstance(node, nodes.Getattr | nodes.Getitem) and word:
            children = children[1:]
        stand_in = node.node if isinstance(node, nodes.Filter) and node.name == "default" else None
        waiting += [(child, child is stand_in) for child in reversed(children)]


def _named(node: nodes.Node) -> tuple[str, str]:
    if isinstance(node, nodes.Name):
        return node.name, ""
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
        return node.node.name, node.attr
    if isinstance(node, nodes.Getitem) and isinstance(node.node, nodes.Name):
        chosen = node.arg.value if isinstance(node.arg, nodes.Const) else ""
        return node.node.name, chosen if isinstance(chosen, str) else ""
    return "", ""


# Places -----------------------------------------------------------------------------

# Code between braces; quoted text inside is skipped, since it may hold braces too.
_CODE = re.compile(
    r"\{#.*?#\}|\{([{%])(?:[^'\"}%]|'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|[}%](?!\}))*(?:[}%]\})?",
    re.DOTALL,
)
_QUOTED = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"", re.DOTALL)


def _spans(text: str) -> Iterator[tuple[int, str]]:
    """Each piece of code in the text, with its offset; comments left out."""
    for code in _CODE.finditer(text):
        if code[1]:
            yield code.start(), code[0]


class _Places:
    """Where the text uses a name: the offset of its first use."""

    def __init__(self, text: str) -> None:
        self._code = [
            (start, _QUOTED.sub(lambda quoted: " " * len(quoted[0]), code))
            for start, code in _spans(text)
        ]

    def of(self, word: str, part: str) -> int:
        """The first use of `word`, with `part` if it is written there."""
        after = rf"\s*\.\s*{re.escape(part)}\b" if part else r"\b"
        pattern = re.compile(rf"(?<![\w.]){re.escape(word)}{after}")
        for start, code in self._code:
            found = pattern.search(code)
            if found:
                return start + found.start()
        if part:
            return self.of(word, "")
        return self._code[0][0] if self._code else 0


def _culprit(text: str) -> int:
    """The offset of the first piece of code that is not in order by itself.

    Jinja knows lines but no columns. Pieces that only make sense together, such as `if`
    and `endif`, are passed over, and taken where all others are in order.
    """
    others: list[int] = []
    for start, code in _spans(text):
        if code.startswith("{%"):
            others.append(start)
            continue
        try:
            tree = _environment().parse(code)
        except Exception:  # whatever hostile text makes Jinja's parser raise
            return start
        if _refusal(tree) is not None:
            return start
    return others[0] if others else 0
