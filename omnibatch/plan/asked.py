"""What the user asked a plan for, and where its run would go."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from omnibatch.checks import Clip
from omnibatch.ledger import Attempt, Output, TaskKey, best_task, is_asked_at, made_elsewhere

__all__ = ["Asked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the user asked for and where the run would go.

    `endpoints` gives each provider's endpoint as it would be recorded, `accounts` the name
    of its account where a key is set; `can_look_up` tells whether a provider can be asked
    for a task whose id was lost. `clip_exists` tells whether a clip is on the disk, and
    `clip_at` where; None for a path that leads out of its folder. `is_another` tells that
    what stands there is another clip, which has the same path on record. `expired` gives words
    for a task whose clip can most likely no longer be had, as one past the days that its
    provider keeps clips.

    `lost_run` is when a run began that is not accounted for (UTC, ISO 8601): what would be
    bought may have been bought by that, unless the user has decided about it since.
    """

    endpoints: Mapping[str, str]
    can_look_up: Callable[[str], bool]
    clip_exists: Callable[[Output], bool]
    stale: bool = False
    failed: bool = False
    clip_at: Callable[[Output], Clip | None] = lambda output: Clip(
        path=Path(output.path), shown=output.path, sha256=output.sha256
    )
    accounts: Mapping[str, str] = field(default_factory=dict)
    is_another: Callable[[Output], bool] = lambda output: False  # noqa: ARG005 - none is
    expired: Callable[[Attempt, TaskKey], str] = lambda attempt, key: ""  # noqa: ARG005 - never
    lost_run: str | None = None

    def reaches(self, attempt: Attempt) -> bool:
        """Tell whether the run would ask about `attempt`, be it at another place of its provider."""
        endpoint = self.endpoints.get(attempt.known_intent.provider)
        return endpoint is not None and is_asked_at(attempt, endpoint)

    def elsewhere(self, attempt: Attempt) -> str:
        """How the place where `attempt` was made differs from where it is asked about, or nothing."""
        provider = attempt.known_intent.provider
        endpoint = self.endpoints.get(provider)
        if endpoint is None or not is_asked_at(attempt, endpoint):
            return ""
        return made_elsewhere(attempt, endpoint=endpoint, account=self.accounts.get(provider))

    def gone(self, attempt: Attempt) -> str:
        """Why the clip of `attempt` is presumed gone, or nothing. Elsewhere that proves nothing."""
        best = best_task(attempt)
        is_here = best is not None and not self.elsewhere(attempt)
        return self.expired(attempt, best[0]) if best is not None and is_here else ""
