"""Attempts and ledgers for tests, and the files of one."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

from omnibatch.ledger import (
    Attempt,
    AttemptId,
    Book,
    Intent,
    Ledger,
    LedgerPlace,
    Output,
    SendKey,
    SendState,
    Task,
    TaskKey,
    TaskState,
)
from omnibatch.shots import Slot

NOW = "2026-11-22T10:00:00Z"
CLIP = Output(path="renders/a.mp4", sha256="9" * 64, bytes=48213, seconds=5.04)


def an_id(number: int) -> AttemptId:
    letters = "".join("abcdefghij"[int(digit)] for digit in f"{number:04d}")
    return AttemptId("ob-" + "q" * 22 + letters)


def an_intent(shot: str = "opening", provider: str = "apimodels") -> Intent:
    return Intent(
        slot=Slot(shot),
        after=None,
        digest="sha256:" + "0" * 64,
        provider=provider,
        account="a1b2c3",
        endpoint="https://apimodels.app",
        price="0.3165 USD",
        target=f"renders/{shot}.mp4",
        intended_at=NOW,
    )


def sent(number: int, state: SendState = SendState.OPEN, writer: str = "aaaaaaaa") -> Attempt:
    """The attempt on the `number`-th shot, with one send."""
    return Attempt(
        id=an_id(number),
        intent=an_intent(f"shot-{number:04d}"),
        sends={SendKey(1, writer): state},
    )


def made(number: int, state: TaskState = TaskState.RUNNING, writer: str = "aaaaaaaa") -> Attempt:
    """The same with its send created and a task."""
    output = CLIP if state is TaskState.COLLECTED else None
    task = TaskKey("apimodels", "a1b2c3", f"clx{number}")
    whole = sent(number, SendState.CREATED, writer)
    return Attempt(
        id=whole.id,
        intent=whole.intent,
        sends=whole.sends,
        tasks={task: Task(state=state, output=output)},
    )


def a_ledger(*attempts: Attempt) -> Ledger:
    return Ledger(
        batch="b-aaaaaaaa", name="harbor", attempts={attempt.id: attempt for attempt in attempts}
    )


def a_place(folder: Path) -> LedgerPlace:
    return LedgerPlace.beside(folder / "harbor.yaml")


_draws: Iterator[int] = count(1)


def draw(length: int) -> bytes:
    """Never the same twice, as a random source is."""
    return next(_draws).to_bytes(length, "big")


def a_book(folder: Path, **more: object) -> Book:
    return Book.open(a_place(folder), name="harbor", now=lambda: NOW, randomness=draw, **more)  # type: ignore[arg-type]  # a test's shorthand
