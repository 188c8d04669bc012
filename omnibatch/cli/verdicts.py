"""Deciding about several shots at once: all are judged first, and either all hold or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from omnibatch.cli.deciding import Desk
from omnibatch.cli.saying import say, say_error
from omnibatch.errors import UsageError
from omnibatch.ledger import Attempt
from omnibatch.shots import Slot

__all__ = ["Change", "Left", "Refused", "Verdict", "judge_all"]


@dataclass(frozen=True, slots=True)
class Refused:
    """The decision cannot be meant: `message` goes on after the shot's name."""

    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Left:
    """Nothing is to change about the shot, and `text` says why."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to be recorded about a slot, and said of it."""

    slot: Slot
    deltas: tuple[Attempt, ...]
    text: str


Verdict = Refused | Left | Change


class Judge(Protocol):
    """Says what is to become of one slot; `named` tells whether it was called by its name."""

    def __call__(self, desk: Desk, slot: Slot, *, named: bool) -> Verdict: ...


def judge_all(
    desk: Desk,
    command: str,
    rest: Sequence[str],
    select: Sequence[str],
    exclude: Sequence[str],
    judge: Judge,
) -> Sequence[Change]:
    """Judge every shot that is meant, record what is to change, and say it all.

    A shot that a pattern found, and of which the decision cannot be meant, is only left
    as it is. Raise `UsageError`, with nothing recorded, where one was named.
    """
    patterns = [part.strip() for text in (*rest, *select) for part in text.split(",")]
    if not any(patterns):
        raise UsageError(
            f"{command} needs a shot", f"for instance: omnibatch {command} film.yaml opening"
        )
    slots = desk.slots(patterns, exclude)
    verdicts = {slot: judge(desk, slot, named=_is_named(slot, patterns)) for slot in slots}
    refused = {
        slot: verdict
        for slot, verdict in verdicts.items()
        if isinstance(verdict, Refused) and _is_named(slot, patterns)
    }
    if refused:
        _refuse(refused)
    changes = [verdict for verdict in verdicts.values() if isinstance(verdict, Change)]
    if changes:
        desk.book.record_now(*(delta for change in changes for delta in change.deltas))
    for slot, verdict in verdicts.items():
        match verdict:
            case Refused(message, _):
                say(f"{slot}: left as it is: {message}")
            case Left(text):
                say(f"{slot}: {text}")
            case Change():
                say(f"{slot}: {verdict.text}")
    if not slots:
        say("no shot is left to decide about; nothing changed")
    return changes


def _refuse(refused: dict[Slot, Refused]) -> None:
    *others, (slot, last) = refused.items()
    for other, verdict in others:
        say_error(f"{other} {verdict.message}", verdict.hint)
    more = "" if not others else "; nothing was decided about the others either"
    raise UsageError(f"{slot} {last.message}{more}", last.hint)


def _is_named(slot: Slot, patterns: Sequence[str]) -> bool:
    return slot.shot in patterns or f"{slot.shot}@{slot.take}" in patterns
