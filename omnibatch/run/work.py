"""The units of work that wait in a run's queues: small values, no tasks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from omnibatch.checks import CheckedShot
from omnibatch.ledger import AttemptId, TaskKey

__all__ = ["Fetch", "Known", "Later", "Poll", "Purchase"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """One clip to buy: by sending the released `attempt` again, or by a new one `after`."""

    checked: CheckedShot
    attempt: AttemptId | None
    after: AttemptId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Why a purchase is not made after all, and the `attempt` that took its place, if one did.

    `is_open` tells that something is still to come of that one, or to be fetched.
    """

    reason: str
    attempt: AttemptId | None
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """Purchases that wait for clips of the same run, at `providers`.

    `released` gives those that can be made now, each once; it is asked again whenever a
    clip has been collected. What it never gives is left for another run.
    """

    providers: frozenset[str]
    released: Callable[[], Sequence[Purchase]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """One task to ask about. `pause` is the wait before this query, in seconds; `since`
    when this run began to ask; `is_new` whether the task was made then; `missing` how often
    in a row it was not known."""

    attempt: AttemptId
    task: TaskKey
    pause: float
    since: float
    is_new: bool = False
    missing: int = 0
    warned: bool = False
    holds_slot: bool = True
    fetch_tries: int = 0
    fetch_kept: float = 0.0

    def fetch(self, urls: Sequence[str]) -> "Fetch":
        """The download of what this task has made, after those that went before it."""
        return Fetch(
            attempt=self.attempt,
            task=self.task,
            url=urls[0],
            others=len(urls) - 1,
            tries=self.fetch_tries,
            kept=self.fetch_kept,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """One clip to download, from a URL that may expire.

    `others` counts further clips that the provider named for the same task. `tries`
    counts earlier downloads that brought nothing new, `kept` is the most of the clip that
    one of them left on disk, from 0 to 1.
    """

    attempt: AttemptId
    task: TaskKey
    url: str
    others: int = 0
    tries: int = 0
    kept: float = 0.0
