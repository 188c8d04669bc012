"""Ids of shots: what a paid clip is filed under, and so kept for good."""

import unicodedata

from omnibatch.manifest import codes
from omnibatch.manifest.nodes import Scalar
from omnibatch.manifest.suggest import listed
from omnibatch.problems import Problem

__all__ = ["Ids", "folded"]

_LONGEST = 100
_FORBIDDEN = "@+:,/*?[]"
# Characters that are not seen or turn the text around: two ids could look the same.
_UNSEEN = frozenset("\u200b\u200e\u200f\u2060\ufeff") | {
    chr(code)
    for first, last in ((0x202A, 0x202E), (0x2066, 0x2069))
    for code in range(first, last + 1)
}


def folded(text: str) -> str:
    """`text` as file systems that ignore case and Unicode form see it."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


class Ids:
    """The ids of one manifest; findings are added to `problems`."""

    def __init__(self, problems: list[Problem]) -> None:
        self._problems = problems
        self._taken: dict[str, tuple[str, Scalar]] = {}

    def take(self, text: str, scalar: Scalar) -> str | None:
        """The id `text`, written at `scalar`, in Unicode's composed form; None if it is bad."""
        name = unicodedata.normalize("NFC", text)
        wrong = _wrong_with(name)
        if wrong:
            hint = (
                f"no space, none of {' '.join(_FORBIDDEN)}, no - in front, at most {_LONGEST} long"
            )
            self._add(scalar, codes.BAD_NAME, f"the id {name[:60]!r} {wrong}", hint)
            return None
        first = self._taken.get(folded(name))
        if first is None:
            self._taken[folded(name)] = (text, scalar)
            return name
        line = first[1].place.line
        message = f"the id {name} is taken by the shot on line {line}"
        hint = "give each shot an id of its own"
        if first[0] != text:
            message += f", {first[0]}"
            hint = "ids that differ in case or Unicode form only are one file on some systems"
        self._add(scalar, codes.DUPLICATE_ID, message, hint)
        return None

    def _add(self, scalar: Scalar, code: str, message: str, hint: str) -> None:
        self._problems.append(Problem(place=scalar.place, code=code, message=message, hint=hint))


def _wrong_with(name: str) -> str:
    if not name:
        return "is empty"
    if len(name) > _LONGEST:
        return f"has {len(name)} characters; at most {_LONGEST}"
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
