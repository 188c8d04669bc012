"""Clips that were given up, and another granted: asked for once more before that is bought.

What the provider still gives is collected, and the grant is taken back; so it is where the
provider renders a task that was thought to be gone. Nothing is sent here.
"""

from omnibatch.ledger import Attempt, TaskKey, TaskState, given_up, revoke
from omnibatch.run.asking import ask_about_tasks
from omnibatch.run.events import Kind
from omnibatch.run.office import Office
from omnibatch.run.polling import presume_gone, unknown_words
from omnibatch.run.settle import queue_unfinished, run_settlers

__all__ = ["ask_for_given_up"]

_UNDER_WAY = frozenset({TaskState.RUNNING, TaskState.SUCCEEDED})


async def ask_for_given_up(office: Office) -> None:
    """Ask about each once; collect what is there, and record what is not.

    Where no answer comes, the grant stands: its user has decided.
    """
    tasks = [
        (attempt, key, account)
        for attempt in given_up(office.book.attempts.values())
        if (account := office.account_for(attempt)) is not None
        for key, task in sorted(attempt.tasks.items())
        if task.state in _UNDER_WAY and office.expired(attempt, key)
    ]
    if not tasks:
        return
    replies = await ask_about_tasks(office.wire, [(a, key.task_id) for _, key, a in tasks])
    there = []
    for (attempt, key, _), reply in zip(tasks, replies, strict=True):
        if reply.phase == "missing":
            await presume_gone(office, attempt, key, unknown_words(key))
        elif reply.phase == "running":
            await _take_back(office, attempt, key)
        elif reply.phase == "succeeded" and reply.urls:
            there.append((attempt, key))
    if there:
        office.polls.expect()
        await queue_unfinished(office, there)
        office.polls.finish()
        await run_settlers(office)


async def _take_back(office: Office, attempt: Attempt, key: TaskKey) -> None:
    await office.book.record(revoke(attempt, now=office.now(), by=office.book.writer))
    text = f"task {key.task_id} is rendering; the attempt that was granted for it is taken back"
    office.tell(Kind.FOUND, attempt.slot, text)
