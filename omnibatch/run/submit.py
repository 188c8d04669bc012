"""Submit: buy what a plan says, each clip once. Takes checked shots only.

A few workers an account pull from one queue; what waits there is a value. A send that
certainly created nothing goes back to the head of the queue, since it was next.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import anyio
import anyio.lowlevel

from omnibatch.endpoints import Account
from omnibatch.ledger import Attempt, State, TaskKey, state_of
from omnibatch.media import MediaFault
from omnibatch.money import Money, parse_money
from omnibatch.providers import CreateReply, Verdict
from omnibatch.run.counter import Counter, restock
from omnibatch.run.events import Event, Kind
from omnibatch.run.governor import Governor
from omnibatch.run.intending import prepare
from omnibatch.run.office import Office
from omnibatch.run.polling import begin_polling
from omnibatch.run.pulled import Again, Pulled
from omnibatch.run.reconcile import look_up
from omnibatch.run.sending import Sent, send
from omnibatch.run.targets import Targets
from omnibatch.run.work import Later, Poll, Purchase
from omnibatch.wire import Lost, NotSent

__all__ = ["Bought", "run_submitters"]

# Creates out at once per account: each may carry some 90 MB of images.
_SEND_WORKERS = 4


@dataclass(slots=True)
class Bought:
    """What buying came to: created tasks, what no cap had room for, what could not be sent."""

    created: int = 0
    over_cap: dict[str, int] = field(default_factory=dict)
    unsendable: int = 0


async def run_submitters(
    office: Office,
    purchases: Iterable[Purchase],
    bought: Bought,
    later: Later | None = None,
    again: Again | None = None,
) -> None:
    """Send all that may be sent, in order, `later` what waits; return when nothing more can go.

    `again` plans a slot anew where the ledger has come to know more by a pull.
    """
    targets = Targets(office.book.attempts.values())
    counter = Counter(purchases, later, office.polls.nudge)
    async with anyio.create_task_group() as group:
        if later is not None:
            group.start_soon(restock, office, counter, later)
        for provider, queue in counter.queues.items():
            desk = _Desk(
                office=office,
                account=office.accounts[provider],
                governor=office.governors[provider],
                counter=counter,
                queue=queue,
                targets=targets,
                pulled=Pulled(office, again),
                bought=bought,
            )
            workers = _SEND_WORKERS if later is not None else min(_SEND_WORKERS, len(queue))
            for _ in range(workers):
                group.start_soon(desk.work)


@dataclass(slots=True, kw_only=True)
class _Desk:
    """One account's place at the counter: its queue, its governor."""

    office: Office
    account: Account
    governor: Governor
    counter: Counter
    queue: deque[Purchase]
    targets: Targets
    pulled: Pulled
    bought: Bought
    told_halt: bool = False

    async def work(self) -> None:
        """Serve the queue until nothing can come any more, or the governor halts."""
        while await self.counter.has_work(self.queue):
            await anyio.lowlevel.checkpoint_if_cancelled()  # a send just before let nothing through
            if not await self.governor.take():
                self._tell_halt()
                self.office.polls.nudge()  # whoever waits for more to send need not
                return
            if not self.queue:
                self.governor.not_wanted()
                continue
            self.counter.begin()
            try:
                await self._serve(self.queue.popleft())
            finally:
                self.counter.end()

    async def _serve(self, queued: Purchase) -> None:
        office, slot = self.office, queued.checked.shot.slot
        purchase = await self.pulled.judge(queued)
        if purchase is None:
            self.governor.not_wanted()
            return
        attempt = prepare(office, self.targets, purchase, self.account)
        price = attempt.known_intent.price
        money = None if price is None else parse_money(price)
        cap = office.purse.reserve(money)
        if cap is not None:
            self.governor.not_wanted()
            self.bought.over_cap[cap.name] = self.bought.over_cap.get(cap.name, 0) + 1
            return
        if not self.governor.may_send():
            self._withdraw(purchase, money)
            return
        office.observe(Event(kind=Kind.SENDING, slot=slot, price=money))
        sent = await send(office, attempt, purchase.checked, self.account, self.governor.may_send)
        if sent is None:
            self._withdraw(purchase, money)
            return
        if isinstance(sent, MediaFault):
            office.purse.give_back(money)
            self.governor.not_wanted()
            self.bought.unsendable += 1
            office.tell(Kind.REFUSED, slot, f"not sent: {sent.message}")
            return
        purchase = replace(purchase, attempt=sent.attempt)
        if isinstance(sent.outcome, Lost):
            await self._doubt(purchase, sent, sent.outcome.reason)
        elif isinstance(sent.outcome, NotSent):
            office.purse.give_back(money)
            pause = self.governor.unreachable(sent.outcome.reason)
            self._back(purchase, pause, f"{self.account.provider} is out of reach")
        else:
            if sent.outcome.verdict not in (Verdict.CREATED, Verdict.IN_DOUBT, Verdict.DUPLICATE):
                office.purse.give_back(money)
            await self._judge(purchase, sent, sent.outcome)

    def _withdraw(self, purchase: Purchase, money: Money | None) -> None:
        """Take a turn back in which nothing was sent, since the sending has ended."""
        self.office.purse.give_back(money)
        self.governor.not_wanted()
        self.queue.appendleft(purchase)

    async def _judge(self, purchase: Purchase, sent: Sent, reply: CreateReply) -> None:
        office, governor = self.office, self.governor
        slot = purchase.checked.shot.slot
        match reply.verdict:
            case Verdict.CREATED:
                governor.created()
                self._created(sent)
            case Verdict.WAIT:
                pause = governor.too_many(reply.retry_after_s)
                self._back(purchase, pause, reply.words or "too many requests")
            case Verdict.REFUSED:
                governor.refused()
                office.tell(Kind.REFUSED, slot, reply.words)
            case Verdict.ACCOUNT:
                self.queue.appendleft(purchase)
                governor.refuse_account(reply.words)
            case Verdict.ELSEWHERE:
                self.queue.appendleft(purchase)
                governor.redirected(reply.words)
            case Verdict.DUPLICATE | Verdict.IN_DOUBT:
                await self._doubt(purchase, sent, reply.words or "the reply could not be read")

    def _created(self, sent: Sent) -> None:
        office = self.office
        attempt = office.book.attempts[sent.attempt]
        key = next(iter(sorted(attempt.tasks)))
        self.bought.created += 1
        office.tell(Kind.CREATED, attempt.slot, task_id=key.task_id)
        self._follow(attempt, key)

    def _follow(self, attempt: Attempt, key: TaskKey) -> None:
        now = self.office.awake.now()
        pause = self.office.settings.poll_first
        poll = Poll(attempt=attempt.id, task=key, pause=pause, since=now, is_new=True)
        begin_polling(self.office, poll)

    async def _doubt(self, purchase: Purchase, sent: Sent, reason: str) -> None:
        """Look a lost task up at once; what stays in doubt is the user's to decide."""
        found = await look_up(self.office, sent.attempt)
        attempt = self.office.book.attempts[sent.attempt]
        if state_of(attempt) is State.RELEASED:
            # The provider knows for certain that there is none: as good as never sent.
            self.office.purse.give_back(purchase.checked.price)
            pause = self.governor.unreachable(reason)
            why = f"{self.account.provider} says that nothing came of a lost request ({reason})"
            self._back(purchase, pause, why)
            return
        if not found:
            self.governor.in_doubt(reason)
            kept = "" if sent.kept is None else f"; the whole reply is kept in {sent.kept}"
            self.office.tell(Kind.IN_DOUBT, attempt.slot, f"{reason}{kept}")
            return
        self.governor.created()
        price = attempt.known_intent.price
        for extra, key in enumerate(found):
            self.bought.created += 1
            if extra:
                self.governor.hold()
                self.office.purse.charge(None if price is None else parse_money(price))
            self._follow(attempt, key)

    def _back(self, purchase: Purchase, pause: float, why: str) -> None:
        self.queue.appendleft(purchase)
        if self.governor.halt is None:
            self.office.tell(Kind.WAITING, None, f"{why}; next try in {pause:.0f} s")

    def _tell_halt(self) -> None:
        halt = self.governor.halt
        if halt is not None and not self.told_halt:
            self.told_halt = True
            self.office.tell(Kind.HALTED, None, f"{halt.provider}: {halt.words}")
