"""From bytes to text: encoding, size, and the characters no manifest may hold.

Everything after this works on text whose only line break is a line feed, so that an
index, a line and a column can be told from each other without asking again how lines
end. libyaml also breaks lines at U+0085, U+2028 and U+2029, which YAML 1.2 and editors
do not: they are refused here, and so lines count the same for everybody.
"""

import re
from dataclasses import dataclass

from omnibatch.problems import Place, Problem

__all__ = ["LARGEST_BYTES", "Source", "decode", "escaped_unprintable", "excerpt"]

# 100,000 shots of ten fields are about 38 MB.
LARGEST_BYTES = 64 * 1024 * 1024

_LONGEST_SHOWN = 40
_BOM = b"\xef\xbb\xbf"
# The longer marks first: UTF-32 LE begins as UTF-16 LE does.
_OTHER_ENCODINGS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
# YAML 1.2.2 section 5.1 (printable characters), less the invisible line breaks and the
# byte order mark, which means something at the very start only.
_REFUSED = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]",
)
_NAMES = {
    "\x00": "NUL",
    "\x08": "backspace",
    "\x0b": "vertical tab",
    "\x0c": "form feed",
    "\x1b": "escape",
    "\x7f": "delete",
    "\x85": "next line",
    "\u2028": "line separator",
    "\u2029": "paragraph separator",
    "\ufeff": "byte order mark",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A manifest's text, its lines ended by line feeds, without a byte order mark."""

    file: str
    text: str
    encoded: bytes

    def line(self, number: int) -> str:
        """Line `number`, counted from 0, without its end; empty past the last."""
        if number < 0:
            return ""
        # No list of the lines is made: there may be tens of millions.
        start = re.compile(f"(?:[^\\n]*\\n){{{number}}}").match(self.text)
        return self.line_from(start.end()) if start else ""

    def line_from(self, start: int) -> str:
        """The rest of the line from the index `start` on, without its end."""
        end = self.text.find("\n", start)
        return self.text[start:end] if end >= 0 else self.text[start:]

    def has_words_below(self, number: int) -> bool:
        """Whether anything but blanks stands below line `number`, counted from 0."""
        last = len(self.text.rstrip())
        return self.text.count("\n", 0, last) > number

    def place(self, line: int, column: int) -> Place:
        """The place of a line and column that count from 0, as the parser's do."""
        return Place(self.file, line + 1, column + 1)

    def place_of(self, index: int) -> Place:
        """The place of the character at `index` of the text."""
        start = self.text.rfind("\n", 0, index) + 1
        return Place(self.file, self.text.count("\n", 0, index) + 1, index - start + 1)


def excerpt(text: str) -> str:
    """As much of a text as a message shows."""
    line = text.partition("\n")[0]
    return line if line == text and len(line) <= _LONGEST_SHOWN else f"{line[:_LONGEST_SHOWN]}..."


def _character_name(character: str) -> str:
    """`U+0000 (NUL)`: a character nobody can see, said so that it can be found."""
    name = _NAMES.get(character)
    return f"U+{ord(character):04X}" + (f" ({name})" if name else "")


def escaped_unprintable(text: str, place: Place) -> Problem | None:
    """The problem with a quoted text whose escapes write what the text may not hold.

    That includes surrogates: half a character, which PyYAML's own parser lets an escape
    write, and which cannot be encoded.
    """
    found = _REFUSED.search(text)
    if found is None:
        return None
    return Problem(
        place=place,
        code="OB102",
        message=f"an escape in this text stands for {_character_name(found[0])}",
        hint="delete the escape",
    )


def decode(data: bytes, file: str) -> Source | Problem:
    """Read `data` as UTF-8 text; the problem says why it is none."""
    if len(data) > LARGEST_BYTES:
        return Problem(
            place=Place(file),
            code="OB103",
            message=f"the file has {len(data):,} bytes, limit {LARGEST_BYTES:,}",
            hint="keep the values in a CSV or JSONL file and use `rows`",
        )
    encoding = _other_encoding(data)
    if encoding is not None:
        return Problem(
            place=Place(file, 1, 1),
            code="OB101",
            message=f"the file is {encoding}, not UTF-8",
            hint="save it as UTF-8",
        )
    if data.startswith(_BOM):
        data = data[len(_BOM) :]
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _not_utf8(data, file, error.start)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        data = text.encode("utf-8")
    source = Source(file=file, text=text, encoded=data)
    refused = _REFUSED.search(text)
    if refused is None:
        return source
    return Problem(
        place=source.place_of(refused.start()),
        code="OB102",
        message=f"the invisible character {_character_name(refused[0])} may not stand in a manifest",
        hint="delete it",
    )


def _other_encoding(data: bytes) -> str | None:
    for mark, name in _OTHER_ENCODINGS:
        if data.startswith(mark):
            return name
    # UTF-16 without a mark: every other byte of plain ASCII is zero.
    halves = (data[0:4:2], data[1:4:2])
    if b"\0\0" in halves and halves[0] != halves[1]:
        return "UTF-16"
    return None


def _not_utf8(data: bytes, file: str, start: int) -> Problem:
    before = data[:start].decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    line = before.count("\n") + 1
    column = len(before) - (before.rfind("\n") + 1) + 1
    return Problem(
        place=Place(file, line, column),
        code="OB101",
        message=f"the byte 0x{data[start]:02X} is not UTF-8",
        hint="save the file as UTF-8",
    )
