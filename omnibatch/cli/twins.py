"""Clips of one request that were paid for more than once, as where two machines met."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from omnibatch.ledger import Attempt, Output, Task, TaskKey, TaskState, best_task
from omnibatch.run import whereabouts

__all__ = ["more_clips", "task_here"]


def task_here(attempt: Attempt, root: Path) -> tuple[TaskKey, Task] | None:
    """The task that speaks for an attempt on this disk: of several clips, one that is here."""
    for key, output in _collected(attempt):
        if _is_here(root, output):
            return key, attempt.tasks[key]
    return best_task(attempt)


def more_clips(
    attempts: Iterable[Attempt], speaking: Attempt, shown: TaskKey | None, root: Path
) -> str:
    """Name each clip of the request of `speaking` beside the `shown` one; empty for none."""
    told = [
        f"task {key.task_id} ({_where(root, output)})"
        for attempt in attempts
        if attempt.known_intent.digest == speaking.known_intent.digest
        for key, output in _collected(attempt)
        if key != shown
    ]
    if not told:
        return ""
    return f"{len(told) + 1} clips were paid for: also {', '.join(told)}"


def _collected(attempt: Attempt) -> Iterator[tuple[TaskKey, Output]]:
    for key, task in sorted(attempt.tasks.items()):
        if task.state is TaskState.COLLECTED and task.output is not None:
            yield key, task.output


def _where(root: Path, output: Output) -> str:
    path = whereabouts(root, output)
    if path is None or not _is_here(root, output):
        return f"{output.path} of another machine: not here"
    return path.relative_to(root).as_posix()


def _is_here(root: Path, output: Output) -> bool:
    """Whether a clip lies here, by its size: another machine's may have the same path."""
    path = whereabouts(root, output)
    return path is not None and path.stat().st_size == output.bytes
