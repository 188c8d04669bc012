"""What a ledger holds, told by the design's words and not by our code; and what the meters hold."""

import json
import urllib.request
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from omnibatch.emulator import Emulator, Fault
from omnibatch.ledger import (
    Attempt,
    Ledger,
    LedgerPlace,
    SendKey,
    SendState,
    TaskState,
    read_ledger,
)

from .film import Request

__all__ = [
    "Bill",
    "Sale",
    "doubts",
    "is_on",
    "known_ids",
    "read_bill",
    "read_known",
    "request_of",
    "sends",
    "set_faults",
    "standing",
]

Standing = str
"""`collected`, `fetch`, `running`, `doubt`, `abandoned`, `failed`, `refused` or `released`."""


def read_known(place: LedgerPlace) -> Ledger:
    """Journal and lockfile of one machine, joined."""
    return read_ledger(place)


def request_of(ledger: Ledger, attempt: Attempt) -> Request:
    """What an attempt was to render; of one that was never sent, but decided about, no more is known."""
    request = ledger.requests.get(attempt.known_intent.digest)
    return Request("", "") if request is None else Request(request["prompt"], request["mode"])


def standing(attempt: Attempt) -> Standing:
    """Where an attempt stands, by section 6 of the design."""
    tasks = {task.state for task in attempt.tasks.values()}
    if TaskState.COLLECTED in tasks:
        return "collected"
    if TaskState.SUCCEEDED in tasks:
        return "fetch"
    if is_on(attempt, "abandoned"):
        return "abandoned"
    if TaskState.RUNNING in tasks:
        return "running"
    if any(_is_doubt(state) for state in attempt.sends.values()):
        return "doubt"
    if tasks:
        return "failed"
    if SendState.CREATED in attempt.sends.values():
        return "doubt"
    return "refused" if attempt.refusal is not None else "released"


def is_on(attempt: Attempt, name: str) -> bool:
    """Whether the user's mark `name` is set."""
    mark = getattr(attempt, name)
    return mark is not None and mark.on


def sends(ledger: Ledger) -> Mapping[tuple[str, SendKey], SendState]:
    """Every send of a ledger."""
    return {
        (attempt.id, key): state
        for attempt in ledger.attempts.values()
        for key, state in attempt.sends.items()
    }


def doubts(ledger: Ledger) -> Counter[Request]:
    """How many sends of each request may have made a task that nobody knows."""
    return Counter(
        request_of(ledger, attempt)
        for attempt in ledger.attempts.values()
        for state in attempt.sends.values()
        if _is_doubt(state)
    )


def known_ids(ledgers: Iterable[Ledger]) -> set[str]:
    """The ids of all tasks that some ledger knows."""
    return {
        key.task_id
        for ledger in ledgers
        for attempt in ledger.attempts.values()
        for key in attempt.tasks
    }


def _is_doubt(state: SendState) -> bool:
    return state in (SendState.OPEN, SendState.IN_DOUBT)


class Sale(NamedTuple):
    """A task that an emulator was paid for: where, by whom, and what it renders."""

    task_id: str
    endpoint: int
    account: str
    request: Request
    state: str
    external_id: str | None


@dataclass(frozen=True, slots=True)
class Bill:
    """What all emulators have counted so far."""

    received: int
    sales: tuple[Sale, ...]

    @property
    def sold(self) -> Counter[Request]:
        return Counter(sale.request for sale in self.sales)


def read_bill(emulators: Iterable[Emulator]) -> Bill:
    """Read every meter."""
    received, sales = 0, list[Sale]()
    for number, emulator in enumerate(emulators):
        with urllib.request.urlopen(f"{emulator.url}/_meter", timeout=10) as reply:
            meter = json.load(reply)
        received += meter["creates"]["received"]
        sales += _sales(number, meter["tasks"])
    return Bill(received, tuple(sales))


def _sales(endpoint: int, tasks: Iterable[Mapping[str, str]]) -> Iterator[Sale]:
    for task in tasks:
        request = Request(task["prompt"], task["mode"])
        yield Sale(
            task["task_id"],
            endpoint,
            task["account"],
            request,
            task["state"],
            task["external_task_id"],
        )


def set_faults(emulator: Emulator, faults: Iterable[Fault]) -> None:
    """Put these faults in force, and no others."""
    body = json.dumps([fault.as_json() for fault in faults]).encode()
    with urllib.request.urlopen(f"{emulator.url}/_faults", body, timeout=10) as reply:
        assert reply.status == 200
