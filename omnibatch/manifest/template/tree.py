"""The tree of a template, held to the few kinds of nodes that manifests need.

Checked before anything is compiled: compiling folds constants, and `'a' * 10**9` would be
worked out right there.
"""

from collections.abc import Iterator
from typing import Any, Final

from jinja2 import nodes
from jinja2.visitor import NodeTransformer

from omnibatch.manifest.shape.vocabulary import OFFERED, RESERVED
from omnibatch.manifest.suggest import did_you_mean
from omnibatch.manifest.template.code import Places
from omnibatch.manifest.template.filters import FILTERS
from omnibatch.manifest.template.rendering import HOLDERS, Use

__all__ = ["refusal", "uses", "with_columns"]

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
    "List": "lists",
    "Macro": "macros",
    "Mod": "%",
    "Mul": "*",
    "Pow": "**",
    "Slice": "slices",
    "Test": "tests with is",
    "Tuple": "lists",
}
_ALL_THERE_IS: Final = (
    "there are names, filters, if, comparisons, in, and, or, not, +, - and ~, and no more"
)
_CURES: Final = {
    "List": 'write each: row.size == "S" or row.size == "M"',
    "Test": "compare with ==, or use | default",
    "Tuple": 'write each: row.size == "S" or row.size == "M"',
}
# Words that Jinja gives a meaning of its own, wherever they stand.
_OWN_WORDS: Final = RESERVED - OFFERED


def refusal(tree: nodes.Template) -> tuple[str, str] | None:
    """The first thing in the tree that manifests may not use, and the cure."""
    waiting: list[tuple[nodes.Node, int]] = [(tree, 0)]
    count = 0
    while waiting:
        node, depth = waiting.pop()
        count += 1
        refused = _forbidden(node)
        if refused is not None:
            return refused
        if count > _MOST_NODES:
            what = f"{count:,} parts or more, limit {_MOST_NODES:,}"
            return what, "make a variable of some of them"
        if depth > _DEEPEST:
            what = f"{depth} levels of parts or more, limit {_DEEPEST}"
            return what, "make a variable of some of them"
        waiting += [(child, depth + 1) for child in node.iter_child_nodes()]
    return None


def _forbidden(node: nodes.Node) -> tuple[str, str] | None:
    """What is refused about `node` itself, and the cure."""
    if not isinstance(node, _ALLOWED):
        kind = type(node).__name__
        return _REFUSED.get(kind, kind.lower()), _CURES.get(kind, _ALL_THERE_IS)
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
        if _column(node):
            return None
        return "parts of a text", "only matrix, ref, row, scene and shot have parts"
    held = next(filter(_held, node.iter_child_nodes()), None)
    if held is not None:
        return f"{_held(held)} as a whole", f"name a part of it: {_held(held)}.NAME"
    return None


def _held(node: nodes.Node) -> str:
    """The name of the holder that `node` is, or nothing."""
    return node.name if isinstance(node, nodes.Name) and node.name in HOLDERS else ""


def _is_part(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Getattr | nodes.Getitem) and bool(_held(node.node))


def _column(node: nodes.Node) -> tuple[str, ...]:
    """The way to a cell, such as `name`, `de` for `row.name.de`; nothing for anything else."""
    way: list[str] = []
    while isinstance(node, nodes.Getattr | nodes.Getitem):
        part = node.attr if isinstance(node, nodes.Getattr) else _constant(node.arg)
        if part is None:
            return ()
        way.append(part)
        node = node.node
    return tuple(reversed(way)) if isinstance(node, nodes.Name) and node.name == "row" else ()


def _constant(node: nodes.Node) -> str | None:
    is_name = isinstance(node, nodes.Const) and isinstance(node.value, str | int)
    return str(node.value) if is_name else None  # type: ignore[attr-defined]  # it is a Const


class _Columns(NodeTransformer):
    """What stands inside a cell of JSON is a column of its own: `row.name.de` is `name.de`."""

    def generic_visit(self, node: nodes.Node, *args: Any, **kwargs: Any) -> nodes.Node:
        way = _column(node)
        if len(way) < 2:
            return super().generic_visit(node, *args, **kwargs)
        column = nodes.Const(".".join(way))
        return nodes.Getitem(nodes.Name("row", "load"), column, "load", lineno=node.lineno)


def with_columns(tree: nodes.Template) -> nodes.Template:
    """A tree that was not refused, with its cells found by the whole names of their columns."""
    _Columns().visit(tree)
    return tree


def uses(text: str, tree: nodes.Template) -> Iterator[Use]:
    """Every use of a name in the tree, with the place where the text has it."""
    places = Places(text)
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
