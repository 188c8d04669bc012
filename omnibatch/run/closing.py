"""The end of sending that the user has set: time that passes, whether the machine sleeps or not."""

from collections.abc import Callable

import anyio

from omnibatch.run.awake import PULSE_S

__all__ = ["Closing"]


class Closing:
    """`after_s` seconds from now by the clock `boot`; never, where that is None."""

    def __init__(self, after_s: float | None, boot: Callable[[], float]) -> None:
        self._boot = boot
        self._at = None if after_s is None else boot() + after_s

    def has_come(self) -> bool:
        """Tell whether no more may be sent."""
        return self._at is not None and self._boot() >= self._at

    async def wait(self) -> None:
        """Return when it has come. A machine that wakes up notices within a pulse."""
        if self._at is None:
            await anyio.sleep_forever()
            return
        while not self.has_come():  # noqa: ASYNC110 - a clock tells nobody that it has moved on
            await anyio.sleep(max(0.001, min(self._at - self._boot(), PULSE_S)))
