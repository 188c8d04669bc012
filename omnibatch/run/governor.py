"""The governor of one account: when the next POST may go, and when none may any more.

It holds one provider slot from the send to the task's terminal state. The first POST of
a run goes alone, and the rest wait for its verdict: a bad key costs one POST, not ten
thousand. Too many requests shrink the number in flight, each accepted one lets it grow
back. Three doubts in a row, an account that is refused, or a provider that stays out of
reach end the buying there; collecting goes on.
"""

from collections.abc import Callable

import anyio

from omnibatch.run.agenda import Changed
from omnibatch.run.halts import Halt, HaltReason
from omnibatch.shots import RunSettings

__all__ = ["Governor"]

_DOUBTS_IN_A_ROW = 3
# Seconds. Kling advises a wait of at least 1 s, doubled each time.
_FIRST_WAIT = 1.0
_LONGEST_WAIT = 60.0
# Until the provider has been reached once, a run does not wait for long: most likely
# the network is down or the address is wrong, and nothing is under way yet.
_PATIENCE_BEFORE_CONTACT = 10.0


class Governor:
    """Paces the POSTs of one account. `running` tasks of the past take their slots first.

    Patience is measured by `awake`, in seconds: a sleeping machine loses none. Nothing may
    be sent any more once `is_closed`, by the clock, or `is_stopped`, by the user.
    """

    def __init__(
        self,
        provider: str,
        settings: RunSettings,
        *,
        running: int,
        awake: Callable[[], float] = anyio.current_time,
        is_closed: Callable[[], bool] = lambda: False,
        is_stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self.provider = provider
        self.halt: Halt | None = None
        self._settings = settings
        self._awake = awake
        self._is_closed = is_closed
        self._is_stopped = is_stopped
        self._limit = settings.in_flight
        self._held = running
        self._stuck = 0
        self._sending = 0
        self._proven = False
        self._reached = False
        self._doubts = 0
        self._wait = _FIRST_WAIT
        self._not_before = 0.0
        self._turn_before = 0.0
        self._unreachable_since: float | None = None
        self._busy_since: float | None = None
        self._changed = Changed()

    async def take(self) -> bool:
        """Wait for a slot and for the turn to send; False once no more may be sent."""
        while self.may_send():
            if self._stuck >= self._limit:
                self._stop(
                    HaltReason.STALLED, "every slot is held by a task that makes no progress"
                )
                break
            pause = self._not_before - anyio.current_time()
            crowded = self._held >= self._limit
            alone = self._proven or self._sending == 0
            if not crowded and alone and pause <= 0:
                self._held += 1
                self._sending += 1
                self._space_out()
                return True
            await self._changed.wait(pause if pause > 0 and not crowded and alone else None)
        return False

    def may_send(self) -> bool:
        """Tell whether nothing has ended the sending: asked once more right before each send."""
        if self._is_stopped():
            self.stop()
        elif self._is_closed():
            self.close()
        return self.halt is None

    def _space_out(self) -> None:
        rate = self._settings.submits_per_minute
        self._turn_before = self._not_before
        if rate:
            self._not_before = anyio.current_time() + 60 / float(rate)

    def created(self) -> None:
        """A send created a task, which keeps the slot."""
        self._sent(proven=True)
        self._doubts = 0
        self._limit = min(self._settings.in_flight, self._limit + 1)
        self._wait = _FIRST_WAIT
        self._busy_since = None

    def refused(self) -> None:
        """A send was refused for the shot's own sake: the account is fine."""
        self._sent(proven=True)
        self.free()

    def not_wanted(self) -> None:
        """The turn just taken is given back, with the pause it began: nothing was sent."""
        self._not_before = self._turn_before
        self._sending -= 1
        self.free()

    def too_many(self, retry_after_s: float | None) -> float:
        """The provider asks for patience. Return how many seconds will be waited."""
        self._sent(proven=False)
        self._limit = max(1, min(self._limit, self._held) - 1)
        pause = self._back_off(retry_after_s)
        now = self._awake()
        # As long as tasks of ours run, a full house is ours, and a place will come free.
        if self._held or self._busy_since is None:
            self._busy_since = now
        elif now - self._busy_since >= self._settings.stalled_after:
            waited = now - self._busy_since
            self._stop(HaltReason.BUSY, f"too many requests for {waited:.0f} s, none of them ours")
        return pause

    def unreachable(self, reason: str) -> float:
        """A send never left. Return how many seconds will be waited, or halt."""
        now = self._awake()
        since = self._unreachable_since
        self._unreachable_since = now if since is None else since
        self._sending -= 1
        patience = self._settings.patience
        if not self._reached:
            patience = min(patience, _PATIENCE_BEFORE_CONTACT)
        left = patience - (now - self._unreachable_since)
        if left <= 0:
            self._stop(HaltReason.UNREACHABLE, reason)
        return self._back_off(None, at_most=max(left, 0.0))

    def in_doubt(self, reason: str) -> None:
        """A reply was lost. Several in a row are no accident, and each may have cost.

        Only a created task ends the row: a gateway that refuses quickly what it refuses
        and loses all the rest would otherwise go on costing.
        """
        self._doubts += 1
        self._sent(proven=False)
        self.free()
        if self._doubts >= _DOUBTS_IN_A_ROW:
            words = f"{self._doubts} replies in a row were lost; last: {reason}"
            self._stop(HaltReason.DOUBTS, words)

    def refuse_account(self, words: str) -> None:
        """No other shot would fare better."""
        self._sent(proven=False)
        self.free()
        self._stop(HaltReason.ACCOUNT, words)

    def key_refused(self, words: str) -> None:
        """A free query was refused for its key: a paid one would be, too."""
        self._stop(HaltReason.ACCOUNT, words)

    def redirected(self, words: str) -> None:
        """The endpoint points elsewhere; a paid body does not follow."""
        self._sent(proven=False)
        self.free()
        self._stop(HaltReason.REDIRECT, words)

    def stop(self) -> None:
        """Send nothing more: the user said so."""
        self._stop(HaltReason.STOPPED, "stopped")

    def close(self) -> None:
        """Send nothing more: the time for it is over."""
        self._stop(HaltReason.TIME, "the time for sending is over")

    def no_room(self) -> None:
        """Send nothing more: a clip that is paid for finds no room on the disk."""
        self._stop(HaltReason.NO_ROOM, "the disk is full")

    def hold(self) -> None:
        """Take a slot for a task that was found, whatever the limit."""
        self._held += 1

    def free(self) -> None:
        """Give a slot back: its task is over, or there is none."""
        self._held -= 1
        self._changed.tell()

    def stick(self) -> None:
        """A held slot will not come free in this run: its task stalls."""
        self._stuck += 1
        self._changed.tell()

    def _sent(self, *, proven: bool) -> None:
        self._sending -= 1
        self._proven = self._proven or proven
        self._reached = True
        self._unreachable_since = None
        self._changed.tell()

    def _back_off(self, wished: float | None, *, at_most: float = _LONGEST_WAIT) -> float:
        pause = min(at_most, _LONGEST_WAIT, max(self._wait, wished or 0.0))
        self._wait = min(_LONGEST_WAIT, self._wait * 2)
        self._not_before = max(self._not_before, anyio.current_time() + pause)
        self.free()
        return pause

    def _stop(self, reason: HaltReason, words: str) -> None:
        if self.halt is None:
            self.halt = Halt(reason=reason, provider=self.provider, words=words)
        self._changed.tell()
