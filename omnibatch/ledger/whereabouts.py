"""Where an attempt was made, against where a run of today asks about it. Pure.

A key may have been changed, or an endpoint, while tasks were under way. What was made
elsewhere may still be found here; but that it is not found here proves nothing.
"""

from omnibatch.endpoints import is_rehearsal
from omnibatch.ledger.model import Attempt

__all__ = ["UNKNOWN_ACCOUNT", "is_asked_at", "made_elsewhere"]

UNKNOWN_ACCOUNT = "------"
"""The account of an attempt that was adopted while no key was set."""


def is_asked_at(attempt: Attempt, endpoint: str) -> bool:
    """Tell whether `attempt` may be asked about at `endpoint`.

    Never across the border between this machine and the world: what was made for free
    stands for nothing that has to be bought, nor the other way round.
    """
    return is_rehearsal(attempt.known_intent.endpoint) == is_rehearsal(endpoint)


def made_elsewhere(attempt: Attempt, *, endpoint: str, account: str | None) -> str:
    """How the place where `attempt` was made differs from today's; empty where it does not.

    `account` is None where no key is set: then nothing is said about keys.
    """
    intent = attempt.known_intent
    if intent.endpoint != endpoint:
        return f"made at {intent.endpoint}, asked about at {endpoint}"
    known = {intent.account, *(key.account for key in attempt.tasks)}
    if account is None or known & {account, UNKNOWN_ACCOUNT}:
        return ""
    made = ", ".join(sorted(known))
    return f"made with another key (account {made}), asked about with today's ({account})"
