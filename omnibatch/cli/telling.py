"""What a run tells at its end about what stopped it, what goes on, and where things are."""

import os
from collections.abc import Collection, Mapping
from pathlib import Path, PurePosixPath

from omnibatch.cli.ending import ran_out_of_time
from omnibatch.cli.saying import say, say_error
from omnibatch.cli.standing.clips import SIZES_ALONE, check_clips
from omnibatch.cli.standing.rows import EDITED, clip_of
from omnibatch.ledger import Attempt, AttemptId
from omnibatch.plan import Action, ClipFile, Plan
from omnibatch.providers import provider_named
from omnibatch.run import Halt, HaltReason, Outcome

__all__ = [
    "clips_folder",
    "say_collected",
    "say_kept",
    "say_missing_keys",
    "say_remote",
    "say_stops",
]

_MOST_LOCKED = 20
_ASKS = frozenset({Action.RESUME, Action.COLLECT, Action.RECONCILE, Action.ORPHAN})


def say_missing_keys(
    plan: Plan, attempts: Mapping[AttemptId, Attempt], accounts: Collection[str]
) -> bool:
    """Name the keys that are wanted and not set; tell whether there are any."""
    wanted = {step.checked.provider for step in plan.submits if step.checked is not None}
    wanted |= {
        attempts[step.attempt].known_intent.provider
        for step in plan.steps
        if step.attempt is not None and step.action in _ASKS
    }
    missing = sorted(wanted.difference(accounts))
    for provider in missing:
        variable = provider_named(provider).key_variable
        say_error(
            f"{variable} is not set, so {provider} cannot be asked",
            f"export {variable}=..., or write it into .env beside the manifest",
        )
    return bool(missing)


def say_kept(plan: Plan, attempts: Mapping[AttemptId, Attempt], root: Path) -> None:
    """Name what a run keeps as it is although it is not as the manifest says, or as it was."""
    _say_locked(plan)
    _say_edited(plan, attempts, root)


def _say_locked(plan: Plan) -> None:
    """Name the shots that are kept although they changed: nothing buys them again."""
    kept = [step for step in plan.steps if step.changed and step.action is Action.KEEP]
    for step in kept[:_MOST_LOCKED]:
        say(f"{step.slot}: {step.reason}")
    if len(kept) > _MOST_LOCKED:
        say(f"... and {len(kept) - _MOST_LOCKED:,} more locked shots that changed")


def _say_edited(plan: Plan, attempts: Mapping[AttemptId, Attempt], root: Path) -> None:
    """Name the clips that are kept although they are not the bytes that were collected.

    By their size: `status` compares bytes. A run never touches them.
    """
    kept = {
        output: step.slot
        for step in plan.steps
        if step.action is Action.KEEP and step.attempt is not None
        if (output := clip_of(attempts[step.attempt], root)) is not None
    }
    check = check_clips(kept, root, most_bytes=SIZES_ALONE)
    edited = [output for output in kept if check.found[output] is ClipFile.EDITED]
    for output in edited[:_MOST_LOCKED]:
        say(f"{kept[output]}: {EDITED}: {output.path}; kept as it is")
    if len(edited) > _MOST_LOCKED:
        say(f"... and {len(edited) - _MOST_LOCKED:,} more edited clips")


def say_stops(plan: Plan, outcome: Outcome) -> None:
    """Say why a run sent less than it meant to; `plan` is the one made after it."""
    for halt in outcome.halts:
        if halt.reason not in (HaltReason.STOPPED, HaltReason.TIME):
            say_error(*_words(halt))
    if ran_out_of_time(plan, outcome):
        left = len(plan.submits)
        say(f"stopped as asked by --stop-after: {left} not sent, what was under way was waited for")
    for cap, count in outcome.bought.over_cap.items():
        say_error(f"{count} more would exceed {cap}", "raise it, or select fewer shots")


def _words(halt: Halt) -> tuple[str, str]:
    provider = provider_named(halt.provider)
    match halt.reason:
        case HaltReason.ACCOUNT:
            return (
                f"{halt.provider} refuses the account of {provider.key_variable}: {halt.words}",
                "check key, credit and model access; nothing that was refused was paid for",
            )
        case HaltReason.REDIRECT:
            return (
                f"{halt.provider} answers with a redirect, which a paid request never follows",
                f"correct {provider.endpoint_variable}",
            )
        case HaltReason.BUSY:
            return (
                f"{halt.provider} keeps answering {halt.words}",
                "nothing is in doubt; run again later, or see who else uses the account",
            )
        case HaltReason.NO_ROOM:
            return (
                f"a clip found no room on the disk: nothing more was sent to {halt.provider}",
                "make room and run again: what was bought is recorded, and its clip stays at the "
                "provider",
            )
        case HaltReason.UNREACHABLE:
            return (
                f"{halt.provider} cannot be reached: {halt.words}",
                "nothing is in doubt; run again when the network is back",
            )
        case _:
            return (f"{halt.provider}: no more sends: {halt.words}", "")


def say_remote(plan: Plan, *, interrupted: bool) -> None:
    """After an interruption: what goes on at the provider, already paid for."""
    running = sum(step.action in (Action.RESUME, Action.ORPHAN) for step in plan.steps)
    if running and interrupted:
        tasks = "1 paid task goes" if running == 1 else f"{running} paid tasks go"
        say(f"{tasks} on at the provider; the next run collects what is done")


def say_collected(name: str, plan: Plan | None, newly: int) -> None:
    """Say how far a film is, or without a `plan` of it how many clips came `newly`."""
    if plan is None:
        say(f"{name}: {newly} collected, nothing bought: the manifest has problems")
        return
    done = sum(step.action is Action.KEEP for step in plan.steps)
    say(f"{name}: {done} of {len(plan.steps)} collected")


def clips_folder(plan: Plan, root: Path) -> Path:
    """The folder under `root` that holds a plan's clips, as deep as they share one."""
    targets = [step.checked.shot.target for step in plan.steps if step.checked is not None]
    folders = [str(PurePosixPath(target).parent) for target in targets] or ["."]
    return root / Path(os.path.commonpath(folders))
