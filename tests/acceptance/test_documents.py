"""What the reading commands print, for people and for programs."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from omnibatch.emulator import Fault

from ..workplace import Workplace, both

ROOT = Path(__file__).parents[2]


def validate(document: Any, name: str) -> None:
    jsonschema.validate(document, json.loads((ROOT / f"schemas/{name}.schema.json").read_text()))


@pytest.fixture
def mixed(place: Workplace) -> Workplace:
    """Shots in many states: collected, unconfirmed, refused, unsent."""
    place.write(
        [
            {"id": "lost", "prompt": "A."},
            {"id": "done", "prompt": "B."},
            {"id": "refused", "prompt": "[[refuse]]"},
            {"id": "failed", "prompt": "[[policy]]"},
        ]
    )
    place.faults(Fault(on="create", do="drop_after", prompt="A.", times=1))
    place.run()
    place.write(
        [
            {"id": "lost", "prompt": "A."},
            {"id": "done", "prompt": "B, edited."},
            {"id": "refused", "prompt": "[[refuse]]"},
            {"id": "failed", "prompt": "[[policy]]"},
            {"id": "unsent", "prompt": "C."},
            {"id": "left-out", "prompt": "D.", "skip": True},
        ]
    )
    return place


@both
def test_plan_json_keeps_its_schema(mixed: Workplace) -> None:
    plan = mixed.plan()

    validate(plan, "plan")
    actions = {shot["shot"]: shot["action"] for shot in plan["shots"]}
    found = mixed.provider == "cometapi"  # its lost task was found, and then the shot edited
    assert actions == {
        "lost": "keep" if found else "decide",
        "done": "stale",
        "refused": "failed",
        "failed": "failed",
        "unsent": "submit",
        "left-out": "skip",
    }


@both
def test_status_json_keeps_its_schema(mixed: Workplace) -> None:
    status = mixed.status()

    validate(status, "status")
    found = mixed.provider == "cometapi"
    assert {shot["shot"]: shot["state"] for shot in status["shots"]} == {
        "lost": "collected" if found else "unconfirmed",
        "done": "collected",
        "refused": "refused",
        "failed": "failed",
        "unsent": "unsent",
        "left-out": "unsent",
    }


def test_reading_commands_change_nothing_and_need_no_key(mixed: Workplace) -> None:
    before, posts = mixed.listing(), mixed.posts

    for arguments in (["plan"], ["status"], ["validate"], ["expand"], ["expand", "--body"]):
        finished = mixed.omnibatch(*arguments, "film.yaml", APIMODELS_API_KEY="")
        assert finished.code == 0, finished.said

    assert mixed.listing() == before
    assert mixed.posts == posts


def test_plan_check_tells_of_work(place: Workplace) -> None:
    place.write(2)
    assert place.omnibatch("plan", "film.yaml", "--check").code == 10
    place.run()

    assert place.omnibatch("plan", "film.yaml", "--check").code == 0


def test_plan_check_tells_of_decisions(mixed: Workplace) -> None:
    mixed.omnibatch("run", "film.yaml", "--yes")

    assert mixed.actions()["lost"] == "decide"
    assert mixed.omnibatch("plan", "film.yaml", "--check").code == 10


def test_plan_tells_that_a_cap_would_be_exceeded(place: Workplace) -> None:
    place.write(3)

    assert place.omnibatch("plan", "film.yaml", "--max-cost", "0.5 USD").code == 6
    assert place.omnibatch("plan", "film.yaml", "--max-cost", "1 USD").code == 0


def test_validate_counts_the_shots(place: Workplace) -> None:
    place.write(3)

    finished = place.omnibatch("validate", "film.yaml")

    assert finished.code == 0
    assert "film.yaml: 3 shots, no errors" in finished.out


def test_validate_prints_problems_as_json(place: Workplace) -> None:
    place.write([{"id": "s1", "prompt": "A boat.", "mode": "best"}])

    finished = place.omnibatch("validate", "film.yaml", "--format", "json")

    assert finished.code == 3
    document = json.loads(finished.out)
    validate(document, "problems")
    assert document["summary"]["errors"] == 1


def test_expand_shows_what_will_be_sent(place: Workplace) -> None:
    place.write([{"id": "s1", "prompt": "{{ hero }} in a boat."}], vars={"hero": "Ada"})

    finished = place.omnibatch("expand", "film.yaml", "s1")

    assert finished.code == 0
    assert "Ada in a boat." in finished.out


def test_expand_json_keeps_its_schema(place: Workplace) -> None:
    place.write(2)

    finished = place.omnibatch("expand", "film.yaml", "--json")

    assert finished.code == 0
    document = json.loads(finished.out)
    validate(document, "expand")
    assert [shot["shot"] for shot in document["shots"]] == ["s1", "s2"]


def test_schema_prints_each_shipped_schema(place: Workplace) -> None:
    names = place.omnibatch("schema").out.split()

    assert {"lock", "manifest", "plan", "problems", "status"} <= set(names)
    for name in names:
        printed = json.loads(place.omnibatch("schema", name).out)
        assert printed == json.loads((ROOT / f"schemas/{name}.schema.json").read_text())


def test_select_and_exclude_choose_what_is_bought(place: Workplace) -> None:
    place.write(4)

    finished = place.run("--select", "s*", "--exclude", "s2", "--exclude", "s4")

    assert finished.code == 0, finished.said
    assert place.clips() == ["s1.mp4", "s3.mp4"]
