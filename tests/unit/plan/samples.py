"""Batches admitted by the real checks, and ledgers with whatever a test needs."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

from omnibatch.checks import CheckedBatch, CheckedShot, check
from omnibatch.ledger import (
    Attempt,
    AttemptId,
    Intent,
    Ledger,
    Mark,
    Output,
    SendKey,
    SendState,
    Task,
    TaskKey,
    TaskState,
)
from omnibatch.plan import Asked, Plan, Step, plan_batch
from omnibatch.problems import Place
from omnibatch.shots import Batch, Shot, Slot

ENDPOINT = "https://apimodels.app"
OLD = "https://old.example"
LOCAL = "http://127.0.0.1:8000"
ON = Mark("2026-11-22T12:00:00Z", "me", on=True)
OFF = Mark("2026-11-22T13:00:00Z", "me", on=False)
FOLDER = Path("/film")

_numbers = count(1)


def a_shot(shot_id: str = "opening", **changes: Any) -> Shot:
    """A sound shot; its prompt is its id, so that no two are alike."""
    fields: dict[str, Any] = {
        "slot": Slot(shot_id),
        "place": Place("film.yaml", 10, 5),
        "providers": ("apimodels",),
        "model": "kling-video-o1",
        "prompt": shot_id,
        "mode": "std",
        "duration": 5,
        "aspect_ratio": "16:9",
        "target": f"renders/{shot_id}.mp4",
    }
    return Shot(**{**fields, **changes})


def a_batch(*shots: Shot) -> CheckedBatch:
    """The shots as a batch that may be bought."""
    result = check(Batch(name="film", manifest=FOLDER / "film.yaml", folder=FOLDER, shots=shots))
    assert result.batch is not None, result.problems
    return result.batch


def one(shot_id: str = "opening", **changes: Any) -> CheckedShot:
    """One checked shot."""
    return a_batch(a_shot(shot_id, **changes)).shots[0]


def attempt(
    of: CheckedShot,
    *,
    send: SendState | None = SendState.CREATED,
    task: TaskState | None = None,
    endpoint: str = ENDPOINT,
    provider: str = "apimodels",
    after: Attempt | None = None,
    **facts: Any,
) -> Attempt:
    """An attempt on a shot. Each is later than the one made before it."""
    number = next(_numbers)
    output = Output(path=of.shot.target, sha256=f"{number:064d}", bytes=48213, seconds=5.0)
    made = Task(
        state=task or TaskState.RUNNING,
        output=output if task is TaskState.COLLECTED else None,
        error="too dark" if task is TaskState.FAILED else "",
    )
    return Attempt(
        id=AttemptId(f"ob-{number:026d}"),
        intent=Intent(
            slot=of.shot.slot,
            after=after.id if after else None,
            digest=of.digest,
            provider=provider,
            account="a1b2c3",
            endpoint=endpoint,
            price="0.3165 USD",
            target=of.shot.target,
            intended_at=f"2026-11-22T10:{number // 60 % 60:02d}:{number % 60:02d}Z",
        ),
        sends={} if send is None else {SendKey(1, "aaaaaaaa"): send},
        tasks={} if task is None else {TaskKey(provider, "a1b2c3", f"clx{number}"): made},
        **facts,
    )


def collected(of: CheckedShot, **more: Any) -> Attempt:
    """An attempt whose clip is here."""
    return attempt(of, task=TaskState.COLLECTED, **more)


def a_ledger(*attempts: Attempt, requests: Mapping[str, Any] | None = None) -> Ledger:
    """A ledger of these attempts."""
    return Ledger(
        batch="b-aaaaaaaa",
        name="film",
        attempts={attempt.id: attempt for attempt in attempts},
        requests=requests or {},
    )


def asked(
    *,
    endpoint: str = ENDPOINT,
    clip_exists: Callable[[Output], bool] = lambda output: True,
    endpoints: Mapping[str, str] | None = None,
    **more: Any,
) -> Asked:
    """What a user at `endpoint` asks for, with every clip on the disk."""
    return Asked(
        endpoints=endpoints or {"apimodels": endpoint, "cometapi": "https://api.cometapi.com"},
        can_look_up=lambda provider: provider == "cometapi",
        clip_exists=clip_exists,
        **more,
    )


def plan(batch: CheckedBatch, *attempts: Attempt, **more: Any) -> Plan:
    """Plan a batch with a ledger of these attempts."""
    requests = more.pop("requests", None)
    return plan_batch(batch, a_ledger(*attempts, requests=requests), asked(**more))


def step(of: CheckedShot, *attempts: Attempt, **more: Any) -> Step:
    """The one step of a batch of one shot."""
    (only,) = plan(a_batch(of.shot), *attempts, **more).steps
    return only


def changed(of: CheckedShot, **changes: Any) -> CheckedShot:
    """The same slot with another request."""
    return a_batch(replace(of.shot, **changes)).shots[0]
