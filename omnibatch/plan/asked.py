"""What the user asked a plan for, and where its run would go."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from omnibatch.checks import Clip
from omnibatch.ledger import Attempt, Output

__all__ = ["Asked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the user asked for and where the run would go.

    `endpoints` gives each provider's endpoint as it would be recorded; `can_look_up`
    tells whether a provider can be asked for a task whose id was lost. `clip_exists` tells
    whether a clip is on the disk, and `clip_at` where; None for a path that leads out of
    its folder.
    """

    endpoints: Mapping[str, str]
    can_look_up: Callable[[str], bool]
    clip_exists: Callable[[Output], bool]
    stale: bool = False
    failed: bool = False
    clip_at: Callable[[Output], Clip | None] = lambda output: Clip(
        path=Path(output.path), shown=output.path, sha256=output.sha256
    )

    def reaches(self, attempt: Attempt) -> bool:
        """Tell whether the run would go to where `attempt` was made."""
        intent = attempt.known_intent
        return self.endpoints.get(intent.provider) == intent.endpoint
