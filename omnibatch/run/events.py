"""What a run tells whoever watches: small frozen values, the whole contract with faces."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from omnibatch.money import Money
from omnibatch.shots import Slot

__all__ = ["Event", "Kind", "Observer"]


class Kind(Enum):
    """What happened."""

    SENDING = "sending"
    CREATED = "created"
    REFUSED = "refused"
    IN_DOUBT = "in_doubt"
    FOUND = "found"
    RENDERING = "rendering"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    COLLECTED = "collected"
    NOT_COLLECTED = "not_collected"
    STALLED = "stalled"
    WAITING = "waiting"
    WARNING = "warning"
    KNOWN = "known"
    HALTED = "halted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened, to one slot or (None) to the run; `text` is for people."""

    kind: Kind
    slot: Slot | None = None
    text: str = ""
    task_id: str | None = None
    price: Money | None = None


Observer = Callable[[Event], None]
