"""The ledger's values as JSON and back: one form for the lockfile and the journal.

Absent facts are left out, except in the lockfile's documented columns. Decoding raises
`LedgerDamaged` for anything that this version could not have written.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from omnibatch.errors import LedgerDamaged
from omnibatch.ledger.model import (
    Attempt,
    AttemptId,
    Intent,
    Mark,
    Output,
    SendKey,
    SendState,
    Task,
    TaskKey,
    TaskState,
)
from omnibatch.shots import Slot

__all__ = [
    "as_utf8",
    "attempt_from_json",
    "attempt_to_json",
    "canonical",
    "in_order",
    "intent_to_json",
    "only_known",
    "output_to_json",
    "task_to_json",
    "text_of",
]

Json = dict[str, Any]  # any JSON object

# Made once: json.dumps makes one anew for each call that is not plain.
_SORTED = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
_ORDERED = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)
_SENDS = {state: state.name.lower() for state in SendState}
_SENDS_BY_WORD = {word: state for state, word in _SENDS.items()}
_TASKS = {state: state.name.lower() for state in TaskState}
_TASKS_BY_WORD = {word: state for state, word in _TASKS.items()}
_SURROGATE = re.compile("[\ud800-\udfff]")
_SEND_KEY = re.compile(r"([1-9][0-9]{0,8})@([a-z0-9-]{1,40})")
_DELTA_KEYS = frozenset({"id", "sends", "tasks", "refusal", "abandoned", "granted", "picked"})
_ATTEMPT_KEYS = _DELTA_KEYS | {
    *("shot", "profile", "take", "after", "digest", "provider"),
    *("account", "endpoint", "price", "target", "intended_at"),
}
_TASK_KEYS = frozenset(
    {"task_id", "provider", "account", "state", "error", "output", "finished_at"}
)
_OUTPUT_KEYS = frozenset({"path", "sha256", "bytes", "seconds"})
_MARK_KEYS = frozenset({"at", "by", "on"})


def canonical(value: object) -> str:
    """The one spelling of a JSON value: sorted keys, no spaces, text as it is."""
    return as_utf8(_SORTED.encode(value))


def in_order(value: object) -> str:
    """A JSON value spelled without spaces, its keys in the order they have."""
    return as_utf8(_ORDERED.encode(value))


def as_utf8(text: str) -> str:
    """Escape what UTF-8 cannot hold: half characters, such as a cut-off error text has."""
    if text.isascii() or not _SURROGATE.search(text):
        return text
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    return _SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", whole)


def intent_to_json(intent: Intent) -> Json:
    """The intent's columns, all of them, in the lockfile's order."""
    return {
        "shot": intent.slot.shot,
        "profile": intent.slot.profile or None,
        "take": intent.slot.take,
        "after": intent.after,
        "digest": intent.digest,
        "provider": intent.provider,
        "account": intent.account,
        "endpoint": intent.endpoint,
        "price": intent.price,
        "target": intent.target,
        "intended_at": intent.intended_at,
    }


def task_to_json(task: Task) -> Json:
    """The facts of a task without its key."""
    out: Json = {"state": _TASKS[task.state]}
    if task.error:
        out["error"] = task.error
    if task.output is not None:
        out["output"] = output_to_json(task.output)
    if task.finished_at:
        out["finished_at"] = task.finished_at
    return out


def output_to_json(output: Output) -> Json:
    """The facts of a clip."""
    out: Json = {"path": output.path, "sha256": output.sha256, "bytes": output.bytes}
    if output.seconds is not None:
        out["seconds"] = output.seconds
    return out


def attempt_to_json(attempt: Attempt) -> Json:
    """An attempt, or a delta of one; tasks name provider and account where they differ."""
    out: Json = {"id": attempt.id}
    if attempt.intent is not None:
        out |= intent_to_json(attempt.intent)
    if attempt.sends:
        out["sends"] = {
            f"{key.number}@{key.writer}": _SENDS[state]
            for key, state in sorted(attempt.sends.items())
        }
    if attempt.tasks:
        out["tasks"] = [
            _named(key, attempt.intent) | task_to_json(task)
            for key, task in sorted(attempt.tasks.items())
        ]
    if attempt.refusal is not None:
        out["refusal"] = attempt.refusal
    for word in ("abandoned", "granted", "picked"):
        mark: Mark | None = getattr(attempt, word)
        if mark is not None:
            out[word] = {"at": mark.at, "by": mark.by, "on": mark.on}
    return out


def _named(key: TaskKey, intent: Intent | None) -> Json:
    if intent is not None and (key.provider, key.account) == (intent.provider, intent.account):
        return {"task_id": key.task_id}
    return {"task_id": key.task_id, "provider": key.provider, "account": key.account}


def attempt_from_json(data: Any) -> Attempt:
    """Read what `attempt_to_json` wrote. Raise `LedgerDamaged` for anything else."""
    try:
        return _attempt(data)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise LedgerDamaged(f"not an attempt: {error!r} in {str(data)[:200]}") from error


def _attempt(data: Json) -> Attempt:
    intent = _intent(data) if "digest" in data else None
    only_known(data, _DELTA_KEYS if intent is None else _ATTEMPT_KEYS)
    return Attempt(
        id=AttemptId(text_of(data["id"])),
        intent=intent,
        sends={_send_key(key): _SENDS_BY_WORD[word] for key, word in data.get("sends", {}).items()},
        tasks=dict(_task(entry, intent) for entry in data.get("tasks", ())),
        refusal=text_of(data["refusal"]) if "refusal" in data else None,
        abandoned=_mark(data, "abandoned"),
        granted=_mark(data, "granted"),
        picked=_mark(data, "picked"),
    )


def _intent(data: Json) -> Intent:
    return Intent(
        slot=Slot(text_of(data["shot"]), text_of(data["profile"] or ""), _whole(data["take"])),
        after=None if data["after"] is None else AttemptId(text_of(data["after"])),
        digest=text_of(data["digest"]),
        provider=text_of(data["provider"]),
        account=text_of(data["account"]),
        endpoint=text_of(data["endpoint"]),
        price=None if data["price"] is None else text_of(data["price"]),
        target=text_of(data["target"]),
        intended_at=text_of(data["intended_at"]),
    )


def _send_key(text: str) -> SendKey:
    match = _SEND_KEY.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} does not name a send")
    return SendKey(int(match[1]), match[2])


def _task(data: Json, intent: Intent | None) -> tuple[TaskKey, Task]:
    provider = data["provider"] if intent is None else data.get("provider", intent.provider)
    account = data["account"] if intent is None else data.get("account", intent.account)
    output: Mapping[str, Any] | None = data.get("output")
    only_known(data, _TASK_KEYS)
    only_known(output or {}, _OUTPUT_KEYS)
    return TaskKey(text_of(provider), text_of(account), text_of(data["task_id"])), Task(
        state=_TASKS_BY_WORD[data["state"]],
        error=text_of(data.get("error", "")),
        output=None
        if output is None
        else Output(
            path=text_of(output["path"]),
            sha256=text_of(output["sha256"]),
            bytes=_whole(output["bytes"]),
            seconds=None if output.get("seconds") is None else float(output["seconds"]),
        ),
        finished_at=text_of(data.get("finished_at", "")),
    )


def _mark(data: Json, word: str) -> Mark | None:
    held = data.get(word)
    if held is None:
        return None
    only_known(held, _MARK_KEYS)
    if not isinstance(held["on"], bool):
        raise TypeError(f"{word} is neither on nor off")
    return Mark(text_of(held["at"]), text_of(held["by"]), held["on"])


def only_known(data: Mapping[str, Any], known: frozenset[str]) -> None:
    """Refuse what this version does not know: it would be lost with the next writing."""
    if unknown := data.keys() - known:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}")


def text_of(value: object) -> str:
    """Text as text; raise `TypeError` for anything else."""
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not text")
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{value!r} is not a whole number")
    return value
