"""Why nothing more is bought at a provider in this run."""

from dataclasses import dataclass
from enum import Enum

__all__ = ["Halt", "HaltReason"]


class HaltReason(Enum):
    """Why no more POSTs go to an account in this run."""

    ACCOUNT = "account"
    BUSY = "busy"
    DOUBTS = "doubts"
    NO_ROOM = "no room"
    REDIRECT = "redirect"
    STALLED = "stalled"
    STOPPED = "stopped"
    TIME = "time"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Halt:
    """The end of buying at one provider, with the words for the user."""

    reason: HaltReason
    provider: str
    words: str
