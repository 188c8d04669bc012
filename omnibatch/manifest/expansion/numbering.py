"""From the names in a prompt to the tokens that the models read.

`{{ ref.keeper }}` must become `<<<image_2>>>`, and which number it gets depends on the
whole prompt, style and parts included. So rendering puts a mark in its place, one
character that no manifest can hold, and the marks are numbered when all text is there.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from omnibatch.manifest.expansion.references import Kind, Reach, Reference

__all__ = ["EDIT_MARK", "Marks", "Numbered", "TokenFlaw", "number", "token_flaws"]

# High surrogates: YAML cannot hold them, not even escaped, and Python's surrogateescape
# makes low ones only.
_FIRST_MARK: Final = 0xD800
EDIT_MARK: Final = "\udbff"
_MARK = re.compile("[\ud800-\udbff]")
_TOKEN = re.compile(r"<<<([^<>]*)>>>")
_KNOWN_TOKEN = re.compile(r"(image|element|video)_([1-9][0-9]{0,3})")


class Marks:
    """The holder `ref`: a part is the mark of the reference with that name."""

    __slots__ = ("__marks", "__reach")

    def __init__(self, reach: Reach) -> None:
        self.__reach = reach
        self.__marks: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        if name not in self.__reach:
            raise KeyError(name)
        if name not in self.__marks:
            code = _FIRST_MARK + len(self.__marks)
            if code >= ord(EDIT_MARK):
                raise KeyError(name)  # a thousand references in one prompt
            self.__marks[name] = chr(code)
        return self.__marks[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.__reach)

    def by_mark(self) -> dict[str, Reference]:
        """The references that were asked for, by their marks."""
        found = ((mark, self.__reach.get(name)) for name, mark in self.__marks.items())
        return {mark: reference for mark, reference in found if reference is not None}


class Numbered(NamedTuple):
    """Texts with tokens in place of marks, and the references in the order of the lists."""

    texts: tuple[str, ...]
    references: tuple[Reference, ...]


def number(
    texts: Sequence[str],
    marks: Mapping[str, Reference],
    held: Sequence[Reference],
    *,
    in_order: bool,
) -> Numbered:
    """Number the references of one shot by first use over all its `texts`.

    `marks` says which reference each mark stands for. `held` are those that the shot
    lists itself, which are sent whether used or not. They go after those that are used,
    unless `in_order`, or a token written by hand, says that their own order counts.
    """
    if not marks and not held:
        return Numbered(texts=tuple(texts), references=())
    used = [marks[mark] for text in texts if not text.isascii() for mark in _MARK.findall(text)]
    first, then = (held, used) if in_order or any(map(_has_token, texts)) else (used, held)
    order = tuple(dict.fromkeys((*first, *then)))
    counts: dict[Kind, int] = {}
    tokens: dict[Reference, str] = {}
    for reference in order:
        if reference.kind == "video":
            tokens[reference] = "<<<video_1>>>"  # a shot carries one video
            continue
        before = counts.get(reference.kind, 0)
        after = counts[reference.kind] = before + max(1, len(reference.sources))
        tokens[reference] = " ".join(
            [f"<<<{reference.kind}_{number + 1}>>>" for number in range(before, after)]
        )
    numbered = tuple(texts)
    for mark, reference in marks.items():
        if reference in tokens:
            numbered = tuple([text.replace(mark, tokens[reference]) for text in numbered])
    return Numbered(texts=numbered, references=order)


def _has_token(text: str) -> bool:
    return "<<<" in text and _TOKEN.search(text) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenFlaw:
    """A token that stands for nothing: as written, why, and the cure."""

    token: str
    message: str
    hint: str


def token_flaws(text: str, counts: Mapping[str, int]) -> Iterator[TokenFlaw]:
    """The tokens of a numbered text that the lists, `counts` long, do not hold."""
    if "<<<" not in text:
        return
    for found in _TOKEN.finditer(text):
        known = _KNOWN_TOKEN.fullmatch(found[1])
        if known is None:
            message = f"{found[0]} is not a token"
            hint = "write {{ ref.NAME }}, or <<<image_1>>>, <<<element_1>>>, <<<video_1>>>"
            yield TokenFlaw(token=found[0], message=message, hint=hint)
        elif int(known[2]) > counts.get(known[1], 0):
            held = counts.get(known[1], 0)
            has = f"{held} {known[1]}{'' if held == 1 else 's'}"
            message = f"{found[0]} stands for nothing: this shot has {has}"
            hint = "list the shot's references, or write {{ ref.NAME }}"
            yield TokenFlaw(token=found[0], message=message, hint=hint)
