"""Ids of shots: what a paid clip is filed under, and so kept for good."""

import re
import unicodedata
from collections.abc import Iterator

from omnibatch.manifest import codes
from omnibatch.manifest.nodes import Scalar
from omnibatch.manifest.suggest import listed
from omnibatch.problems import Place, Problem, Related

__all__ = ["Ids", "folded"]

_LONGEST = 100
_PLAIN = re.compile(rf"[A-Za-z0-9_][A-Za-z0-9_.-]{{0,{_LONGEST - 1}}}")
_FORBIDDEN = "@+:,/*?[]"
# Characters that are not seen or turn the text around: two ids could look the same.
_UNSEEN = frozenset("\u200b\u200e\u200f\u2060\ufeff") | {
    chr(code)
    for first, last in ((0x202A, 0x202E), (0x2066, 0x2069))
    for code in range(first, last + 1)
}


def folded(text: str) -> str:
    """`text` as file systems that ignore case and Unicode form see it."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


class Ids:
    """The ids of one manifest; findings are added to `problems`."""

    def __init__(self, problems: list[Problem]) -> None:
        self._problems = problems
        self._taken: dict[str, tuple[str, Place]] = {}

    def __contains__(self, name: object) -> bool:
        """Whether some shot has this id, be it one with a finding."""
        return isinstance(name, str) and folded(name) in self._taken

    def __iter__(self) -> Iterator[str]:
        """All ids of the film, those of shots with a finding among them."""
        return (unicodedata.normalize("NFC", text) for text, _ in self._taken.values())

    def take(self, text: str, scalar: Scalar, row: Place | None = None) -> str | None:
        """The id `text`, written at `scalar`, in Unicode's composed form; None if it is bad.

        `row` is the row of data that it was made from.
        """
        name = unicodedata.normalize("NFC", text)
        wrong = _wrong_with(name)
        if wrong:
            hint = (
                f"no space, none of {' '.join(_FORBIDDEN)}, no - in front, at most {_LONGEST} long"
            )
            if row is not None:
                hint = (
                    'use another column, or make it fit: {{ row.NAME | trim | replace(" ", "-") }}'
                )
            self._add(scalar, codes.BAD_NAME, f"the id {name[:60]!r} {wrong}", hint)
            return None
        key = folded(name)
        first = self._taken.get(key)
        if first is None:
            self._taken[key] = (text, row or scalar.place)
            return name
        there = first[1]
        whose = "row" if there.file != scalar.place.file else "shot"
        here = row.file if row else scalar.place.file
        where = f"on line {there.line}" if there.file == here else f"in {there.file}:{there.line}"
        message = f"the id {name} is taken by the {whose} {where}"
        hint = "give each shot an id of its own"
        if row is not None:
            hint = "put a cell into the id that differs from row to row"
        elif there == scalar.place:
            message = f"two combinations of the matrix come to the id {name}"
            hint = "name their texts, as in {calm: glassy water}, or put all its lists into the id"
        if first[0] != text:
            message += f", {first[0]}"
            hint = "ids that differ in case or Unicode form only are one file on some systems"
        self._add(scalar, codes.DUPLICATE_ID, message, hint, row)
        return None

    def _add(
        self, scalar: Scalar, code: str, message: str, hint: str, row: Place | None = None
    ) -> None:
        related = () if row is None else (Related(row, "the row it came up with"),)
        self._problems.append(
            Problem(place=scalar.place, code=code, message=message, hint=hint, related=related)
        )


def _wrong_with(name: str) -> str:
    if _PLAIN.fullmatch(name):
        return ""
    if not name:
        return "is empty"
    if len(name) > _LONGEST:
        return f"has {len(name):,} characters, limit {_LONGEST}"
    if name.startswith("-"):
        return "begins with -"
    found = sorted({char for char in name if char in _FORBIDDEN})
    if found:
        return f"has {listed(found)} in it"
    if any(char.isspace() for char in name):
        return "has a space in it"
    if name.isascii() and name.isprintable():
        return ""
    if any(
        char in _UNSEEN or unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in name
    ):
        return "has an invisible character in it"
    return ""
