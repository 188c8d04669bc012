"""The parser's complaints in our words, each with a cure.

libyaml and PyYAML's own parser say the same in slightly different words; matched here
are the parts they have in common. Where the lines show what was really written, that is
the problem's place, and not where the parser noticed.
"""

from collections.abc import Callable
from typing import Any

from omnibatch.manifest.text import layout, quoting
from omnibatch.manifest.text.documents import empty_file
from omnibatch.manifest.text.mistakes import Block, Mistake, Spot
from omnibatch.manifest.text.source import Source
from omnibatch.problems import Problem

__all__ = ["explain", "mistake_of"]


def mistake_of(
    source: Source,
    error: Exception,
    last: Any,
    opened: tuple[Block, ...],
    closed: Block | None,
) -> Mistake:
    """The mistake behind what the parser raised after the event `last`."""
    context = getattr(error, "context", None) or ""
    said = getattr(error, "problem", None) or str(error)
    start = getattr(error, "context_mark", None)
    at = getattr(error, "problem_mark", None) or start or getattr(last, "end_mark", None)
    at_spot = _inside(source, at)
    return Mistake(
        source=source,
        said=f"{context}; {said}" if context else said,
        at=at_spot,
        start=_inside(source, start) if start else at_spot,
        last=last,
        opened=opened,
        closed=closed,
    )


def _inside(source: Source, mark: Any) -> Spot:
    """The spot of a mark; libyaml counts the end of a file as one line more."""
    last = source.text.count("\n")
    if mark is None:
        return Spot(0, 0)
    if mark.line > last:
        return Spot(last, len(source.line(last)))
    return Spot(mark.line, mark.column)


def explain(mistake: Mistake) -> Problem:
    """Say what is wrong with a text that the parser gave up on, and where."""
    for part, readings in _READINGS:
        if part not in mistake.said:
            continue
        for reading in readings:
            problem = reading(mistake)
            if problem is not None:
                return problem
    said = mistake.said.rpartition("; ")[2]
    return mistake.problem(
        mistake.at, "OB110", f"YAML cannot be read on from here: {said}", quoting.QUOTE_IT
    )


def _bad_start_here(mistake: Mistake) -> Problem | None:
    return quoting.bad_start(mistake, mistake.at)


def _bad_start_before(mistake: Mistake) -> Problem | None:
    return quoting.bad_start(mistake, mistake.start)


def _keyless(mistake: Mistake) -> Problem | None:
    if not mistake.text(mistake.at).startswith(":"):
        return None
    return mistake.problem(
        mistake.at, "OB121", "there is no key before this `:`", "write the key, or quote the text"
    )


def _spaceless(mistake: Mistake) -> Problem | None:
    return layout.missing_space(mistake.source, mistake.at.line)


def _list_beside_key(mistake: Mistake) -> Problem:
    return mistake.problem(
        mistake.at,
        "OB111",
        "a list cannot start in the line of its key",
        "start it in the next line, or quote the text if it is meant to start with `-`",
    )


def _block_header(mistake: Mistake) -> Problem:
    return mistake.problem(
        mistake.start,
        "OB111",
        "after a `|` or `>` the text starts in the next line, indented",
        "move the text to the next line, or quote it",
    )


def _directive(mistake: Mistake) -> Problem:
    return mistake.problem(
        mistake.start,
        "OB106",
        "a line that starts with `%` is a YAML directive; only `%YAML 1.2` is read",
        "delete the line, or quote the text",
    )


def _after_the_end(mistake: Mistake) -> Problem:
    if not mistake.text(mistake.at).strip():  # nothing but directives and comments
        return empty_file(mistake.source.file)
    return mistake.problem(
        mistake.at,
        "OB110",
        "the document ended before this line",
        "delete the `...` above it, or indent the line to where it belongs",
    )


def _ended_first(mistake: Mistake) -> Problem | None:
    if not mistake.text(mistake.at).startswith("..."):
        return None
    return mistake.problem(
        mistake.at, "OB104", "the document ends here, before it holds anything", "delete the `...`"
    )


def _no_such_character(mistake: Mistake) -> Problem:
    return mistake.problem(
        mistake.at,
        "OB119",
        "an escape after this point stands for no character",
        r"write the `\` as `\\`, or use single quotes, where it stands for itself",
    )


Reading = Callable[[Mistake], Problem | None]

_SEEN_IN_THE_LINES: tuple[Reading, ...] = (
    layout.tab_indentation,
    quoting.quote_closed_late,
    quoting.template,
)
_IN_A_BLOCK: tuple[Reading, ...] = (
    quoting.after_quote,
    quoting.after_brackets,
    quoting.after_alias,
    _keyless,
    layout.left_of_block,
    _spaceless,
    layout.misplaced,
)
# What the parser says, in part, and how that is read: the first that applies is taken.
_READINGS: tuple[tuple[str, tuple[Reading, ...]], ...] = (
    ("quoted scalar; found unexpected", (quoting.quote_unclosed,)),
    ("unknown escape", (quoting.escape,)),
    ("hexdecimal", (quoting.escape,)),
    ("hexadecimal", (quoting.escape,)),
    ("Unicode character escape", (quoting.escape,)),
    ("chr()", (_no_such_character,)),
    ("", _SEEN_IN_THE_LINES),
    (
        "mapping values are not allowed",
        (
            layout.carried_on,
            quoting.after_quote,
            quoting.after_brackets,
            quoting.colon_in_text,
        ),
    ),
    ("found unexpected ':'", (quoting.colon_in_brackets,)),
    ("expected ':'", (layout.no_colon,)),
    ("sequence entries are not allowed", (_list_beside_key,)),
    ("mapping keys are not allowed", (_bad_start_here,)),
    ("cannot start any token", (_bad_start_here,)),
    ("scanning an a", (_bad_start_before,)),  # alias, anchor
    ("a tag", (_bad_start_before,)),
    ("tag handle", (_bad_start_before,)),
    ("scanning a block scalar", (_block_header,)),
    ("", (quoting.bracket_unclosed,)),
    ("parsing a flow", (quoting.item_missing, _bad_start_here)),
    ("node content", (_bad_start_here, _ended_first)),
    ("directive", (_directive,)),
    ("incompatible", (_directive,)),
    ("document start>", (*_IN_A_BLOCK, _after_the_end)),
    ("parsing a block", _IN_A_BLOCK),
)
