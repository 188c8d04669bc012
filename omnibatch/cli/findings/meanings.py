"""What each code means, gathered from the rooms that own them."""

from collections.abc import Mapping

__all__ = ["meanings"]


def meanings() -> Mapping[str, str]:
    """A line for each code that there is, by code, in their order."""
    from omnibatch import checks, manifest

    return dict(sorted({**manifest.MEANINGS, **checks.MEANINGS}.items()))
