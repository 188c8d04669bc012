"""A run from the first shot to the last, and the rerun that has nothing to do."""

import hashlib
import json
from pathlib import Path

import av
import jsonschema
import pytest

from ..workplace import Workplace, both

SCHEMAS = Path(__file__).parents[2] / "schemas"


def outputs(place: Workplace) -> dict[str, dict[str, object]]:
    return {
        attempt["shot"]: attempt["tasks"][0]["output"] for attempt in place.ledger()["attempts"]
    }


@both
def test_a_run_collects_every_shot(place: Workplace) -> None:
    place.write(3)

    finished = place.run()

    assert finished.code == 0, finished.said
    assert place.states() == {"s1": "collected", "s2": "collected", "s3": "collected"}
    assert place.clips() == ["s1.mp4", "s2.mp4", "s3.mp4"]
    assert place.accepted == 3


@both
def test_clips_are_whole_videos_with_the_recorded_hash(place: Workplace) -> None:
    place.write(2)
    place.run()

    for output in outputs(place).values():
        clip = place.folder / str(output["path"])
        data = clip.read_bytes()
        assert hashlib.sha256(data).hexdigest() == output["sha256"]
        assert len(data) == output["bytes"]
        with av.open(str(clip)) as opened:
            rate = opened.streams.video[0].average_rate
            assert rate is not None
            assert sum(1 for _ in opened.decode(video=0)) == 5 * rate


@both
def test_the_lockfile_keeps_its_schema(place: Workplace) -> None:
    place.write(2)
    place.run()

    schema = json.loads((SCHEMAS / "lock.schema.json").read_text())
    jsonschema.validate(place.ledger(), schema)
    assert place.ledger()["open"] is None


@both
def test_a_rerun_says_one_line_and_touches_nothing(place: Workplace) -> None:
    place.write(3)
    place.run()
    before, meter = place.listing(), place.meter()

    finished = place.omnibatch("run", "film.yaml")

    assert finished.code == 0
    assert finished.out.count("\n") == 1
    assert "nothing to do" in finished.out
    assert finished.err == ""
    assert place.listing() == before
    assert place.meter() == meter


def test_a_rerun_of_a_finished_manifest_needs_no_key(place: Workplace) -> None:
    place.write(2)
    place.run()
    before = place.lockfile.read_bytes()

    finished = place.omnibatch("run", "film.yaml", APIMODELS_API_KEY="")

    assert finished.code == 0, finished.said
    assert finished.said.count("\n") == 1
    assert place.lockfile.read_bytes() == before


def test_the_command_starts_cold_as_well(place: Workplace) -> None:
    """Every other test forks from a process that has imported all; this one does not."""
    place.write(1)

    finished = place.omnibatch("run", "film.yaml", "--yes", cold=True)

    assert finished.code == 0, finished.said
    assert place.clips() == ["s1.mp4"]


@pytest.mark.parametrize("provider", ["cometapi"])
def test_the_older_form_of_comets_answers_is_understood(place: Workplace) -> None:
    place.reopen(envelope="older")
    place.write(2)

    finished = place.run()

    assert finished.code == 0, finished.said
    assert place.clips() == ["s1.mp4", "s2.mp4"]
