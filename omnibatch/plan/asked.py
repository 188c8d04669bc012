"""What the user asked a plan for, and where its run would go."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from omnibatch.ledger import Attempt, Output

__all__ = ["Asked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the user asked for and where the run would go.

    `endpoints` gives each provider's endpoint as it would be recorded; `can_look_up`
    tells whether a provider can be asked for a task whose id was lost.
    """

    endpoints: Mapping[str, str]
    can_look_up: Callable[[str], bool]
    clip_exists: Callable[[Output], bool]
    stale: bool = False
    failed: bool = False

    def reaches(self, attempt: Attempt) -> bool:
        """Tell whether the run would go to where `attempt` was made."""
        intent = attempt.known_intent
        return self.endpoints.get(intent.provider) == intent.endpoint
