"""What must hold after any crash, once the same command has run to its end."""

import hashlib
import json
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from jsonschema import Draft202012Validator

from ..launching import Finished
from ..workplace import Workplace

__all__ = ["recorded_tasks", "settle"]

_SCHEMA = Path(__file__).parents[2] / "schemas" / "lock.schema.json"
_TASK_ID = re.compile(rb'"task_id":"([^"]+)"')


def recorded_tasks(place: Workplace) -> set[bytes]:
    """The task ids that the ledger holds at this moment, in whole lines of either file."""
    journal = place.folder / ".omnibatch" / "film.journal"
    found: set[bytes] = set()
    for file in (journal, place.lockfile):
        if file.exists():
            whole, _, _ = file.read_bytes().rpartition(b"\n")
            found |= set(_TASK_ID.findall(whole))
    return found


def settle(
    place: Workplace,
    prompts: Iterable[str],
    recorded: set[bytes],
    waiting: Iterable[str] = (),
) -> Finished:
    """Run to the end, and hold the result against the meter.

    `recorded` are the task ids that were on record after each of the crashes. The shots
    `waiting` may be unsent where another one is in doubt; then they must not be sold.
    """
    finished = place.run()
    _validator().validate(place.ledger())
    states = _states(place)
    unconfirmed = {shot for shot, state in states.items() if state == "unconfirmed"}

    assert finished.code == (4 if unconfirmed else 0), finished.said
    assert set(states.values()) <= {"collected", "unconfirmed"}, states
    assert recorded <= recorded_tasks(place), "what was on record is lost"
    if unconfirmed:
        states |= dict.fromkeys(set(waiting) - states.keys(), "waiting")
    meter = place.meter()
    sold = [meter["accepted_by_prompt"].get(prompt, 0) for prompt in prompts]
    assert len(states) == len(sold)
    assert max(sold) <= 1, f"sold twice: {sold}"
    assert all(count == 1 for count in meter["accepted_by_external_id"].values())
    for (shot, state), count in zip(sorted(states.items()), sold, strict=True):
        if state != "unconfirmed" or place.provider == "cometapi":
            # CometAPI is asked for what was lost, so what is in doubt there was never made.
            assert count == (state == "collected"), f"{shot} is {state}, and was sold {count} times"
    _clips_are_whole(place)
    return finished


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(_SCHEMA.read_text(encoding="utf-8")))


def _states(place: Workplace) -> dict[str, str]:
    """The state of each shot, read from the lockfile by the design's words and not by our code."""
    states = {}
    for attempt in place.ledger()["attempts"]:
        tasks = [task["state"] for task in attempt.get("tasks", ())]
        sends = attempt.get("sends", {}).values()
        in_doubt = not tasks and {"open", "in_doubt"} & set(sends)
        states[attempt["shot"]] = "unconfirmed" if in_doubt else ", ".join(tasks)
    return states


def _clips_are_whole(place: Workplace) -> None:
    outputs = [
        task["output"]
        for attempt in place.ledger()["attempts"]
        for task in attempt.get("tasks", ())
        if task["state"] == "collected"
    ]
    for output in outputs:
        data = (place.folder / output["path"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == output["sha256"]
    names = [output["path"].rpartition("/")[2] for output in outputs]
    assert place.clips() == sorted(names), "a file is left that no record knows"
