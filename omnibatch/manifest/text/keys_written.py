"""Keys that somebody has written into a manifest, known by their shape."""

from collections.abc import Iterator
from itertools import islice

from omnibatch.credentials import keys_in
from omnibatch.manifest.text.source import Source
from omnibatch.problems import Problem

__all__ = ["keys_written"]

_MOST = 100


def keys_written(source: Source) -> Iterator[Problem]:
    """A problem for each, at its place, in values and in comments alike. None is quoted."""
    for start, _ in islice(keys_in(source.text), _MOST):
        yield Problem(
            place=source.place_of(start),
            code="OB132",
            message="this has the shape of a key, and a manifest is for everybody to read",
            hint="take it out and put it into the environment or into .env; if it was ever "
            "committed or sent, make a new key",
        )
