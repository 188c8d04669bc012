"""Which slots a command is about: ids and globs, included and excluded."""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from fnmatch import translate

from omnibatch.errors import UsageError
from omnibatch.shots import Slot

__all__ = ["select_slots"]


def select_slots(
    slots: Iterable[Slot], *, select: Sequence[str] = (), exclude: Sequence[str] = ()
) -> frozenset[Slot]:
    """Return the slots that some `select` pattern names and no `exclude` pattern does.

    A pattern is an id (`opening`), a take (`opening@2`) or a glob over either
    (`wave-*`); several may stand in one text, divided by commas. No `select` means all.
    Raise `UsageError` for a pattern that names nothing, since it is most likely a slip.
    """
    slots = tuple(slots)
    chosen = _matching(slots, select, "--select") if select else frozenset(slots)
    return chosen - (_matching(slots, exclude, "--exclude") if exclude else frozenset())


def _matching(slots: Sequence[Slot], texts: Sequence[str], option: str) -> frozenset[Slot]:
    found: set[Slot] = set()
    for pattern in (part.strip() for text in texts for part in text.split(",")):
        if not pattern:
            continue
        is_match = re.compile(translate(pattern)).match
        hits = {s for s in slots if is_match(s.shot) or is_match(f"{s.shot}@{s.take}")}
        if not hits:
            near = get_close_matches(pattern, [s.shot for s in slots], n=1)
            hint = f"did you mean {near[0]!r}?" if near else "`omnibatch plan` lists the shots"
            raise UsageError(f"{option} {pattern!r} names no shot", hint)
        found |= hits
    return frozenset(found)
