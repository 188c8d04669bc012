"""A lockfile that cannot be written in mid-run: the journal has all, and nothing is made of it."""

import json
import shlex
from pathlib import Path

import pytest

from omnibatch.emulator import Fault

from ..workplace import Workplace

SHOTS = 140  # with some three records each, so that a checkpoint comes in mid-run


def in_the_way(place: Workplace, how: str) -> Path:
    """Something that a checkpoint fails at: read, or written."""
    if how == "read":
        place.lockfile.unlink()
        place.lockfile.mkdir()
        return place.lockfile
    folder = place.folder / ".film.lock.json.tmp"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("how", ["read", "written"])
def test_a_failed_checkpoint_leaves_no_doubt_and_calls_no_recorded_task_unrecorded(
    place: Workplace, tmp_path: Path, how: str
) -> None:
    kept = ("--ledger", str(tmp_path / "kept"))
    place.write(SHOTS, run={"in_flight": 40})
    place.faults(Fault(on="create", do="delay", seconds=0.02))
    with place.start_run(*kept) as running:
        running.until("created task")
        folder = in_the_way(place, how)
        finished = running.wait()
    folder.rmdir()

    assert finished.code == 7, finished.said
    assert "film.lock.json cannot be" in finished.err
    assert "adopt" not in finished.err
    states = place.states(*kept)
    assert "unconfirmed" not in states.values(), "no send that never left is in doubt"
    assert place.posts == sum(state != "unsent" for state in states.values()) < SHOTS


@pytest.mark.skipif(
    not Path("/proc/self/fd").exists(), reason="has no /proc, which tells a descriptor's path"
)
def test_a_task_that_stands_nowhere_is_adopted_by_the_command_as_printed(
    place: Workplace, tmp_path: Path
) -> None:
    """The journal fails at the n-th step; where that is the record of a task, it is told of."""
    for step in range(10, 60):
        place.folder = tmp_path / f"film {step}"
        place.folder.mkdir()
        kept = str(tmp_path / f"kept {step}")
        place.write([{"id": "s1", "prompt": f"Harbour at {step}."}])
        told = str(tmp_path / f"told{step}")
        finished = place.run(
            *("--ledger", kept), OMNIBATCH_TEST_DISK=f"GONE:{step}", OMNIBATCH_TEST_DISK_TOLD=told
        )
        if "was just created" in finished.err:
            break
    else:
        raise AssertionError("no step was the record of a task")
    posts = place.posts
    line = next(line for line in finished.err.splitlines() if "omnibatch adopt" in line)
    words = shlex.split(line.partition("omnibatch ")[2])
    assert words[words.index("--ledger") + 1] == kept

    adopted = place.omnibatch(*words)

    assert adopted.code == 0, adopted.said
    again = place.run("--ledger", kept)
    assert again.code == 0, again.said
    assert place.posts == posts
    (attempt,) = json.loads(place.lockfile.read_text())["attempts"]
    assert attempt["tasks"][0]["state"] == "collected"
