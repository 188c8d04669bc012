"""Reading much at once: Python's search for cycles waits meanwhile. Pure.

All that is read stays, and none of it has cycles; searching it again and again while it
grows takes as long as reading it.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["in_bulk"]


@contextmanager
def in_bulk() -> Iterator[None]:
    """Let the collector wait until the block is left."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
