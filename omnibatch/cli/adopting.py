"""Adoptions: whose each task is to be, judged against the ledger, the manifest and the provider."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from omnibatch.cli.deciding import Desk
from omnibatch.cli.task_rows import TaskRow, WrongRow
from omnibatch.endpoints import Account
from omnibatch.errors import UsageError
from omnibatch.ledger import (
    Attempt,
    AttemptId,
    State,
    best_task,
    has_doubt_beside,
    is_asked_at,
    is_granted,
    made_elsewhere,
    state_of,
)
from omnibatch.plan import select_slots
from omnibatch.providers import StatusReply, provider_named
from omnibatch.shots import Slot

__all__ = ["Adoption", "judged", "wanted_adoptions", "words_of"]

_HAS_CLIP = (State.SUCCEEDED, State.COLLECTED)
_UNCHECKED = "`--unchecked` adopts it without asking"


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """A task that is to be an attempt's; `own` where it is that already."""

    place: str
    slot: Slot
    task_id: str
    attempt: Attempt
    own: bool = False
    reply: StatusReply | None = None
    account: Account | None = None


def wanted_adoptions(desk: Desk, rows: Sequence[TaskRow | WrongRow]) -> list[Adoption | WrongRow]:
    """Find for each row the attempt that its task is to belong to; nothing is asked yet."""
    seen: dict[str, str] = {}
    new: dict[Slot, Attempt] = {}
    found: list[Adoption | WrongRow] = []
    for row in rows:
        if isinstance(row, TaskRow) and row.task_id in seen:
            before = seen[row.task_id]
            message = f"task {row.task_id} stands at {before} already"
            found.append(WrongRow(place=row.place, message=message, hint="a task is one shot's"))
            continue
        if isinstance(row, TaskRow):
            seen[row.task_id] = row.place
        found.append(row if isinstance(row, WrongRow) else _wanted(desk, row, new))
    return found


def _wanted(desk: Desk, row: TaskRow, new: dict[Slot, Attempt]) -> Adoption | WrongRow:
    try:
        slot = _slot(desk, row)
        doubted = desk.doubted(slot) or desk.doubted_beside(slot)
        attempt = doubted or new.get(slot) or _last(desk, slot) or _unsent(desk, slot)
    except UsageError as error:
        message = error.message.removeprefix("--select ")
        return WrongRow(place=row.place, message=message, hint=error.hint)
    new[slot] = attempt
    intent, best = attempt.known_intent, best_task(attempt)
    owners = desk.owners_of(row.task_id)
    if owners and slot not in owners:
        return WrongRow(
            place=row.place,
            message=f"task {row.task_id} belongs to {owners[0]}",
            hint="check the task id. If it was adopted for the wrong shot: let `omnibatch run` "
            f"collect it, then `omnibatch retry {owners[0].shot}` lets go of it",
        )
    adoption = Adoption(place=row.place, slot=slot, task_id=row.task_id, attempt=attempt)
    is_own = any(key.task_id == row.task_id for key in attempt.tasks)
    if slot in owners or is_own:
        return replace(adoption, own=not (is_own and state_of(attempt) is State.ABANDONED))
    is_full = state_of(attempt) in _HAS_CLIP and not has_doubt_beside(attempt)
    if best is not None and is_full:
        return WrongRow(
            place=row.place,
            message=f"{slot} has task {best[0].task_id} already",
            hint="let `omnibatch run` collect it first; then `omnibatch retry` makes room "
            "for another",
        )
    if row.provider is not None and row.provider != intent.provider:
        return WrongRow(
            place=row.place,
            message=f"{slot} is bought at {intent.provider}, and the task is said to be at "
            f"{row.provider}",
            hint="a task is adopted at the provider that its shot was sent to",
        )
    endpoint = desk.environment.endpoint(intent.provider).name
    if not is_asked_at(attempt, endpoint):
        return WrongRow(
            place=row.place,
            message=f"{slot} was sent to {intent.endpoint}, and today's endpoint is {endpoint}",
            hint=f"set {provider_named(intent.provider).endpoint_variable} back: what is made on "
            "this machine for free never stands for what was bought",
        )
    return adoption


def _slot(desk: Desk, row: TaskRow) -> Slot:
    """The one slot that a row names. Raise `UsageError`."""
    if any(sign in row.shot for sign in "*?[]:,"):
        raise UsageError(f"{row.shot!r} is not a shot's id", "a task belongs to one shot")
    name = row.shot if row.take is None else f"{row.shot}@{row.take}"
    if row.profile is None:
        slots = desk.slots((name,))
    else:
        hits = select_slots(desk.known, select=(name,), shots=desk.shots)
        slots = sorted(slot for slot in hits if slot.profile == row.profile)
    if len(slots) != 1:
        of = f" of profile {row.profile}" if row.profile is not None else ""
        raise UsageError(
            f"{name!r}{of} names {len(slots)} shots",
            "a task belongs to one of them: say which take and profile",
        )
    return slots[0]


def _last(desk: Desk, slot: Slot) -> Attempt | None:
    """The last attempt of a slot, unless it has made a clip and another was granted: that is next."""
    tip = desk.tip(slot)
    is_over = tip is not None and state_of(tip) in _HAS_CLIP and is_granted(tip)
    return None if is_over else tip


def _unsent(desk: Desk, slot: Slot) -> Attempt:
    """An attempt for a slot that this ledger never sent: it needs the manifest's word."""
    attempt = desk.unsent(slot)
    if attempt is None:
        raise UsageError(
            f"{slot} cannot be adopted for while the manifest has problems",
            "`omnibatch validate` names them",
        )
    if desk.checked[slot].is_open:
        raise UsageError(
            f"{slot} begins or ends with a frame of another shot, whose clip is not collected",
            "let `omnibatch run` collect that first: a task belongs to what it was made of",
        )
    return attempt


def judged(
    desk: Desk, adoption: Adoption, reply: StatusReply | None, account: Account | None
) -> Adoption | WrongRow:
    """Hold what the provider tells of a task against the attempt that it is to belong to."""

    def wrong(message: str, hint: str) -> WrongRow:
        return WrongRow(place=adoption.place, message=message, hint=hint)

    provider = provider_named(adoption.attempt.known_intent.provider)
    task = f"task {adoption.task_id}"
    if account is None or reply is None:
        fact = (
            f"{provider.key_variable} is not set, so {provider.name} cannot be asked about {task}"
        )
        return wrong(fact, f"set it, or: {_UNCHECKED}")
    at = account.endpoint.name
    if reply.phase == "missing":
        hint = f"check the id, {provider.key_variable} and the endpoint; {_UNCHECKED}"
        return wrong(f"{provider.name} does not know {task} (at {at})", hint)
    if reply.phase not in ("running", "succeeded", "failed"):
        words = reply.error or reply.state or reply.phase
        fact = f"{provider.name} does not say what {task} is: {words}"
        return wrong(fact, f"try again, or: {_UNCHECKED}")
    made_for = desk.book.attempts.get(AttemptId(reply.facts.external_id))
    own = (adoption.attempt.id, adoption.attempt.known_intent.after)
    if made_for is not None and made_for.id not in own:
        owner = desk.slot_of(made_for)
        if owner != adoption.slot:
            return wrong(f"{task} was made for {owner}", f"adopt it for {owner}")
        adoption = replace(adoption, attempt=made_for)
    if reply.facts.external_id != adoption.attempt.id:
        told = _difference(_request(desk, adoption), reply)
        if told:
            fact = f"{task} is not what {adoption.slot} asks for: {told}"
            return wrong(fact, f"check the id; {_UNCHECKED}")
    return replace(adoption, reply=reply, account=account)


def _request(desk: Desk, adoption: Adoption) -> Mapping[str, object]:
    """What the attempt asked for, as far as it is known."""
    digest = adoption.attempt.known_intent.digest
    checked = desk.checked.get(adoption.slot)
    if checked is not None and checked.digest == digest:
        return checked.request
    return desk.book.ledger.requests.get(digest, {})


def _difference(request: Mapping[str, object], reply: StatusReply) -> str:
    """Where a task's request differs from ours, in what both tell; empty where it does not."""
    facts = reply.facts
    told = (("model", facts.model), ("duration", facts.duration), ("prompt", facts.prompt))
    for name, value in told:
        asked = request.get(name)
        if value and asked and value != asked:
            return f"its {name} is {_short(value)}, and not {_short(asked)}"
    return ""


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


def words_of(adoption: Adoption) -> str:
    """What to say of an adoption that is made."""
    if adoption.own:
        return f"task {adoption.task_id} is its own already; nothing changed"
    others = sorted(key.task_id for key in adoption.attempt.tasks)
    if adoption.task_id in others:
        made = f"task {adoption.task_id} taken up again"
    else:
        beside = f" beside {', '.join(others)}" if others else ""
        made = f"task {adoption.task_id} adopted{beside}"
    reply, account = adoption.reply, adoption.account
    if reply is None or account is None:
        return (
            f"{made}, unchecked; the next `omnibatch run` asks about it and collects it, for free"
        )
    sure = ", which carries its id" if reply.facts.external_id == adoption.attempt.id else ""
    where = made_elsewhere(adoption.attempt, endpoint=account.endpoint.name, account=account.name)
    where = f" (the attempt was {where})" if where else ""
    if reply.phase == "failed":
        return (
            f"{made}{sure}{where}: it has failed ({reply.error}). Whether it was paid for, "
            f"{account.provider}'s bill tells; `omnibatch retry` grants another attempt"
        )
    state = "rendered" if reply.phase == "succeeded" else "rendering"
    return f"{made}{sure}{where}: it is {state}; the next `omnibatch run` collects it, for free"
