"""The clock that goes on while the machine sleeps; what it is called depends on the system."""

import sys
import time

__all__ = ["boot_seconds"]


def boot_seconds() -> float:
    """Seconds since some moment of the past, those of a suspended machine included.

    No wall clock, so nobody can set it. Linux has CLOCK_BOOTTIME for it (clock_gettime(2));
    on macOS CLOCK_MONOTONIC goes on in sleep (clock_gettime(3)), which Python's
    `monotonic` there does not; on Windows `monotonic` does. Elsewhere sleep may be missed.
    """
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    if sys.platform == "darwin":
        return time.clock_gettime(time.CLOCK_MONOTONIC)
    return time.monotonic()
