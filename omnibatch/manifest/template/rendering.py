"""What templates are given and what they give back.

They are given plain texts and numbers, and holders: things with parts, such as `shot`
in `shot.id`, which are of no use as a whole. They give back text, or what is wrong.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from omnibatch.manifest import codes
from omnibatch.manifest.suggest import closest, did_you_mean, listed

__all__ = [
    "HOLDERS",
    "LARGEST_TEXT",
    "Flaw",
    "Holder",
    "Names",
    "Parts",
    "Rendering",
    "Template",
    "Unfit",
    "Use",
    "as_text",
    "missing",
    "no_part",
    "too_long",
]

# A prompt has 2,500 characters at most; this leaves room for what filters cut.
LARGEST_TEXT: Final = 64 * 1024

# Names with parts. Of everything else, a part would be one of Python's own attributes.
HOLDERS: Final = frozenset({"matrix", "ref", "row", "scene", "shot"})
# Names that exist, but not everywhere.
_ELSEWHERE: Final = {
    "edit": ("there is no edit to put in here", "it is for prompts of shots with an edit"),
    "matrix": ("there is no matrix here", "give the shot a matrix"),
    "ref": ("references cannot be put in here", "they are for prompts and styles"),
    "row": ("there is no row here", "give the shot rows: data/FILE.csv"),
    "scene": ("this shot stands in no scene", "put it into one, or leave scene.name out"),
    "shot": ("there is no shot here", "shot.NAME is for the values of shots"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """What is wrong with a template, at an offset of its text."""

    offset: int
    code: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One use of a name, or of a part of it; `guarded` by the `default` filter."""

    word: str
    part: str = ""
    offset: int
    guarded: bool = False

    def __str__(self) -> str:
        return f"{self.word}.{self.part}" if self.part else self.word


class Holder(Protocol):
    """A thing with parts: `holder["part"]`, or KeyError."""

    def __getitem__(self, part: str) -> object: ...

    def __iter__(self) -> Iterator[str]:
        """The parts there are, for suggestions."""
        ...


class Parts(dict[str, object]):
    """Named values as a holder: in templates a part is always one of these, never a method."""


class Names(Protocol):
    """What a template may use."""

    def get(self, word: str) -> object | None:
        """What `word` stands for, or None where it stands for nothing."""
        ...

    def known(self) -> Iterable[str]:
        """The names there are, for suggestions."""
        ...


Rendering = str | tuple[Flaw, ...]


class Template(Protocol):
    """A template that can be rendered many times."""

    @property
    def words(self) -> frozenset[str]:
        """Every name that it uses."""
        ...

    def render(self, names: Names) -> Rendering:
        """The text with every name put in, or what is wrong."""
        ...


class Unfit(TypeError):
    """A value is of no use where a template puts it: what is wrong, and the cure."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def as_text(value: object) -> str:
    """What a value puts into text. Raise `Unfit` for what is of no use there."""
    if isinstance(value, bool):
        raise Unfit("yes or no cannot stand in text", "use it in {% if ... %}")
    if isinstance(value, str | int | float):
        return str(value)
    if isinstance(value, tuple):
        raise Unfit("a list cannot stand in text", 'add | join(", ")')
    raise Unfit("nothing cannot stand in text", "put {% if ... %} around it, or add | default")


def missing(uses: Iterable[Use], names: Names) -> tuple[Flaw, ...]:
    """A flaw for each unguarded use of something that does not exist."""
    flaws: dict[str, Flaw] = {}
    for use in uses:
        if use.guarded or str(use) in flaws:
            continue
        value = names.get(use.word)
        if value is None:
            flaws[str(use)] = _undefined(use, names)
        elif use.part and use.word in HOLDERS and not _has(value, use.part):
            flaws[str(use)] = no_part(use, value)
    return tuple(flaws.values())


def _has(holder: object, part: str) -> bool:
    try:
        holder[part]  # type: ignore[index]  # only holders get here
    except KeyError:
        return False
    return True


def _undefined(use: Use, names: Names) -> Flaw:
    if use.word in _ELSEWHERE:
        message, hint = _ELSEWHERE[use.word]
        return Flaw(offset=use.offset, code=codes.UNDEFINED, message=message, hint=hint)
    held = _held_as(use.word, names)
    hint = f"did you mean {held}?" if held else did_you_mean(use.word, names.known())
    return Flaw(
        offset=use.offset,
        code=codes.UNDEFINED,
        message=f"there is no {use.word} to put in here",
        hint=hint or f"set it under vars, or by --var {use.word}=",
    )


def _held_as(word: str, names: Names) -> str:
    """`word` as the part of a holder that has it: a column, a list of the matrix, a reference."""
    for holder in ("row", "matrix", "ref"):
        parts = names.get(holder)
        if isinstance(parts, Iterable) and word in [*parts]:
            return f"{holder}.{word}"
    return ""


def _in_row(column: str) -> str:
    """A column as templates write it: `row.name.de`, `row.photos[0]`, `row["Product Name"]`."""
    first, *inner = column.split(".")
    if not first.isidentifier() or not all(
        part.isidentifier() or part.isdecimal() for part in inner
    ):
        return f'row["{column}"]'
    return f"row.{first}" + "".join(f"[{p}]" if p.isdecimal() else f".{p}" for p in inner)


def no_part(use: Use, holder: object) -> Flaw:
    """The flaw of a part that `holder` lacks."""
    if not use.part.strip():
        return Flaw(
            offset=use.offset,
            code=codes.UNDEFINED,
            message=f"{use.word}[...] names nothing here: what stands in the brackets is empty",
            hint=f"put {{% if ... %}} around it for where there is no {use.word}",
        )
    parts = list(holder) if hasattr(holder, "__iter__") else []
    near = did_you_mean(use.part, parts)
    code = codes.UNDEFINED
    if use.word == "ref":
        message, code = f"there is no reference {use.part}", codes.UNKNOWN_REFERENCE
        near = near or "add it under references"
    elif use.word == "row":
        message = f"the rows have no column {use.part}"
        column = closest(use.part, parts)
        if column is not None:
            near = f"did you mean {_in_row(column)}?"
    else:
        message = f"{use.word} has no {use.part} here"
        near = near or (f"it has {listed(parts)}" if parts else f"leave {use} out")
    return Flaw(offset=use.offset, code=code, message=message, hint=near)


def too_long(length: int) -> Flaw:
    """The flaw of a template that makes more text, of `length`, than any value may have."""
    message = f"this template makes {length:,} characters, limit {LARGEST_TEXT:,}"
    return Flaw(offset=0, code=codes.TEMPLATE_SIZE, message=message, hint="make it shorter")
