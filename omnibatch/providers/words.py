"""A provider's own words, made fit for a terminal, a lockfile and a report.

What a provider writes is hostile text: it may echo the prompt, the key, terminal
escapes or letters that turn the reading direction. Nothing of that goes further.
"""

import re
import unicodedata

from omnibatch.endpoints import without_queries

__all__ = ["LONGEST", "clean", "legible"]

LONGEST = 300
"""Characters kept of one message."""

_READ = 2_000  # characters looked at: a message may hold a whole echoed image
_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor
    r"|\x9b[0-?]*[ -/]*[@-~]"  # the same in one C1 letter
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # OSC: titles, links
    r"|\x1b[@-_]"
)
_JSON_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
# Joiners are format characters too, but scripts and emoji need them and they turn nothing.
_HARMLESS_FORMAT = frozenset("\u200c\u200d")
_SPACED = frozenset({"Cc", "Zl", "Zp", "Zs"})

_STARS = "***"
# Each pattern's group 1 is kept, the rest is the secret.
_SECRETS = (
    # A scheme and what follows it, wherever it stands: "Authorization: Bearer abc".
    # "Bearer token authentication" is prose, and says what is missing.
    re.compile(
        r"(\b(?:bearer|basic)\s+)(?!(?:token|auth|authentication|header|scheme)\b)[^\s\"',;]+",
        re.IGNORECASE,
    ),
    re.compile(
        r"(\b(?:authorization|x-api-key|api[ _-]?key|access[ _-]?key|secret[ _-]?key|token)"
        r"[\"']?\s*[:=]\s*[\"']?)(?=[^\s\"',;]*\d)[^\s\"',;]{6,}",
        re.IGNORECASE,
    ),
    # Keys known by their shape: the sk- family, and JSON Web Tokens.
    re.compile(r"(\b(?:sk|pk|ak)-)[\w-]{6,}", re.IGNORECASE),
    re.compile(r"(\bey)J[\w-]+\.[\w-]+(?:\.[\w-]*)?"),
)


def clean(text: str, longest: int = LONGEST) -> str:
    """Return `text` on one line of at most `longest` characters, with nothing that acts.

    Control characters, terminal escapes, direction marks and broken characters go;
    what looks like a credential becomes stars, and so does the query of an address, which
    may be signed; the rest is the provider's.
    """
    line = _harmless(text[:_READ])
    if len(line) > longest:
        line = line[: longest - 1].rstrip() + "…"
    return line


def legible(body: bytes, longest: int) -> str:
    """Return what is text of the first `longest` bytes, line by line as `clean` leaves it.

    Letters that JSON has escaped are written out first: some reader would do so later.
    """
    text = body[:longest].decode("utf-8", "replace")
    text = _JSON_ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), text)
    return "\n".join(map(_harmless, text.splitlines()))


def _harmless(text: str) -> str:
    """`text` on one line, with nothing that acts, signs or opens."""
    plain = _ESCAPES.sub("", text)
    if not plain.isprintable():
        plain = "".join(map(_printable, plain))
    line = without_queries(" ".join(plain.split()))
    for secret in _SECRETS:
        line = secret.sub(rf"\g<1>{_STARS}", line)
    return line


def _printable(character: str) -> str:
    """The character itself, a space in its place, or nothing."""
    if character.isprintable() or character in _HARMLESS_FORMAT:
        return character
    return " " if unicodedata.category(character) in _SPACED else ""
