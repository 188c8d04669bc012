"""Fetching finished clips: to `.part`, verified, hashed, recorded, renamed, recorded.

The order is invariant 3: hash and path are durable before the rename, and the task is
`collected` only after. A kill in between leaves a file that the next run recognises by
its hash. Nothing that stands at a path is ever overwritten.
"""

import hashlib
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import anyio

from omnibatch import disk
from omnibatch.ledger import (
    Attempt,
    Mark,
    Output,
    Task,
    TaskKey,
    TaskState,
    given_up,
    is_granted,
    revoke,
)
from omnibatch.media import MediaFault, probe_clip
from omnibatch.run.events import Kind
from omnibatch.run.office import Office
from omnibatch.run.polling import begin_polling, presume_gone
from omnibatch.run.targets import beside, free_path, inside, is_taken
from omnibatch.run.work import Fetch, Poll
from omnibatch.wire import NotFetched

__all__ = ["collect_known", "fetch_worker"]

_TRIES = 5
# A try that brought so much more of the clip than any before it does not count as one.
_PROGRESS = 1 / 20


async def fetch_worker(office: Office) -> None:
    """Fetch clips as they come, until none can come any more."""
    while (fetch := await office.fetches.take()) is not None:
        try:
            await _collect(office, fetch)
        finally:
            office.fetch_done()


async def collect_known(office: Office, attempt: Attempt, key: TaskKey) -> bool:
    """Recognise a clip of ours that a killed run had verified: renamed, or still `.part`."""
    output = attempt.tasks[key].output
    root = office.book.place.root
    if output is None or inside(root, output.path) is None:
        return False
    part = _part_of(root / output.path, key)
    places = (output.path, beside(output))
    path = next((p for p in places if _hash_of(root / p) == output.sha256), None)
    if path is not None:
        with suppress(OSError):  # the other name of it, left by a kill between the two
            disk.remove(part, "part")
    else:
        path = next((p for p in places if not is_taken(root / p)), None)
        if path is None or _hash_of(part) != output.sha256:
            return False
        try:
            disk.place(part, root / path, "clip")
        except OSError:
            return False  # what is the matter shows, and is told, when it is fetched
    await _record_collected(office, attempt, key, replace(output, path=path))
    return True


async def _collect(office: Office, fetch: Fetch) -> None:
    attempt = office.book.attempts[fetch.attempt]
    if await collect_known(office, attempt, fetch.task):
        return
    root = office.book.place.root
    known = attempt.tasks[fetch.task].output
    wanted = known.path if known is not None else attempt.known_intent.target
    if inside(root, wanted) is None:
        reason = f"{wanted!r} is no path of a clip under {root}: it leads out of there"
        office.tell(Kind.NOT_COLLECTED, attempt.slot, reason)
        return
    if known is None:
        path = free_path(root, wanted, office.claimed, office.recorded)
    else:
        # Its path may be another clip's here, or a stranger's: neither is overwritten.
        path = wanted if not is_taken(root / wanted) else beside(known)
        if is_taken(root / path):
            reason = f"{wanted} is not the clip that was recorded, nor is {path}; "
            office.tell(
                Kind.NOT_COLLECTED,
                attempt.slot,
                reason + "move one of them away and run again",
                fetch.task.task_id,
            )
            return
    office.claimed.add(path)
    try:
        await _fetch_to(office, fetch, attempt, path)
    finally:
        office.claimed.discard(path)


async def _fetch_to(office: Office, fetch: Fetch, attempt: Attempt, path: str) -> None:
    root = office.book.place.root
    known = attempt.tasks[fetch.task].output
    part = _part_of(root / (path if known is None else known.path), fetch.task)
    loopback = (account := office.account_for(attempt)) is not None and account.endpoint.is_loopback
    if fetch.others and not fetch.tries and not fetch.kept:
        many = f"the provider names {fetch.others + 1} clips for one task: the first is collected"
        told = f"{many}, the others can be had there, for a while"
        office.tell(Kind.WARNING, attempt.slot, told, fetch.task.task_id)
    fetched = await office.wire.fetch(fetch.url, part, loopback=loopback)
    if isinstance(fetched, NotFetched):
        await _later(office, fetch, attempt, fetched)
        return
    clip = probe_clip(part)
    if isinstance(clip, MediaFault):
        disk.remove(part, "part")
        no_clip = NotFetched(reason=f"what came is no clip: {clip.message}")
        await _later(office, fetch, attempt, no_clip)
        return
    output = Output(
        path=path, sha256=fetched.sha256, bytes=fetched.bytes, seconds=round(clip.seconds, 2)
    )
    finished = attempt.tasks[fetch.task].finished_at
    verified = Task(state=TaskState.SUCCEEDED, output=output, finished_at=finished)
    with anyio.CancelScope(shield=True):
        office.recorded.add(path)
        await office.book.record(Attempt(id=attempt.id, tasks={fetch.task: verified}))
        try:
            disk.place(part, root / path, "clip")
        except OSError as error:
            office.tell(Kind.NOT_COLLECTED, attempt.slot, f"{path}: {error.strerror or error}")
            return
        await _record_collected(office, office.book.attempts[fetch.attempt], fetch.task, output)


async def _record_collected(office: Office, attempt: Attempt, key: TaskKey, output: Output) -> None:
    done = Task(
        state=TaskState.COLLECTED, output=output, finished_at=attempt.tasks[key].finished_at
    )
    granted = _taken_back(office, attempt, key)
    await office.book.record(Attempt(id=attempt.id, tasks={key: done}, granted=granted))
    if granted is not None:
        text = f"found again: task {key.task_id}; the attempt that was granted for it is taken back"
        office.tell(Kind.FOUND, attempt.slot, text)
    office.collected += 1
    office.tell(Kind.COLLECTED, attempt.slot, output.path, key.task_id)


def _taken_back(office: Office, attempt: Attempt, key: TaskKey) -> Mark | None:
    """The grant of another, where this clip was given up for it, and nothing is bought yet."""
    if not is_granted(attempt) or not office.expired(attempt, key):
        return None
    if attempt not in given_up(office.book.attempts.values()):
        return None
    return revoke(attempt, now=office.now(), by=office.book.writer).granted


async def _later(office: Office, fetch: Fetch, attempt: Attempt, fetched: NotFetched) -> None:
    """Ask the provider anew, since its URL may have expired; or leave it for another run."""
    gained = fetched.kept >= fetch.kept + _PROGRESS
    tries = 0 if gained else fetch.tries + 1
    if not fetched.again or tries >= _TRIES:
        reason = fetched.reason
        if fetched.denied:
            await presume_gone(office, attempt, fetch.task, f"its link answers {fetched.reason}")
            attempt = office.book.attempts[fetch.attempt]
        if gone := office.expired(attempt, fetch.task):
            cure = "" if is_granted(attempt) else "; `omnibatch retry` buys another"
            reason = f"{reason}; it may no longer be had: {gone}{cure}"
        office.tell(Kind.NOT_COLLECTED, attempt.slot, reason, fetch.task.task_id)
        return
    had = f", {fetched.kept:.0%} kept" if fetched.kept else ""
    office.tell(Kind.WARNING, attempt.slot, f"{fetched.reason}{had}; fetched again")
    pause = min(office.settings.poll_longest, office.settings.poll_first * 2 ** max(0, tries - 1))
    begin_polling(
        office,
        Poll(
            attempt=fetch.attempt,
            task=fetch.task,
            pause=pause,
            since=office.awake.now(),
            holds_slot=False,
            fetch_tries=tries,
            fetch_kept=max(fetch.kept, fetched.kept),
        ),
    )


def _part_of(target: Path, key: TaskKey) -> Path:
    """Of its task's own, so that two downloads never write into one file."""
    name = hashlib.sha256("\0".join(key).encode()).hexdigest()[:8]
    return target.with_name(f"{target.name}.{name}.part")


def _hash_of(path: Path) -> str | None:
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
