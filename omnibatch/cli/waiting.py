"""Waiting for the ledger, and where its lock may not be seen."""

import time

from omnibatch.cli.saying import say_warning
from omnibatch.ledger import LedgerPlace, network_volume_of

__all__ = ["Waiting", "warn_of_network_volume"]

_LOOK_AGAIN_S = 0.5


class Waiting:
    """Waits a while each time it is called with words for the holder; says them when they change."""

    def __init__(self) -> None:
        self._told = ""

    @property
    def has_waited(self) -> bool:
        """Tell whether the ledger was not free at once."""
        return bool(self._told)

    def __call__(self, who: str) -> None:
        """Wait. Ctrl-C and SIGTERM end it as they end anything that has not begun."""
        if who != self._told:
            self._told = who
            say_warning(f"waiting for another omnibatch to end: {who}; Ctrl-C to leave")
        time.sleep(_LOOK_AGAIN_S)


def warn_of_network_volume(place: LedgerPlace) -> None:
    """Say so where the lock of a ledger that buys lies on a network file system."""
    kind = network_volume_of(place.folder) if place.guarded else None
    if kind is not None:
        say_warning(
            f"{place.folder} lies on a network file system ({kind}), where another machine may "
            "not see that this run holds the ledger: run on one machine at a time, or keep the "
            "journal and its lock on a local disk with --ledger DIR"
        )
