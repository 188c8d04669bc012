"""Credentials known by their shape, where somebody has written one into a text."""

import re
from collections.abc import Iterator
from typing import Final

__all__ = ["keys_in", "without_keys"]

# By how each begins; what goes on in a word before it, or in an address, is none: signed
# addresses carry names of accounts and tokens that open one file for an hour.
_SHAPES: Final = {
    **dict.fromkeys(
        ("sk-", "pk-", "rk-", "ak-"),
        r"(?<![\w-])..-(?=[A-Za-z_-]*\d)(?=[\d_-]*[A-Za-z])[\w-]{20,}",
    ),
    "eyJ": r"(?<![\w=/.-])eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}",
    **dict.fromkeys(
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), r"(?<![\w=/-])gh[a-z]_[A-Za-z0-9]{30,}"
    ),
    "AKIA": r"(?<![\w=/-])AKIA[A-Z0-9]{16}(?!\w)",
    "AIza": r"(?<![\w=/-])AIza[\w-]{30,}",
    "-----BEGIN ": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    **dict.fromkeys(("Bearer ", "bearer "), r"[Bb]earer (?=[^\s\"']*\d)[\w.~+/=-]{20,}"),
}
_PATTERNS: Final = {mark: re.compile(shape, re.ASCII) for mark, shape in _SHAPES.items()}


def keys_in(text: str) -> Iterator[tuple[int, int]]:
    """Where keys of known shapes begin and end, in no order. Cost: a dozen searches of the text."""
    for mark, pattern in _PATTERNS.items():
        at = text.find(mark)
        while at >= 0:
            found = pattern.match(text, at)
            if found is not None:
                yield found.span()
            at = text.find(mark, at + len(mark))


def without_keys(text: str) -> str:
    """`text` with a star for each character of a key in it."""
    for start, end in keys_in(text):
        text = text[:start] + "*" * (end - start) + text[end:]
    return text
