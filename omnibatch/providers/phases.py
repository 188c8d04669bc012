"""Where a task stands, read from the reply to a query: tables, and the one way to read them.

A query is free, so nothing here is final that need not be: only a state that the
documents call terminal ends a task, and any other word means "ask again".
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from omnibatch.providers.envelope import Envelope, Fields, open_envelope, word_of
from omnibatch.providers.provider import Response, StatusReply, TaskFacts
from omnibatch.providers.retry_after import retry_after_s
from omnibatch.providers.words import clean

__all__ = ["KLING_PHASES", "PHASE_BY_STATUS", "STATES", "Phase", "PhaseTable", "read_phase", "web"]

Phase = Literal["running", "succeeded", "failed", "missing", "unclear", "account", "busy"]

STATES: Mapping[str, Phase] = {
    # Kling and CometAPI today; "succeeded" is the newer interface's.
    "submitted": "running",
    "processing": "running",
    "succeed": "succeeded",
    "succeeded": "succeeded",
    "failed": "failed",
    # CometAPI's older envelope, in capitals there: a relay's record of the task.
    "not_start": "running",
    "queued": "running",
    "in_progress": "running",
    "success": "succeeded",
    "failure": "failed",
    # apimodels, and the family of services with the same record.
    "pending": "running",
    "waiting": "running",
    "completed": "succeeded",
    "fail": "failed",
}
"""Every documented state, in lower case. Others ("unknown" among them) are unclear."""

KLING_PHASES: Mapping[str, Phase] = {
    **dict.fromkeys(("1000", "1001", "1002", "1003", "1004"), "account"),
    **dict.fromkeys(("1100", "1101", "1102", "1103", "1104", "1304"), "account"),
    "1203": "missing",  # resource not found: here the task
    **dict.fromkeys(("1302", "1303", "5000", "5001", "5002"), "busy"),
}

PHASE_BY_STATUS: Mapping[int, Phase] = {
    401: "account",
    402: "account",
    403: "account",
    404: "missing",
    408: "busy",
    425: "busy",
    429: "busy",
}
"""Statuses whose bodies explain nothing more; 5xx is busy, the rest unclear."""

_LONGEST_STATE = 60
_LONGEST_URL = 8_192
_MOST_URLS = 16
_NO_REASON = "the provider gave no reason"
_YES_WORDS = frozenset({"", "succeed", "succeeded", "success", "ok"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseTable:
    """How one provider's replies to a query are read.

    `state_keys` and `reason_keys` are tried in this order within a layer; `urls` yields
    what a layer names as finished clips; `facts` reads what a reply about a task tells of
    its request.
    """

    state_keys: tuple[str, ...]
    reason_keys: tuple[str, ...]
    urls: Callable[[Fields], Iterable[object]]
    by_code: Mapping[str, Phase]
    facts: Callable[[Envelope], TaskFacts] = lambda envelope: TaskFacts()  # noqa: ARG005 - none


def read_phase(response: Response, table: PhaseTable) -> StatusReply:
    """Say where a task stands by `table`. Never raises, whatever the bytes."""
    envelope = open_envelope(response.body)
    # A failed task may carry its own error code: within a reply that was granted, only the
    # wrapper's code speaks about the query.
    if 200 <= response.status < 300 and envelope.code not in table.by_code:
        task = _of_task(envelope, table)
        if task.state:
            return replace(task, facts=table.facts(envelope))
    known = next((table.by_code[code] for code in envelope.codes if code in table.by_code), None)
    return StatusReply(
        phase=known or _by_status(response.status, envelope),
        error=envelope.words or f"HTTP {response.status}, and no state of the task",
        state=next(iter(envelope.codes), ""),
        retry_after_s=retry_after_s(response.headers),
    )


def web(value: object) -> str | None:
    """Return `value` if it is one plausible http(s) address, else None."""
    if not isinstance(value, str) or len(value) > _LONGEST_URL:
        return None
    if not value.lower().startswith(("https://", "http://")):
        return None
    return value if value.isprintable() and " " not in value else None


def _by_status(status: int, envelope: Envelope) -> Phase:
    if 500 <= status < 600:
        return "busy"
    if status == 404 and not envelope.readable and envelope.words.startswith("a web page"):
        return "unclear"  # no interface at this address, which says nothing about the task
    return PHASE_BY_STATUS.get(status, "unclear")


def _of_task(envelope: Envelope, table: PhaseTable) -> StatusReply:
    phase, state = _phase(envelope, table)
    if phase == "succeeded":
        urls = tuple(dict.fromkeys(_urls(envelope, table)))[:_MOST_URLS]
        if urls:
            return StatusReply(phase="succeeded", urls=urls, state=state)
        return StatusReply(phase="unclear", state=state, error="finished, but no clip is named")
    if phase == "failed":
        return StatusReply(phase="failed", state=state, error=_reason(envelope, table))
    if phase == "unclear":
        return StatusReply(phase="unclear", state=state, error="a state that is not documented")
    return StatusReply(phase=phase, state=state)


def _phase(envelope: Envelope, table: PhaseTable) -> tuple[Phase, str]:
    """The first documented state, else the first word that stands where a state should."""
    unknown = ""
    for layer in _by_trust(envelope):
        for key in table.state_keys:
            word = word_of(layer.get(key))
            written = clean(str(layer.get(key)), _LONGEST_STATE) if word else ""
            if word in STATES:
                return STATES[word], written
            unknown = unknown or written
    return "unclear", unknown


def _by_trust(envelope: Envelope) -> Iterator[Fields]:
    """The layers under `data`, outermost first, then the root if it is a task itself.

    The outermost state is the one to wait for (CometAPI's older envelope). At the root a
    `status` may be the call's rather than the task's, unless a task's id stands beside it.
    """
    yield from envelope.layers[1:]
    for root in envelope.layers[:1]:
        if root.get("task_id") or root.get("taskId") or root.get("id"):
            yield root


def _urls(envelope: Envelope, table: PhaseTable) -> Iterator[str]:
    for layer in envelope.layers:
        yield from filter(None, map(web, table.urls(layer)))


def _reason(envelope: Envelope, table: PhaseTable) -> str:
    """Why a task failed. The wrapper's message counts last: it says SUCCEED all the same."""
    for layer in envelope.layers:
        for key in table.reason_keys:
            value = layer.get(key)
            if isinstance(value, str) and (words := clean(value)):
                return words
    words = envelope.words
    return words if words.lower() not in _YES_WORDS else _NO_REASON
