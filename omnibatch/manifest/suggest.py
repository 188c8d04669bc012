"""Near misses: the word that was probably meant."""

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice

__all__ = ["closest", "did_you_mean", "listed"]

# A word is compared with at most this many others, so that a folder of a million files
# or a map of a million names costs no more than a glance.
_MOST_COMPARED = 2000
_MOST_LISTED = 12


def closest(word: str, known: Iterable[str]) -> str | None:
    """The one of `known` that `word` was probably meant to be, or None."""
    if len(word) > 100:
        return None
    by_folded = {name.casefold(): name for name in islice(known, _MOST_COMPARED)}
    found = get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint for `word`: the near miss, else the words that exist, else nothing."""
    names = list(dict.fromkeys(known))
    near = closest(word, names)
    if near is not None:
        return f"did you mean {near}?"
    return f"there is: {listed(sorted(names))}" if names else ""


def listed(names: Iterable[str]) -> str:
    """Names in a row, cut short where there are many."""
    words = list(names)
    more = f" and {len(words) - _MOST_LISTED} more" if len(words) > _MOST_LISTED else ""
    return ", ".join(words[:_MOST_LISTED]) + more
