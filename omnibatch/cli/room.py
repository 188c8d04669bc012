"""Room on the disk for the clips of a run: refused or warned of before they are bought."""

from omnibatch import disk
from omnibatch.cli.saying import say_warning
from omnibatch.errors import LedgerUnwritable
from omnibatch.ledger import LedgerPlace

__all__ = ["require_room"]

# A clip of 5 s at 1080p is some 10 MB, one of 15 s up to 40 MB.
_A_CLIP = 16_000_000
_LEAST = 64_000_000


def require_room(place: LedgerPlace, clips: int) -> None:
    """Warn where so many clips may not fit. Raise `LedgerUnwritable` where hardly one does."""
    if not clips or not place.guarded or (room := disk.room_at(place.root)) is None:
        return
    if room < _LEAST:
        raise LedgerUnwritable(
            f"the disk of {place.root.absolute()} has {_megabytes(room)} left, and a clip may take "
            f"{_megabytes(40_000_000)}",
            "nothing was bought; make room and run again",
        )
    if room < clips * _A_CLIP:
        say_warning(
            f"the disk of {place.root.absolute()} has {_megabytes(room)} left, and {clips} clips "
            f"may take {_megabytes(clips * _A_CLIP)}: what finds no room stays at the provider "
            "until a later run"
        )


def _megabytes(count: int) -> str:
    return f"{count / 1e6:,.0f} MB"
