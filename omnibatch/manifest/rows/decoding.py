"""The text of a data file: UTF-8, what its first bytes or the manifest say, or a guess."""

import codecs
import re
from typing import Final, NamedTuple

from omnibatch.manifest.rows import codes
from omnibatch.manifest.suggest import did_you_mean
from omnibatch.problems import Place, Problem

__all__ = ["STRANGE", "decode"]

STRANGE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""A character that no text has."""

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins like the next, so it goes first
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What spreadsheets on western systems write where nobody says otherwise.
_GUESS: Final = "cp1252"
_LOOKED_AT: Final = 200  # bytes, as many of one kind as of the other
# Python's own notations for source code and host names, which it lists as encodings, too.
_NOT_FOR_FILES: Final = frozenset(
    {"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"}
)
_OFFERED: Final = (
    "utf-8",
    "cp1252",
    "cp1250",
    "cp1251",
    "utf-16",
    "latin-1",
    "shift_jis",
    "gb18030",
)


class Decoded(NamedTuple):
    """The text, or None where there is none to be had, and what is to be said."""

    text: str | None
    problems: tuple[Problem, ...] = ()


def decode(data: bytes, file: str, encoding: str | None, place: Place) -> Decoded:
    """Decode `data` of `file`; `encoding` is what the manifest says of it at `place`."""
    mark = next((found for found in _MARKS if data.startswith(found[0])), None)
    if mark is not None:
        return _strictly(data[len(mark[0]) :], file, mark[1])
    if encoding is not None:
        name = _text_encoding(encoding)
        if name is None:
            message = f"there is no encoding {encoding[:40]}"
            hint = did_you_mean(encoding, _OFFERED)
            found = Problem(place=place, code=codes.UNREADABLE, message=message, hint=hint)
            return Decoded(None, (found,))
        return _strictly(data, file, name)
    wide = _wide(data)
    if wide is not None:
        return _strictly(data, file, wide)
    try:
        return Decoded(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        return _guess(data, file, error.start)


def _wide(data: bytes) -> str | None:
    """UTF-16 where its mark was left out: every other byte of a first line is NUL."""
    first = data[:_LOOKED_AT]
    for start, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        nulls, others = first[start::2], first[1 - start :: 2]
        if nulls.count(0) * 2 > len(nulls) > 0 and b"\0" not in others:
            return encoding
    return None


def _strictly(data: bytes, file: str, encoding: str) -> Decoded:
    try:
        return Decoded(data.decode(encoding))
    except UnicodeError as error:
        start = error.start if isinstance(error, UnicodeDecodeError) else 0
        line = data[:start].count(b"\n") + 1
        found = Problem(
            place=Place(file, line, 1),
            code=codes.UNREADABLE,
            message=f"this line is not {encoding}",
            hint="give the file's own encoding under rows, or save the file as UTF-8",
        )
        return Decoded(None, (found,))


def _guess(data: bytes, file: str, first: int) -> Decoded:
    line = data[:first].count(b"\n") + 1
    place = Place(file, line, 1)
    try:
        text = data.decode(_GUESS)
    except UnicodeDecodeError:
        message = "this line is not UTF-8, and the file does not say what it is"
        hint = "save it as UTF-8, or write encoding: under rows"
        found = Problem(place=place, code=codes.UNREADABLE, message=message, hint=hint)
        return Decoded(None, (found,))
    start = data.rfind(b"\n", 0, first) + 1
    end = data.find(b"\n", first)
    words = data[max(start, first - 12) : min(first + 12, end if end >= 0 else len(data))]
    shown = words.decode(_GUESS).strip()
    found = Problem(
        place=place,
        code=codes.GUESSED_ENCODING,
        message=f"this is not UTF-8; it is read as {_GUESS}, as in {shown!r}",
        hint=f"if that is right, write encoding: {_GUESS}; else save the file as UTF-8",
        severity="warning",
    )
    return Decoded(text, (found,))


def _text_encoding(word: str) -> str | None:
    """The name of the encoding `word`; None where no file of text is written in it.

    `base64` and the like make bytes of bytes; and some are for host names and for source
    code, one of which takes hours for a long line.
    """
    try:
        name = codecs.lookup(word).name
        "a".encode(name)
    except (LookupError, ValueError):  # the latter for `undefined`, and a NUL in the word
        return None
    return None if name in _NOT_FOR_FILES else name
