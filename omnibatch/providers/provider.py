"""The seam to a provider: requests made, replies read, and no network.

A provider is a frozen value with methods rather than a flow, since a resumed run must
be able to enter in the middle: query a task that an earlier process created.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from omnibatch.shots import FrameSource, Shot

if TYPE_CHECKING:
    from omnibatch.providers.table import ModelRow

__all__ = [
    "CreateReply",
    "Files",
    "LookupReply",
    "LookupRow",
    "Provider",
    "Request",
    "Response",
    "StatusReply",
    "TaskFacts",
    "Verdict",
]


Files = Mapping[Path | FrameSource, bytes]
"""Bytes of images to send: of local files by absolute path, of frames by themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An HTTP request without host or credentials. `body` is the exact JSON to send.

    `path` is percent-encoded already; the values of `query` are not.
    """

    method: Literal["GET", "POST"]
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What came back, whole: `headers` have lower-case names."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Verdict(Enum):
    """What a reply to a create means for the money (design.md, section 7)."""

    CREATED = "created"
    """A task exists and its id is known."""
    WAIT = "wait"
    """Nothing was created: too fast or too many at once. Wait, then send again."""
    ACCOUNT = "account"
    """Nothing was created, and no other shot would fare better: key, credit, model."""
    REFUSED = "refused"
    """Nothing was created: this shot is refused in the provider's own words."""
    DUPLICATE = "duplicate"
    """A task with our external id exists already: look it up."""
    IN_DOUBT = "in_doubt"
    """A task may exist. Never send again on a guess."""
    ELSEWHERE = "elsewhere"
    """A redirect. Nothing was created, and a paid body is never sent to another place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateReply:
    """The reading of a create's reply.

    `task_id` is set exactly when the verdict is CREATED. `words` are the provider's own
    message, bounded, with control characters removed. `retry_after_s` is the provider's
    wish in seconds, or None.
    """

    verdict: Verdict
    task_id: str | None = None
    words: str = ""
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFacts:
    """What a reply tells of the request that made a task; empty or None where it does not.

    `model` is in the words of manifests, `duration` in whole seconds as asked for.
    """

    external_id: str = ""
    model: str = ""
    prompt: str = ""
    duration: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReply:
    """The reading of a query's reply.

    `phase`: `running`; `succeeded` with one or more `urls`; `failed` with `error`;
    `missing` (the provider does not know the task, perhaps not yet); `unclear` (an
    unknown state, or a reply that cannot be read: keep polling, warn once);
    `account` (the key is refused: stop asking); `busy` (429 or 5xx: ask later).
    `state` is the provider's own word, for messages. `facts` are what it tells of the
    request, for a task that is to be adopted.
    """

    phase: Literal["running", "succeeded", "failed", "missing", "unclear", "account", "busy"]
    urls: tuple[str, ...] = ()
    error: str = ""
    state: str = ""
    retry_after_s: float | None = None
    facts: TaskFacts = field(default=TaskFacts(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupReply:
    """The answer to "does a task of this attempt exist?", the oldest of several tasks first.

    `absent` is only ever returned where the provider's row says that it may be believed.
    """

    found: Literal["found", "absent", "unknown"]
    task_ids: tuple[str, ...] = ()
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupRow:
    """How a provider can be asked for a task whose id was lost.

    `absent_is` says what its "not found" is worth; `lag_s` is how many seconds after a
    send a task may still be invisible, to a query too; `kept_days` how many days after a
    task's end its clip can be fetched, None where no page says.
    """

    by: Literal["external_id", "none"]
    absent_is: Literal["authoritative", "unknown"]
    lag_s: float
    kept_days: int | None = None


class Provider(Protocol):
    """One service that renders. Implementations are frozen values registered by name."""

    @property
    def name(self) -> str:
        """The word used in manifests and lockfiles."""
        ...

    @property
    def endpoint(self) -> str:
        """The built-in base URL, without a trailing slash."""
        ...

    @property
    def key_variable(self) -> str:
        """The environment variable that holds the key."""
        ...

    @property
    def endpoint_variable(self) -> str:
        """The environment variable that may hold another base URL."""
        ...

    @property
    def lookup(self) -> LookupRow:
        """How a lost task can be looked for."""
        ...

    def models(self) -> Sequence["ModelRow"]:
        """What it serves: a row for each model, with limits, prices and doubts."""
        ...

    def auth_headers(self, key: str) -> Mapping[str, str]:
        """The headers that carry the key."""
        ...

    def create_request(self, shot: Shot, attempt_id: str, files: Files) -> Request:
        """The one paid request. `files` holds the bytes of every local source of the shot."""
        ...

    def read_created(self, response: Response) -> CreateReply:
        """Say what the reply to a create means, by the provider's own table."""
        ...

    def query_request(self, task_id: str) -> Request:
        """Ask where a task stands. Free, and repeatable."""
        ...

    def read_status(self, response: Response) -> StatusReply:
        """Read the reply to a query."""
        ...

    def lookup_request(self, attempt_id: str) -> Request | None:
        """Ask for the task that carries our attempt's id; None where that cannot be asked."""
        ...

    def read_lookup(self, response: Response, attempt_id: str | None = None) -> LookupReply:
        """Read the reply to a lookup made for `attempt_id`.

        A reply that names an external id is `found` only if that is `attempt_id`: pass it,
        or such a reply stays `unknown`.
        """
        ...
