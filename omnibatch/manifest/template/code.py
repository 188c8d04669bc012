"""Where code stands in a template's text, which Jinja's tree does not say."""

import re
from collections.abc import Iterator

__all__ = ["Places", "leaves", "spans"]

# Code between braces; quoted text inside is skipped, since it may hold braces too.
_CODE = re.compile(
    r"\{#.*?#\}|\{([{%])(?:[^'\"}%]|'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|[}%](?!\}))*(?:[}%]\})?",
    re.DOTALL,
)
_QUOTED = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"", re.DOTALL)


def spans(text: str) -> Iterator[tuple[int, str]]:
    """Each piece of code in the text, with its offset; comments left out."""
    for code in _CODE.finditer(text):
        if code[1]:
            yield code.start(), code[0]


def leaves(expression: str) -> int:
    """Where an expression ends the code that it is put into, to go on by itself; -1 if nowhere."""
    return _QUOTED.sub(lambda quoted: " " * len(quoted[0]), expression).find("%}")


class Places:
    """Where the text uses a name: the offset of its first use."""

    def __init__(self, text: str) -> None:
        self._code = [
            (start, _QUOTED.sub(lambda quoted: " " * len(quoted[0]), code))
            for start, code in spans(text)
        ]

    def of(self, word: str, part: str) -> int:
        """The first use of `word`, with `part` if it is written there."""
        after = rf"\s*\.\s*{re.escape(part)}\b" if part else r"\b"
        pattern = re.compile(rf"(?<![\w.]){re.escape(word)}{after}")
        for start, code in self._code:
            found = pattern.search(code)
            if found:
                return start + found.start()
        if part:
            return self.of(word, "")
        return self._code[0][0] if self._code else 0
