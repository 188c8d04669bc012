"""A task: what an accepted create became, and where it stands at a moment.

Nothing runs while a task "renders". Where it stands follows from its times alone, so it
goes on while the emulator is down, and a killed emulator forgets nothing.
"""

from dataclasses import dataclass
from typing import Literal

from omnibatch.emulator.faults.fault import DialectName

__all__ = ["Fate", "Phase", "Task"]

Phase = Literal["queued", "processing", "succeeded", "failed"]
Fate = Literal["succeed", "fail", "stick"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One task as stored. Times are seconds since the epoch; a charge is in micro-dollars.

    `copy` counts orders with the same digest: two renders of one request differ, as they
    would at a provider. `signature` numbers the download links given out for the clip;
    those up to `revoked` no longer open it. `fate` was settled at the create.
    """

    task_id: str
    dialect: DialectName
    account: str
    external_id: str | None
    digest: str
    copy: int
    model: str
    prompt: str
    mode: str
    seconds: int
    width: int
    height: int
    charge: int
    callback_url: str | None
    created_at: float
    starts_at: float
    ends_at: float
    fate: Fate
    reason: str
    signature: int = 1
    revoked: int = 0

    def phase(self, now: float) -> Phase:
        """Return where the task stands at `now`."""
        if now < self.starts_at:
            return "queued"
        if self.fate == "stick" or now < self.ends_at:
            return "processing"
        return "succeeded" if self.fate == "succeed" else "failed"

    def changed_at(self, now: float) -> float:
        """Return when the task came to where it stands at `now`."""
        match self.phase(now):
            case "queued":
                return self.created_at
            case "processing":
                return self.starts_at
            case "succeeded" | "failed":
                return self.ends_at

    def progress(self, now: float) -> int:
        """Return how much of the work is done at `now`, in percent."""
        match self.phase(now):
            case "queued":
                return 0
            case "succeeded" | "failed":
                return 100
            case "processing":
                span = self.ends_at - self.starts_at
                share = (now - self.starts_at) / span if span > 0 else 1.0
                return min(99, int(100 * share))
