"""Python's garbage collector, held back where a great many values are made and kept.

Each of its full rounds looks at every value there is; while a hundred thousand shots are
made, that is most of the time it takes. Nothing made there is garbage in a ring.

To the collector, what was made without it is new, and it would look at all of it at the
first chance. `gc.freeze` and `gc.unfreeze` tell it that those values are old.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["without_collection"]


@contextmanager
def without_collection() -> Iterator[None]:
    """Run what is inside without the collector, and leave it as it was found."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            if not gc.get_freeze_count():  # else it is for whoever froze the others to undo
                gc.freeze()
                gc.unfreeze()
            gc.enable()
