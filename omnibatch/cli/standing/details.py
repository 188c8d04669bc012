"""All about one slot: its attempts, their sends and tasks, its files, and why it stands so."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from omnibatch.cli.standing.mends import Mend, cost_words
from omnibatch.cli.standing.rows import Row
from omnibatch.ledger import Attempt, Mark, Output, Task, TaskKey, is_of_lost_run, state_of
from omnibatch.run import whereabouts

__all__ = ["attempt_json", "details_of"]

_SENDS = {
    "OPEN": "open: about to leave, or ended by a kill",
    "IN_DOUBT": "in doubt: its reply was lost",
    "NOT_CREATED": "certainly created nothing",
    "CREATED": "created a task",
}
_LOST_SENDS = {
    "IN_DOUBT": "may have bought it, and its journal is lost; counted as spent",
    "NOT_CREATED": "what it bought is known",
    "CREATED": "bought the task",
}


def details_of(row: Row, mends: list[Mend], root: Path) -> Iterator[str]:
    """The lines for people, a fact each."""
    yield f"{row.slot}: {', '.join([row.state, *(drift.value for drift in row.drifts)])}"
    if row.note:
        yield f"  why       {row.note}"
    if row.step is not None:
        price = f" ({row.step.price})" if row.step.price is not None else ""
        yield f"  a run     {row.step.action.value}{price}"
    for mend in mends:
        first = f"{mend.first}; then: " if mend.first else ""
        yield f"  to mend   {first}{mend.command}   ({cost_words(mend)})"
    for attempt in row.attempts:
        yield from _attempt(attempt, root)


def _attempt(attempt: Attempt, root: Path) -> Iterator[str]:
    intent = attempt.known_intent
    yield f"  attempt   {attempt.id}: {state_of(attempt).value}"
    yield f"    made      {intent.intended_at} at {intent.provider}, {intent.endpoint}"
    yield f"    account   {intent.account}   price {intent.price or 'unknown'}"
    yield f"    request   {intent.digest}"
    if intent.after is not None:
        yield f"    after     {intent.after}"
    for send, state in sorted(attempt.sends.items()):
        if is_of_lost_run(send):
            yield f"    lost run  {send.writer.removeprefix('lost-')}: {_LOST_SENDS[state.name]}"
            continue
        yield f"    send {send.number}    by {send.writer}: {_SENDS[state.name]}"
    for key, task in sorted(attempt.tasks.items()):
        yield from _task(key, task, root)
    if attempt.refusal:
        yield f"    refused   {attempt.refusal}"
    for word, mark in _marks(attempt):
        yield f"    {word:<9} {'yes' if mark.on else 'taken back'}, {mark.at} by {mark.by}"


def _task(key: TaskKey, task: Task, root: Path) -> Iterator[str]:
    ended = f" {task.finished_at}" if task.finished_at else ""
    yield f"    task      {key.task_id}: {task.state.name.lower()}{ended}"
    if task.error:
        yield f"      words   {task.error}"
    if task.output is not None:
        output = task.output
        seconds = "" if output.seconds is None else f", {output.seconds:g} s"
        where = whereabouts(root, output)
        at, here = (root / output.path, ", not here") if where is None else (where, "")
        yield f"      clip    {at}: {output.bytes:,} bytes{seconds}{here}"
        yield f"      sha256  {output.sha256}"


def _marks(attempt: Attempt) -> list[tuple[str, Mark]]:
    marks = (
        ("abandoned", attempt.abandoned),
        ("granted", attempt.granted),
        ("picked", attempt.picked),
    )
    return [(word, mark) for word, mark in marks if mark is not None]


def attempt_json(attempt: Attempt) -> dict[str, Any]:
    """The same for programs; schemas/status.schema.json."""
    intent = attempt.known_intent
    marks = {word: {"on": mark.on, "at": mark.at} for word, mark in _marks(attempt)}
    return {
        "attempt": attempt.id,
        "state": state_of(attempt).value,
        "intended_at": intent.intended_at,
        "provider": intent.provider,
        "endpoint": intent.endpoint,
        "account": intent.account,
        "price": intent.price,
        "digest": intent.digest,
        "after": intent.after,
        "sends": [
            {"number": send.number, "writer": send.writer, "state": state.name.lower()}
            for send, state in sorted(attempt.sends.items())
        ],
        "tasks": [_task_json(key, task) for key, task in sorted(attempt.tasks.items())],
        "refusal": attempt.refusal,
        "marks": marks,
    }


def _task_json(key: TaskKey, task: Task) -> dict[str, Any]:
    return {
        "task_id": key.task_id,
        "account": key.account,
        "state": task.state.name.lower(),
        "error": task.error or None,
        "finished_at": task.finished_at or None,
        "output": None if task.output is None else _output_json(task.output),
    }


def _output_json(output: Output) -> dict[str, Any]:
    return {
        "path": output.path,
        "sha256": output.sha256,
        "bytes": output.bytes,
        "seconds": output.seconds,
    }
