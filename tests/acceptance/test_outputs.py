"""Nobody reads what a run says, or nobody can: it buys, collects and records all the same."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ..streams import start_with
from ..workplace import Workplace

pytestmark = pytest.mark.skipif(os.name == "nt", reason="descriptors as POSIX has them")
FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full here")
RUN = ("run", "film.yaml", "--yes")


def _all_is_well(place: Workplace, shots: int) -> None:
    assert set(place.states().values()) == {"collected"}
    assert place.accepted == place.posts == shots
    assert place.ledger()["open"] is None


@pytest.mark.parametrize("names", [("stdout",), ("stderr",), ("stdout", "stderr")], ids="+".join)
def test_a_reader_that_leaves_in_the_middle_stops_no_run(
    place: Workplace, names: tuple[str, ...]
) -> None:
    place.reopen(render_s=(0.5, 0.5))
    place.write(6, run={"in_flight": 2})
    pipes = dict.fromkeys(names, subprocess.PIPE)

    with start_with(place, *RUN, **pipes) as run:
        place.until(lambda meter: meter["creates"]["accepted"] == 2, "the second task")
        for pipe in (run.stdout, run.stderr):
            if pipe is not None:
                pipe.close()
        code = run.wait(60)

    assert code == 0
    _all_is_well(place, 6)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_descriptor_that_was_closed_is_no_place_for_the_journal(
    place: Workplace, number: int
) -> None:
    place.write(2)
    script = f'exec {number}>&-; exec "$@"'
    command = [sys.executable, str(Path(__file__).parents[1] / "command_line.py"), *RUN]

    run = subprocess.run(
        ["/bin/sh", "-c", script, "sh", *command],
        cwd=place.folder,
        env={"PATH": os.environ["PATH"], "HOME": str(place.home), **place.environment},
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert run.returncode == 0, run.stderr
    _all_is_well(place, 2)


@needs_full
@pytest.mark.parametrize("name", ["stdout", "stderr"])
def test_a_full_disk_under_the_output_stops_no_run(place: Workplace, name: str) -> None:
    place.write(2)
    with FULL.open("wb") as full, start_with(place, *RUN, **{name: full}) as run:
        assert run.wait(60) == (1 if name == "stdout" else 0)  # the result is not there to read

    _all_is_well(place, 2)


@needs_full
def test_a_plan_that_could_not_be_written_is_not_taken_for_one(place: Workplace) -> None:
    place.write(2)
    with (
        FULL.open("wb") as full,
        start_with(
            place, "plan", "film.yaml", "--json", stdout=full, stderr=subprocess.PIPE
        ) as plan,
    ):
        _, said = plan.communicate(timeout=60)

    assert plan.returncode == 1
    assert b"the output could not be written: No space left on device" in said


def test_a_reader_that_has_seen_enough_leaves_the_code_as_it_is(place: Workplace) -> None:
    place.write([{"id": "a", "prompt": "{{ nobody }}"}])
    with start_with(place, "validate", "film.yaml", stdout=subprocess.PIPE) as validate:
        assert validate.stdout is not None
        validate.stdout.close()
        assert validate.wait(60) == 3


def test_a_decision_that_nobody_reads_is_recorded(place: Workplace) -> None:
    place.write(1)
    assert place.run().code == 0
    with start_with(place, "retry", "film.yaml", "s1", stdout=subprocess.PIPE) as decision:
        assert decision.stdout is not None
        decision.stdout.close()
        assert decision.wait(60) == 0

    assert place.actions() == {"s1": "submit"}
