"""Takes what stops a run out of the groups that task groups wrap it in.

Several workers may meet the same full disk at once; the user is told of it once. Anything
that is not an `OmnibatchError` is a bug, and goes through as it is.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from omnibatch.errors import OmnibatchError

__all__ = ["unwrapped"]


@contextmanager
def unwrapped() -> Iterator[None]:
    """Raise the one stopping error of a group whose errors are all of that kind."""
    try:
        yield
    except BaseExceptionGroup as group:
        leaves = list(_leaves(group))
        if not all(isinstance(leaf, OmnibatchError) for leaf in leaves):
            raise
        # The longest says most: a task id that could not be recorded stands in it.
        raise max(leaves, key=lambda leaf: len(str(leaf))) from group


def _leaves(group: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _leaves(error)
        else:
            yield error
