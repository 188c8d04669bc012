"""`omnibatch adopt`: tell the ledger the id of a task that was made for a shot."""

from pathlib import Path

import click

from omnibatch.checks import CheckedShot
from omnibatch.cli.deciding import Desk, deciding
from omnibatch.cli.options import Chosen, ledger_option, manifest_options, wait_option
from omnibatch.cli.reading import now
from omnibatch.cli.saying import say
from omnibatch.errors import Exit, UsageError
from omnibatch.ledger import (
    Attempt,
    Intent,
    State,
    TaskKey,
    adopt,
    attempt_id,
    best_task,
    state_of,
)
from omnibatch.shots import Slot

__all__ = ["command"]

_ARGUMENTS = 2
_LONGEST_ID = 200
# An account that was not to be known: adopted without its key.
_UNKNOWN_ACCOUNT = "------"
_HAS_CLIP = (State.SUCCEEDED, State.COLLECTED)


@click.command("adopt", epilog="For instance: omnibatch adopt specs/harbor.yaml wave clx0001")
@manifest_options
@ledger_option
@wait_option
def command(chosen: Chosen, ledger: Path | None, wait: bool) -> Exit:
    """Tell the ledger that TASK_ID at the provider is SHOT's; the next run collects it.

    Spends nothing. For a shot whose create was sent and whose reply was lost: find the
    task in the provider's own list of tasks. Also for a task that was made elsewhere.
    """
    if len(chosen.rest) != _ARGUMENTS:
        raise UsageError(
            "adopt needs a shot and a task id",
            f"for instance: omnibatch adopt {chosen.manifest} opening TASK_ID",
        )
    shot, task_id = chosen.rest
    if not task_id.isprintable() or " " in task_id or len(task_id) > _LONGEST_ID:
        raise UsageError(f"{task_id!r} is not a task id", "copy it from the provider's task list")
    with deciding(chosen, ledger, wait=wait) as desk:
        slots = desk.slots((shot,))
        if len(slots) != 1:
            raise UsageError(f"{shot!r} names {len(slots)} shots", "a task belongs to one of them")
        _adopt(desk, slots[0], task_id)
    return Exit.DONE


def _adopt(desk: Desk, slot: Slot, task_id: str) -> None:
    owner = desk.owner_of(task_id)
    if owner == slot:
        say(f"{slot}: task {task_id} is its own already; nothing changed")
        return
    if owner is not None:
        raise UsageError(f"task {task_id} belongs to {owner}", "check the task id")
    tip = desk.tip(slot)
    if tip is not None and state_of(tip) in _HAS_CLIP:
        best = best_task(tip)
        raise UsageError(
            f"{slot} has task {best[0].task_id if best else ''} already",
            "let `omnibatch run` collect it first; then `omnibatch retry` makes room for another",
        )
    beside = ""
    if tip is not None and tip.tasks:
        beside = f" beside {', '.join(sorted(known.task_id for known in tip.tasks))}"
    attempt = tip if tip is not None else _new(desk, slot)
    intent = attempt.known_intent
    key = TaskKey(intent.provider, intent.account, task_id)
    desk.book.record_now(attempt)
    desk.book.record_now(adopt(attempt, key, now=now(), by=desk.book.writer))
    say(f"{slot}: task {task_id} adopted{beside}; the next `omnibatch run` collects it, for free")


def _new(desk: Desk, slot: Slot) -> Attempt:
    """An attempt for a slot that this ledger never sent: it needs the manifest's word."""
    checked: CheckedShot | None = desk.checked.get(slot)
    if checked is None:
        raise UsageError(
            f"{slot} cannot be adopted for while the manifest has problems",
            "`omnibatch validate` names them",
        )
    if checked.is_open:
        raise UsageError(
            f"{slot} begins or ends with a frame of another shot, whose clip is not collected",
            "let `omnibatch run` collect that first: a task belongs to what it was made of",
        )
    account = desk.environment.account(checked.provider, desk.book.batch)
    intent = Intent(
        slot=slot,
        after=None,
        digest=checked.digest,
        provider=checked.provider,
        account=account.name if account is not None else _UNKNOWN_ACCOUNT,
        endpoint=desk.environment.endpoint(checked.provider).name,
        price=None if checked.price is None else str(checked.price),
        target=checked.shot.target,
        intended_at=now(),
    )
    made = attempt_id(
        desk.book.batch,
        slot,
        checked.digest,
        None,
        provider=intent.provider,
        account=intent.account,
        endpoint=intent.endpoint,
    )
    return Attempt(id=made, intent=intent)
