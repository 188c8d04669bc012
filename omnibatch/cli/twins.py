"""Clips beside those that stand for their slots: of two machines, of earlier requests, of shots taken out."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from omnibatch.cli.shared_paths import SharedPaths
from omnibatch.ledger import (
    Attempt,
    AttemptId,
    Output,
    Task,
    TaskKey,
    TaskState,
    best_task,
    is_asked_at,
)

__all__ = ["clip_here", "clips_not_here", "more_clips", "task_here"]


def task_here(attempt: Attempt, root: Path) -> tuple[TaskKey, Task] | None:
    """The task that speaks for an attempt on this disk: of several clips, one that is here."""
    shared = SharedPaths.of(root, (attempt,))
    for key, output in _collected(attempt):
        if _is_here(shared, output):
            return key, attempt.tasks[key]
    return best_task(attempt)


def clip_here(speaking: Attempt | None, attempts: Iterable[Attempt], root: Path) -> Attempt | None:
    """The attempt `speaking` for a slot, or one of the same request whose clip is here instead."""
    if speaking is None:
        return None
    digest = speaking.known_intent.digest
    alike = [a for a in attempts if a.known_intent.digest == digest and any(_collected(a))]
    if speaking not in alike or len(alike) == 1:
        return speaking
    shared = SharedPaths.of(root, alike)
    here = [a for a in alike if any(_is_here(shared, output) for _, output in _collected(a))]
    return speaking if speaking in here or not here else here[-1]


def more_clips(
    attempts: Iterable[Attempt], speaking: Attempt, shown: TaskKey | None, root: Path
) -> str:
    """Name each clip of the request of `speaking` beside the `shown` one; empty for none."""
    alike = [a for a in attempts if a.known_intent.digest == speaking.known_intent.digest]
    shared = SharedPaths.of(root, alike)
    told = [
        f"task {key.task_id} ({_where(shared, output)})"
        for attempt in alike
        for key, output in _collected(attempt)
        if key != shown
    ]
    if not told:
        return ""
    return f"{len(told) + 1} clips were paid for: also {', '.join(told)}"


def clips_not_here(
    attempts: Collection[Attempt], root: Path, endpoints: Mapping[str, str]
) -> frozenset[AttemptId]:
    """The attempts with a collected clip that is not on this disk, be it one of two.

    Those that can be asked about at `endpoints`, by the provider. What stands at the path
    of one clip alone is that clip, if perhaps edited.
    """
    outputs = [(attempt, output) for attempt in attempts for _, output in _collected(attempt)]
    shared = SharedPaths.of(root, attempts)
    return frozenset(
        attempt.id
        for attempt, output in outputs
        if (endpoint := endpoints.get(attempt.known_intent.provider)) is not None
        and is_asked_at(attempt, endpoint)
        and shared.find(output) is None
    )


def _collected(attempt: Attempt) -> Iterator[tuple[TaskKey, Output]]:
    for key, task in sorted(attempt.tasks.items()):
        if task.state is TaskState.COLLECTED and task.output is not None:
            yield key, task.output


def _where(shared: SharedPaths, output: Output) -> str:
    path = shared.find(output)
    if path is None or not _is_here(shared, output):
        return f"{output.path}: not here"
    return path.relative_to(shared.root).as_posix()


def _is_here(shared: SharedPaths, output: Output) -> bool:
    """Whether a clip lies here: another machine's may have the same path, and the same size."""
    path = shared.find(output)
    return path is not None and path.stat().st_size == output.bytes
