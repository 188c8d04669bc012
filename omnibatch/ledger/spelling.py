"""An attempt's line in the lockfile, spelled out without building JSON values first. Pure.

The same text as `in_order(attempt_to_json(attempt))`, which says what it means; a test
holds the two against each other. It takes a third of the time, and a checkpoint spells
every attempt there is.
"""

from json.encoder import encode_basestring as quoted

from omnibatch.ledger.codec import in_order, task_to_json
from omnibatch.ledger.model import Attempt, Intent, SendState, Task, TaskKey, TaskState

__all__ = ["attempt_line"]

_SENDS = {state: f'":"{state.name.lower()}"' for state in SendState}
_COLLECTED = TaskState.COLLECTED


def attempt_line(attempt: Attempt) -> str:
    """The line of an attempt that has an intent, without a comma; half characters stay."""
    intent = attempt.known_intent
    line = f'{{"id":{quoted(attempt.id)},{_intent(intent)}'
    if attempt.sends:
        sends = (
            f'"{key.number}@{key.writer}{_SENDS[state]}'
            for key, state in sorted(attempt.sends.items())
        )
        line += f',"sends":{{{",".join(sends)}}}'
    if attempt.tasks:
        tasks = (_task(key, task, intent) for key, task in sorted(attempt.tasks.items()))
        line += f',"tasks":[{",".join(tasks)}]'
    if attempt.refusal is not None:
        line += f',"refusal":{quoted(attempt.refusal)}'
    for word in ("abandoned", "granted", "picked"):
        if (mark := getattr(attempt, word)) is not None:
            on = "true" if mark.on else "false"
            line += f',"{word}":{{"at":{quoted(mark.at)},"by":{quoted(mark.by)},"on":{on}}}'
    return line + "}"


def _intent(intent: Intent) -> str:
    slot = intent.slot
    return (
        f'"shot":{quoted(slot.shot)},"profile":{_or_null(slot.profile or None)},'
        f'"take":{slot.take},"after":{_or_null(intent.after)},"digest":{quoted(intent.digest)},'
        f'"provider":{quoted(intent.provider)},"account":{quoted(intent.account)},'
        f'"endpoint":{quoted(intent.endpoint)},"price":{_or_null(intent.price)},'
        f'"target":{quoted(intent.target)},"intended_at":{quoted(intent.intended_at)}'
    )


def _task(key: TaskKey, task: Task, intent: Intent) -> str:
    line = f'{{"task_id":{quoted(key.task_id)}'
    if (key.provider, key.account) != (intent.provider, intent.account):
        line += f',"provider":{quoted(key.provider)},"account":{quoted(key.account)}'
    output = task.output
    if task.state is not _COLLECTED or task.error or output is None or output.seconds is None:
        return f"{line},{in_order(task_to_json(task))[1:]}"
    line += (
        f',"state":"collected","output":{{"path":{quoted(output.path)},'
        f'"sha256":{quoted(output.sha256)},"bytes":{output.bytes},"seconds":{output.seconds!r}}}'
    )
    if task.finished_at:
        line += f',"finished_at":{quoted(task.finished_at)}'
    return line + "}"


def _or_null(text: str | None) -> str:
    return "null" if text is None else quoted(text)
