"""What is known about money spent: attempts, their sends, their tasks.

Everything here only ever grows, so that any two copies of a ledger have one join
(`join.py`): a send or a task moves forward along its states, maps gain entries, and an
attempt's intent never changes. States of attempts and slots are derived (`state.py`),
never stored. This module knows no file, clock or provider.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, NamedTuple, NewType

from omnibatch.shots import Slot

__all__ = [
    "Attempt",
    "AttemptId",
    "Intent",
    "Ledger",
    "Mark",
    "Opening",
    "Output",
    "SendKey",
    "SendState",
    "Task",
    "TaskKey",
    "TaskState",
]

AttemptId = NewType("AttemptId", str)


class SendState(IntEnum):
    """How far the knowledge about one POST has come; the join takes the further."""

    OPEN = 0
    """Durable before the first byte leaves. Found at start, it is as good as in doubt."""
    IN_DOUBT = 1
    """The answer was lost: a task may exist."""
    NOT_CREATED = 2
    """Certainly nothing was created."""
    CREATED = 3
    """A task was created; its id stands in the attempt's tasks."""


class TaskState(IntEnum):
    """How far a task has come; the join takes the further."""

    RUNNING = 0
    FAILED = 1
    SUCCEEDED = 2
    COLLECTED = 3


class SendKey(NamedTuple):
    """Names one POST of an attempt: the how-many-eth, and by which ledger's writer.

    Two machines that send the same attempt from the same commit both count from 1. The
    writer keeps their sends apart, since one machine's certain "not created" must not
    erase the other's doubt.
    """

    number: int
    writer: str


class TaskKey(NamedTuple):
    """Names one task in the world: ids are only unique within a provider's account."""

    provider: str
    account: str
    task_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """A verified clip. `path` is POSIX, relative to the lockfile's folder."""

    path: str
    sha256: str
    bytes: int
    seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is known of one task. `error` are the provider's words for a failed one.

    `output` may be set from SUCCEEDED on: a clip's hash and path are recorded before it
    is renamed into place, and the task counts as COLLECTED only after.
    """

    state: TaskState
    error: str = ""
    output: Output | None = None
    finished_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What an attempt was meant to buy. Immutable: stored ids are never recomputed.

    `account` is a short HMAC of batch and key, `price` such as `0.3165 USD` or None for
    unknown, `target` a POSIX path of its own, `intended_at` UTC in ISO 8601.
    """

    slot: Slot
    after: AttemptId | None
    digest: str
    provider: str
    account: str
    endpoint: str
    price: str | None
    target: str
    intended_at: str


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A user's decision: the latest (time, writer) counts. `on` is False when taken back."""

    at: str
    by: str
    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One intended paid submission for a slot, and all that came of it.

    As a journal record the same type is a delta: only `id` and what is new are set.
    """

    id: AttemptId
    intent: Intent | None = None
    sends: Mapping[SendKey, SendState] = field(default_factory=dict)
    tasks: Mapping[TaskKey, Task] = field(default_factory=dict)
    refusal: str | None = None
    abandoned: Mark | None = None
    granted: Mark | None = None
    picked: Mark | None = None

    @property
    def slot(self) -> Slot:
        """The slot of an attempt that is whole; a delta has none."""
        return self.known_intent.slot

    @property
    def known_intent(self) -> Intent:
        """The intent, which every attempt in a ledger has."""
        if self.intent is None:
            raise ValueError(f"BUG: attempt {self.id} has no intent")
        return self.intent


@dataclass(frozen=True, slots=True, order=True)
class Opening:
    """Says in the lockfile that a run is buying: by which writer, since when (UTC).

    Where copies met that two runs had left open, `writer` names both, joined by `+`, and
    `since` is the later time.
    """

    writer: str
    since: str

    @property
    def writers(self) -> frozenset[str]:
        """Every writer whose journal this opening waits for."""
        return frozenset(self.writer.split("+"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Everything known about attempts, whatever file it was read from.

    `requests` holds, once per digest, what was bought, for people and reviewers.
    """

    batch: str = ""
    name: str = ""
    open: Opening | None = None
    requests: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # any JSON
    attempts: Mapping[AttemptId, Attempt] = field(default_factory=dict)
