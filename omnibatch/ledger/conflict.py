"""A lockfile that git, or our own merge driver, could not merge: both sides in one file. Pure.

Knows `merge`, `diff3` and `zdiff3` style, markers with and without a label, and the
longer markers of `conflict-marker-size`. A base that itself holds a conflict (criss-cross
merges; git writes those with longer markers) is skipped as a whole.
"""

import re

from omnibatch.errors import LedgerDamaged

__all__ = ["sides_of", "weave"]

# No line of a lockfile begins like this, whatever stands in its texts.
_MARK = re.compile(r"(<{7,}|\|{7,}|={7,}|>{7,})(?: .*)?\r?")
_MARK_IN_BYTES = re.compile(rb"^(?:<{7,}|\|{7,}|={7,}|>{7,})", re.MULTILINE)
# From which part of a conflict each marker may lead, and into which.
_STEPS = {
    ("", "<"): "ours",
    ("ours", "|"): "base",
    ("ours", "="): "theirs",
    ("base", "="): "theirs",
    ("theirs", ">"): "",
}


def sides_of(text: str) -> tuple[str, ...]:
    """Return the text itself, or the two texts that git wove into one.

    Raise `LedgerDamaged` where markers do not pair up: half of a side may be gone.
    """
    # Not splitlines(): a prompt may hold U+2028 or U+0085, which JSON leaves as they are.
    lines = text.split("\n")
    size = next(
        (len(m[1]) for line in lines if line[:1] == "<" and (m := _MARK.fullmatch(line))), 0
    )
    if not size:
        return (text,)
    ours: list[str] = []
    theirs: list[str] = []
    into = {"": (ours, theirs), "ours": (ours,), "base": (), "theirs": (theirs,)}
    part = ""
    for number, line in enumerate(lines, start=1):
        mark = _MARK.fullmatch(line) if line[:1] in ("<", "|", "=", ">") else None
        if mark is None or len(mark[1]) != size:
            for side in into[part]:
                side.append(line)
            continue
        step = _STEPS.get((part, line[0]))
        if step is None:
            raise LedgerDamaged(f"git's conflict markers do not pair up at line {number}")
        part = step
    if part:
        raise LedgerDamaged("git's last conflict marker is missing")
    return "\n".join(ours), "\n".join(theirs)


def weave(ours: bytes, theirs: bytes) -> bytes:
    """Put two texts into one as git marks a conflict: each of them whole, byte for byte.

    The markers are longer than any that stand in either, so that `sides_of` gives back
    just these two.
    """
    longest = max(
        (len(m[0]) for m in _MARK_IN_BYTES.finditer(b"\n".join((ours, theirs)))), default=6
    )
    size = longest + 1
    return b"".join(
        (
            b"<" * size + b" ours\n",
            _with_end(ours),
            b"=" * size + b"\n",
            _with_end(theirs),
            b">" * size + b" theirs\n",
        )
    )


def _with_end(text: bytes) -> bytes:
    return text if text.endswith(b"\n") or not text else text + b"\n"
