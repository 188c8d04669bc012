"""The canary: a key that must turn up nowhere, however it is spelt.

Whatever a command line prints is searched when it has ended, and whatever a test leaves
on the disk when the test has: by what all tests share, so that no test has to think of it.
"""

from base64 import b64encode
from collections.abc import Iterable
from pathlib import Path

__all__ = ["KEY", "spelling_in", "spellings_under"]

KEY = "canary-4d1f-not-a-key"
"""What the emulator is given for a key; tests look for it where it must not be."""

# Files that are there to hold keys: the tests write them, and only omnibatch reads them.
_MAY_HOLD_KEYS = frozenset({".env"})
# What is larger was made by a test with holes in it, to be refused unread.
_LARGEST = 256 * 1024**2


def _spellings() -> Iterable[tuple[str, bytes]]:
    key = KEY.encode()
    yield "as it is", key
    yield "backwards", key[::-1]
    yield "in hex", key.hex().encode()
    yield "percent-encoded", "".join(f"%{byte:02X}" for byte in key).encode()
    for shift in range(3):
        # Wherever it begins in a longer text, these letters are the same.
        coded = b64encode(b" " * shift + key)
        whole = slice(4 if shift else 0, len(coded) - 4)
        yield f"in base64, after {shift} bytes", coded[whole]
    yield "in UTF-16", KEY.encode("utf-16-le")


_SPELLINGS = tuple(_spellings())


def spelling_in(text: bytes) -> str | None:
    """How the canary stands in `text`, or None where it does not. Letters' case is ignored."""
    lower = text.lower()
    for name, spelling in _SPELLINGS:
        if spelling.lower() in lower:
            return name
    return None


def spellings_under(folder: Path) -> list[str]:
    """Each file under `folder` whose name or bytes hold the canary, and how."""
    found = []
    for path in sorted(folder.rglob("*")):
        name = spelling_in(str(path.relative_to(folder)).encode("utf-8", "surrogateescape"))
        if name is None and path.is_file() and path.name not in _MAY_HOLD_KEYS:
            if path.stat().st_size > _LARGEST:
                continue
            try:
                name = spelling_in(path.read_bytes())
            except PermissionError:
                continue  # a test that takes rights away shows what it is about by that
        if name is not None:
            found.append(f"{path.relative_to(folder)}: {name}")
    return found
