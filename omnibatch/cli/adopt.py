"""`omnibatch adopt`: tell the ledger the ids of tasks that were made for shots."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from omnibatch.cli.adopting import Adoption, judged, wanted_adoptions, words_of
from omnibatch.cli.deciding import Desk, deciding
from omnibatch.cli.options import Chosen, ledger_option, manifest_options, wait_option
from omnibatch.cli.reading import now
from omnibatch.cli.saying import say, say_error
from omnibatch.cli.task_rows import TaskRow, WrongRow, read_task_rows, wrong_id
from omnibatch.endpoints import Account
from omnibatch.errors import Exit, UsageError
from omnibatch.ledger import Attempt, TaskKey, adopt
from omnibatch.providers import StatusReply

__all__ = ["command"]

_ARGUMENTS = 2


@click.command("adopt", epilog="For instance: omnibatch adopt specs/harbor.yaml --csv tasks.csv")
@manifest_options
@ledger_option
@click.option(
    "--csv",
    "tasks",
    metavar="FILE",
    help="Adopt the tasks of a CSV file, - for stdin: columns shot,task_id, and if need be "
    "take, profile, provider. All of them or none.",
)
@click.option("--unchecked", is_flag=True, help="Do not ask the provider about the tasks first.")
@wait_option
def command(
    chosen: Chosen, ledger: Path | None, tasks: str | None, unchecked: bool, wait: bool
) -> Exit:
    """Tell the ledger that TASK_ID at the provider is SHOT's; the next run collects it.

    Spends nothing. For a shot whose create was sent and whose reply was lost: find the
    task in the provider's own list of tasks. Also for a task that was made elsewhere. The
    provider is asked about each task, and what it tells is held against the shot.
    """
    if tasks is not None and not chosen.rest:
        rows: list[TaskRow | WrongRow] = read_task_rows(tasks)
    elif tasks is None and len(chosen.rest) == _ARGUMENTS:
        shot, task_id = chosen.rest
        name, _, take = shot.partition("@")
        rows = [
            wrong_id(task_id)
            or TaskRow(
                place="",
                shot=name if take.isdigit() else shot,
                task_id=task_id,
                take=int(take) if take.isdigit() else None,
            )
        ]
    else:
        raise UsageError(
            "adopt needs a shot and a task id, or --csv FILE",
            f"for instance: omnibatch adopt {chosen.manifest} opening TASK_ID",
        )
    with deciding(chosen, ledger, wait=wait) as desk:
        adoptions = _all_or_none(wanted_adoptions(desk, rows))
        if not unchecked:
            adoptions = _all_or_none(_asked(desk, adoptions))
        _record(desk, adoptions)
    return Exit.DONE


def _all_or_none(found: Sequence[Adoption | WrongRow]) -> list[Adoption]:
    """The adoptions, if none is wrong. Raise `UsageError` after naming every one that is."""
    wrong = [each for each in found if isinstance(each, WrongRow)]
    if not wrong:
        return [each for each in found if isinstance(each, Adoption)]
    if len(found) == 1 and not wrong[0].place:
        raise UsageError(wrong[0].message, wrong[0].hint)
    for each in wrong:
        say_error(f"{each.place}: {each.message}", each.hint)
    count = "1 row is" if len(wrong) == 1 else f"{len(wrong)} rows are"
    raise UsageError(
        f"{count} wrong, so none of {len(found)} was adopted", "correct them and say it again"
    )


def _asked(desk: Desk, adoptions: Sequence[Adoption]) -> list[Adoption | WrongRow]:
    """Ask the providers about the tasks that are news, and judge what they tell."""
    asked = [adoption for adoption in adoptions if not adoption.own]
    providers = {adoption.attempt.known_intent.provider for adoption in asked}
    accounts = desk.environment.accounts(providers, desk.book.batch)
    replies = _replies(accounts, asked)
    return [
        adoption
        if adoption.own
        else judged(
            desk,
            adoption,
            replies.get(adoption.task_id),
            accounts.get(adoption.attempt.known_intent.provider),
        )
        for adoption in adoptions
    ]


def _replies(
    accounts: Mapping[str, Account], adoptions: Sequence[Adoption]
) -> Mapping[str, StatusReply]:
    tasks = [
        (account, adoption.task_id)
        for adoption in adoptions
        if (account := accounts.get(adoption.attempt.known_intent.provider)) is not None
    ]
    if not tasks:
        return {}
    import anyio  # --help needs no network

    from omnibatch.cli.environment import wire_settings
    from omnibatch.run import ask_about_tasks
    from omnibatch.wire import HttpWire

    async def main() -> Sequence[StatusReply]:
        async with HttpWire(wire_settings()) as wire:
            return await ask_about_tasks(wire, tasks)

    return {task_id: reply for (_, task_id), reply in zip(tasks, anyio.run(main), strict=True)}


def _record(desk: Desk, adoptions: Sequence[Adoption]) -> None:
    """Record all at once, and say of each what it means."""
    deltas: dict[str, Attempt] = {}
    for adoption in adoptions:
        if not adoption.own:
            if adoption.attempt.id not in desk.book.attempts:
                deltas.setdefault(adoption.attempt.id, adoption.attempt)
            deltas[f"{adoption.attempt.id} {adoption.task_id}"] = _delta(desk, adoption)
    if deltas:
        desk.book.record_now(*deltas.values())
    for adoption in adoptions:
        say(f"{adoption.slot}: {words_of(adoption)}")


def _delta(desk: Desk, adoption: Adoption) -> Attempt:
    intent, reply = adoption.attempt.known_intent, adoption.reply
    account = intent.account if adoption.account is None else adoption.account.name
    failed = None
    if reply is not None and reply.phase == "failed":
        failed = reply.error or "failed without words"
    key = TaskKey(intent.provider, account, adoption.task_id)
    key = next((k for k in adoption.attempt.tasks if k.task_id == adoption.task_id), key)
    return adopt(adoption.attempt, key, now=now(), by=desk.book.writer, failed=failed)
