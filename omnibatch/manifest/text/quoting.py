"""Mistakes of quoting: text that means something else to YAML, quotes and brackets open.

Each function says what is wrong if it is of its kind, and None if not.
"""

from omnibatch.manifest.text.mistakes import Mistake, Spot
from omnibatch.problems import Place, Problem

__all__ = [
    "QUOTE_IT",
    "after_alias",
    "after_brackets",
    "after_quote",
    "bad_start",
    "bracket_unclosed",
    "colon_in_brackets",
    "colon_in_text",
    "escape",
    "item_missing",
    "quote_closed_late",
    "quote_unclosed",
    "template",
    "unquoted_template",
]

QUOTE_IT = "quote the whole text, or write it as a `|` block"

_MEANT = {
    "*": "stands for a value named elsewhere",
    "&": "names a value",
    "!": "starts a tag",
    "%": "starts a directive",
    "@": "YAML reserves",
    "`": "YAML reserves",
    "-": "starts a list item",
    "?": "starts a key",
    ":": "parts a key from its value",
    "}": "ends a map",
    "]": "ends a list",
    ",": "parts the items of a list",
}


def colon_in_text(mistake: Mistake) -> Problem:
    """`Close-up: she turns`: the parser stands at the second colon of the line."""
    return mistake.problem(
        mistake.at, "OB111", "unquoted text cannot hold a `:` followed by a space", QUOTE_IT
    )


def colon_in_brackets(mistake: Mistake) -> Problem:
    """`[at 5:, at 6]`: inside brackets, right before a comma or a bracket."""
    return mistake.problem(
        mistake.at,
        "OB111",
        "unquoted text inside brackets cannot hold a `:` right before a comma or a bracket",
        "quote the text, or put a space after the `:` of a key",
    )


def bad_start(mistake: Mistake, spot: Spot) -> Problem | None:
    """Text that starts with a character that means something else."""
    character = mistake.text(spot)[:1]
    if character == "\t":
        return mistake.problem(spot, "OB115", "a tab cannot stand here", "use spaces")
    if character not in _MEANT:
        return None
    shown = "a backtick" if character == "`" else f"`{character}`"
    return mistake.problem(
        spot,
        "OB111",
        f"unquoted text cannot start with {shown}, which {_MEANT[character]}",
        QUOTE_IT,
    )


def after_quote(mistake: Mistake) -> Problem | None:
    """`"Stop!" she cries`: words after the closing quote."""
    if not mistake.last_is("'", '"') or mistake.last_end_line() != mistake.at.line:
        return None
    quote = mistake.last.style
    other, inner = ("'", '`\\"`') if quote == '"' else ('"', "`''`")
    return mistake.problem(
        mistake.at,
        "OB113",
        f"the text ended at the closing {quote}, and more follows it",
        f"quote the whole text with {other}, write a {quote} inside it as {inner}, or use `|`",
    )


def after_brackets(mistake: Mistake) -> Problem | None:
    """`[wide] she walks`: words after a closing bracket."""
    closed = mistake.closed
    if closed is None or not closed.is_flow or mistake.last_end_line() != mistake.at.line:
        return None
    if not type(mistake.last).__name__.endswith("EndEvent"):
        return None
    bracket, kind = ("{", "map") if closed.is_map else ("[", "list")
    return mistake.problem(
        Spot(closed.place.line - 1, closed.place.column - 1),
        "OB111",
        f"text that starts with `{bracket}` is read as a YAML {kind}, and more follows its end",
        QUOTE_IT,
    )


def after_alias(mistake: Mistake) -> Problem | None:
    """`*emphasis on this`: words after what was read as an alias."""
    if type(mistake.last).__name__ != "AliasEvent" or mistake.last_end_line() != mistake.at.line:
        return None
    return bad_start(mistake, mistake.last_start())


def quote_closed_late(mistake: Mistake) -> Problem | None:
    """A quote that runs over lines, up to one that was meant to open another text."""
    if not mistake.last_is("'", '"') or mistake.last_end_line() != mistake.at.line:
        return None
    if mistake.last_start().line == mistake.at.line:
        return None
    return mistake.problem(
        mistake.last_start(),
        "OB114",
        f"the quote opened here is closed only in line {mistake.at.line + 1}",
        "close it where the text ends",
    )


def quote_unclosed(mistake: Mistake) -> Problem:
    """A quote that runs to the end of the file."""
    return mistake.problem(
        mistake.start,
        "OB114",
        "the quote opened here is never closed",
        "close it where the text ends",
    )


def bracket_unclosed(mistake: Mistake) -> Problem | None:
    """A bracket that is still open at the end of the file."""
    source = mistake.source
    if mistake.text(mistake.at).strip() or source.has_words_below(mistake.at.line):
        return None
    opened = [block for block in mistake.opened if block.is_flow]
    return _bracket(mistake, opened[-1].place, "is never closed") if opened else None


def item_missing(mistake: Mistake) -> Problem | None:
    """A word inside brackets where a comma or the closing bracket should stand."""
    opening = mistake.text(mistake.start)[:1]
    if opening not in ("{", "["):
        return None
    if mistake.at.line != mistake.start.line:
        start = mistake.source.place(mistake.start.line, mistake.start.column)
        return _bracket(mistake, start, f"is not closed before line {mistake.at.line + 1}")
    kind, closing = ("map", "}") if opening == "{" else ("list", "]")
    return mistake.problem(
        mistake.at,
        "OB111",
        f"a `,` or `{closing}` is missing here, in the {kind} that the `{opening}` in column"
        f" {mistake.start.column + 1} started",
        f"write it, or quote the text if it is meant to start with `{opening}`",
    )


def _bracket(mistake: Mistake, place: Place, fate: str) -> Problem:
    spot = Spot(place.line - 1, place.column - 1)
    opening = mistake.text(spot)[:1]
    closing = "}" if opening == "{" else "]"
    return mistake.problem(
        spot,
        "OB114",
        f"the `{opening}` opened here {fate}",
        f"close it with `{closing}`, or quote the text if it is meant to start with `{opening}`",
    )


def escape(mistake: Mistake) -> Problem:
    r"""`"\q"`: a backslash that stands for nothing."""
    column = mistake.source.line(mistake.at.line).rfind("\\", 0, mistake.at.column + 1)
    spot = Spot(mistake.at.line, column) if column >= 0 else mistake.at
    return mistake.problem(
        spot,
        "OB119",
        f"`{mistake.text(spot)[:2]}` starts no escape that YAML knows",
        r"write the `\` as `\\`, or use single quotes, where it stands for itself",
    )


def template(mistake: Mistake) -> Problem | None:
    """Unquoted text that starts with `{{` or `{%`, and so was read as a map."""
    for block in mistake.brackets():
        opening = mistake.text(Spot(block.place.line - 1, block.place.column - 1))[:2]
        if opening in ("{{", "{%"):
            return unquoted_template(block.place, opening)
    return None


def unquoted_template(place: Place, opening: str = "{{") -> Problem:
    """The problem with a template at the start of unquoted text."""
    return Problem(
        place=place,
        code="OB112",
        message=f"text that starts with `{opening}` is read as a YAML map",
        hint=QUOTE_IT,
    )
