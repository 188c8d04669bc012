"""Time as a run lives it: what passes while the machine sleeps is none of its time.

A pulse goes every few seconds. Where it was silent for much longer, by the event loop's
clock (a process that was stopped, a paused machine) or by the one that counts a suspended
machine's sleep, nobody was there to wait: no deadline has come any nearer.
"""

from collections.abc import Callable

import anyio

__all__ = ["PULSE_S", "Awake"]

PULSE_S = 10.0
# A silence beyond the pulse. A busy machine is late by seconds, and nobody naps for less.
_NAP_S = 30.0


class Awake:
    """The clock of a run's deadlines. `boot` counts on while the machine sleeps, in seconds."""

    def __init__(self, boot: Callable[[], float]) -> None:
        self._boot = boot
        self._seen: tuple[float, float] | None = None
        self._missed = 0.0
        self._slept = 0.0

    def now(self) -> float:
        """Seconds of the event loop's clock, less those in which nobody was awake."""
        loop = anyio.current_time()
        if self._seen is not None:
            self._look(loop)
        return loop - self._missed

    async def pulse(self, woke: Callable[[float], None]) -> None:
        """Go on until cancelled; after each sleep call `woke` with its length in seconds."""
        self._seen = (anyio.current_time(), self._boot())
        try:
            while True:
                await anyio.sleep(PULSE_S)
                self.now()
                if self._slept:
                    slept, self._slept = self._slept, 0.0
                    woke(slept)
        finally:
            self._seen = None

    def _look(self, loop: float) -> None:
        assert self._seen is not None
        boot = self._boot()
        by_loop, by_boot = loop - self._seen[0], boot - self._seen[1]
        silence = max(by_loop, by_boot) - PULSE_S
        if silence > _NAP_S:
            self._missed += by_loop  # up to a pulse of it was awake: a deadline comes that later
            self._slept += silence
        self._seen = (loop, boot)
