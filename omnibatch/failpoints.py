"""Named points at which a test may end the process, as `kill -9` would.

Every write, sync, rename, request and reply of a run passes `reach(name)`. Unarmed,
which is always outside tests, that is one comparison. `arm` is called by the command
line for `OMNIBATCH_FAILPOINT=name` or `name:3` (the third time the point is reached).
The last words on stderr name the point. `*:0` kills nowhere, and names every point passed.
"""

import os
import signal
from contextlib import suppress

__all__ = ["arm", "reach"]

_armed: tuple[str, int] | None = None
_passed = 0


def arm(spec: str) -> None:
    """Arm one point: `name` for its first passing, `name:N` for the N-th.

    The name `*` matches every point, so `*:17` dies at the seventeenth point reached.
    With an N of 0 none dies, and each is named.
    """
    global _armed, _passed  # noqa: PLW0603 - one process has one fate
    name, _, nth = spec.partition(":")
    _armed = (name, int(nth or 1))
    _passed = 0


def reach(name: str) -> None:
    """Pass the point `name`; if it is the armed one, die at once, with no clean-up."""
    global _passed  # noqa: PLW0603 - see arm
    if _armed is None or _armed[0] not in (name, "*"):
        return
    _passed += 1
    if _passed < _armed[1]:  # and not `==` below: two threads may pass at once
        return
    with suppress(OSError):  # nobody may be there to read it
        os.write(2, f"\nfailpoint {name}\n".encode())
    if _armed[1]:
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
