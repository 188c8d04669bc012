"""What a run has bought whose journal is gone: looked up, where the provider can be asked.

The id of an attempt follows from what is bought and where, and goes along with its send. So
the attempts of a lost run can be named without its journal; a task found by such an id is
its task, is recorded, and is collected like any other.

Only what is found counts. That nothing is found proves nothing here, whatever the provider's
row says: no record tells what the manifest, the key and the endpoint of that run were, and
with others its ids were others. Nothing is sent here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import anyio

from omnibatch.ledger import (
    Attempt,
    AttemptId,
    SendState,
    State,
    is_granted,
    lost_send,
    only_carries,
    revoke,
    state_of,
)
from omnibatch.providers import provider_named
from omnibatch.run.events import Kind
from omnibatch.run.intending import id_of, prepare
from omnibatch.run.office import Office
from omnibatch.run.reconcile import ask_until_known, record_found
from omnibatch.run.targets import Targets
from omnibatch.run.work import Purchase
from omnibatch.shots import Slot

__all__ = ["Search", "search"]

_WORKERS = 4
_TOLD_EVERY = 500


@dataclass(slots=True)
class Search:
    """The attempts that were asked about, each once, and those found; `away` are providers.

    Both are by slot: of one several attempts may have been made.
    """

    asked: dict[AttemptId, Slot] = field(default_factory=dict)
    found: dict[AttemptId, Slot] = field(default_factory=dict)
    away: set[str] = field(default_factory=set)


async def search(office: Office, suspects: Iterable[Purchase], done: Search) -> None:
    """Look up the attempts by which `suspects` would have been bought, a few at a time.

    Counts in `done`, and asks about none that it has asked about before, nor at a provider
    that could not be reached. What is found is recorded.
    """
    seeker = _Seeker(
        office=office,
        done=done,
        targets=Targets(office.book.attempts.values()),
        owners={
            (key.provider, key.task_id): attempt.id
            for attempt in office.book.attempts.values()
            for key in attempt.tasks
            # What was granted another attempt may be another shot's clip: see `adopt`.
            if not (state_of(attempt) is State.COLLECTED and is_granted(attempt))
        },
        # The lost run may have sent until just before this one began.
        since=anyio.current_time(),
    )
    waiting = iter(suspects)

    async def work() -> None:
        for suspect in waiting:
            step: Purchase | None = suspect
            while step is not None:
                step = await seeker.find(step)

    async with anyio.create_task_group() as group:
        for _ in range(_WORKERS):
            group.start_soon(work)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seeker:
    """`owners` are the attempts that tasks are known to be of, by provider and task id."""

    office: Office
    done: Search
    targets: Targets
    owners: dict[tuple[str, str], AttemptId]
    since: float

    async def _end_doubt(self, found: Attempt) -> None:
        """What was decided for want of an attempt that was found is moot, and no longer counted."""
        book = self.office.book
        if book.unaccounted is None:
            return
        send = lost_send(book.unaccounted)
        for attempt in tuple(book.attempts.values()):
            if attempt.slot == found.slot and only_carries(attempt) and send in attempt.sends:
                moot = revoke(attempt, now=self.office.now(), by=book.writer)
                await book.record(replace(moot, sends={send: SendState.NOT_CREATED}))

    async def find(self, suspect: Purchase) -> Purchase | None:
        """Ask about one attempt; where it was made, return what may have been bought after it."""
        office, done = self.office, self.done
        account = office.accounts[suspect.checked.provider]
        wanted = id_of(office, suspect, account)
        held = office.book.attempts.get(wanted)
        is_known = held is not None and state_of(held) is not State.RELEASED
        if is_known or wanted in done.asked or account.provider in done.away:
            return None
        done.asked[wanted] = suspect.checked.shot.slot
        if len(done.asked) % _TOLD_EVERY == 0:
            so_far = f"asked {len(done.asked)} times, {len(done.found)} found"
            office.tell(Kind.WAITING, None, so_far)
        provider = provider_named(account.provider)
        reply = await ask_until_known(office, provider, account, wanted, self.since)
        if reply is None:
            del done.asked[wanted]
            if account.provider not in done.away:
                done.away.add(account.provider)
                office.tell(Kind.WARNING, None, f"{account.provider} does not answer")
            return None
        if reply.found != "found":
            return None
        ours = []
        for task_id in reply.task_ids:
            owner = self.owners.get((account.provider, task_id), wanted)
            if owner == wanted:
                ours.append(task_id)
            else:
                slot = office.book.attempts[owner].slot
                words = f"task {task_id} was made for it, and was adopted for {slot}"
                office.tell(Kind.WARNING, suspect.checked.shot.slot, words)
        if not ours:
            return None
        attempt = prepare(office, self.targets, suspect, account)
        requests = {suspect.checked.digest: suspect.checked.request}
        await record_found(office, attempt, account, ours, requests)
        await self._end_doubt(attempt)
        self.owners.update({(account.provider, task_id): wanted for task_id in ours})
        done.found[wanted] = suspect.checked.shot.slot
        return Purchase(checked=suspect.checked, attempt=None, after=wanted)
