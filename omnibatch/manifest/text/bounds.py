"""How much one text may hold: values in all, entries of one list or map, and mistakes.

The shots of a film and the rows of a table are lists of maps, and may be long; nothing
else in a manifest is. What goes on and on is refused while it is read, since ten bytes of
text make a kilobyte of values.
"""

from collections.abc import Iterator, Sequence
from itertools import chain, count, repeat
from typing import Final

from omnibatch.manifest.enough import MOST_ERRORS, and_more
from omnibatch.manifest.nodes import Mapping
from omnibatch.manifest.text.anchors import Stop
from omnibatch.manifest.text.opened import Opened
from omnibatch.problems import Place, Problem

__all__ = ["MOST_ENTRIES", "MOST_MAPS", "MOST_VALUES", "stop_at_excess", "turns"]

# 100,000 shots of ten keys are 2,100,000.
MOST_VALUES: Final = 4_000_000
# As many shots as a film may have, and some more, to let those who count shots say it.
MOST_MAPS: Final = 250_000
MOST_ENTRIES: Final = 10_000
_AT_A_TIME: Final = 10_000  # events between two looks at how much it is


def turns(opened: Sequence[Opened], problems: Sequence[Problem], file: str) -> Iterator[None]:
    """Turns of reading, without end, that look now and then at how much it is by now."""
    return chain.from_iterable(_portions(opened, problems, file))


def _portions(
    opened: Sequence[Opened], problems: Sequence[Problem], file: str
) -> Iterator[Iterator[None]]:
    for number in count(1):
        yield repeat(None, _AT_A_TIME)
        stop_at_excess(opened, number * _AT_A_TIME, problems, file)


def stop_at_excess(
    opened: Sequence[Opened], events: int, problems: Sequence[Problem], file: str
) -> None:
    """Raise `Stop` where what has been read so far is too much.

    `opened` are the lists and maps around the place that has been reached.
    """
    found = _excess(opened, events, problems, file)
    if found is not None:
        raise Stop(found)


def _excess(
    opened: Sequence[Opened], events: int, problems: Sequence[Problem], file: str
) -> Problem | None:
    for each in opened:
        most = _most(each) if each.entries > MOST_ENTRIES else MOST_ENTRIES
        if each.entries > most:
            kind = "map" if each.is_map else "list"
            message = f"this {kind} has {each.entries:,} entries or more, limit {most:,}"
            return _too_many(each.place, message)
    if events > MOST_VALUES:
        message = f"the file has {events:,} values or more, limit {MOST_VALUES:,}"
        return _too_many(Place(file), message)
    if len(problems) > MOST_ERRORS < sum(found.severity == "error" for found in problems):
        return and_more(file)
    return None


def _most(opened: Opened) -> int:
    holds_maps = not opened.is_map and isinstance(opened.items[0], Mapping)
    return MOST_MAPS if holds_maps else MOST_ENTRIES


def _too_many(place: Place, message: str) -> Problem:
    hint = "keep the values in a CSV or JSONL file and use `rows`"
    return Problem(place=place, code="OB107", message=message, hint=hint)
