"""Which slots a command is about: ids, scenes, tags and globs, included and excluded."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import translate

from omnibatch.errors import UsageError
from omnibatch.shots import Shot, Slot

__all__ = ["select_slots"]


def select_slots(
    slots: Iterable[Slot],
    *,
    select: Sequence[str] = (),
    exclude: Sequence[str] = (),
    shots: Iterable[Shot] = (),
) -> frozenset[Slot]:
    """Return the slots that some `select` pattern names and no `exclude` pattern does.

    A pattern is an id (`opening`), a take (`opening@2`), a scene (`scene:storm`), a tag
    (`tag:night`) or a glob over any of them (`wave-*`); several may stand in one text,
    divided by commas. No `select` means all. Scenes, tags and former ids are those of
    `shots`. Raise `UsageError` for a pattern that names nothing, since it is most likely
    a slip; a former id too, since a glob that found shots by it would surprise.
    """
    among = _Among(tuple(slots), tuple(shots))
    chosen = among.matching(select, "--select") if select else frozenset(among.slots)
    return chosen - (among.matching(exclude, "--exclude") if exclude else frozenset())


@dataclass(frozen=True, slots=True)
class _Among:
    slots: Sequence[Slot]
    shots: Sequence[Shot]

    def matching(self, texts: Sequence[str], option: str) -> frozenset[Slot]:
        found: set[Slot] = set()
        for pattern in (part.strip() for text in texts for part in text.split(",")):
            if not pattern:
                continue
            hits = self._hits(pattern)
            if not hits:
                raise UsageError(f"{option} {pattern!r} names no shot", self._meant(pattern))
            found |= hits
        return frozenset(found)

    def _hits(self, pattern: str) -> set[Slot]:
        is_match = re.compile(translate(pattern)).match
        if ":" not in pattern:  # no id has one
            return {s for s in self.slots if is_match(s.shot) or is_match(f"{s.shot}@{s.take}")}
        labelled = {s.slot for s in self.shots if any(map(is_match, _labels(s)))}
        return labelled.intersection(self.slots)

    def _meant(self, pattern: str) -> str:
        names = {shot.was: shot.id for shot in self.shots if shot.was}
        if pattern in names:
            return f"it is {names[pattern]} now"
        words = [slot.shot for slot in self.slots]
        if ":" in pattern:
            words = [label for shot in self.shots for label in _labels(shot)]
        near = get_close_matches(pattern, words, n=1)
        return f"did you mean {near[0]!r}?" if near else "`omnibatch plan` lists the shots"


def _labels(shot: Shot) -> list[str]:
    tags = [f"tag:{tag}" for tag in shot.tags]
    return [f"scene:{shot.scene}", *tags] if shot.scene else tags
