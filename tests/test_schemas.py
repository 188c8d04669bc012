"""The JSON that commands print keeps the contracts in `schemas/`."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from omnibatch.emulator import Fault
from omnibatch.schema import load_schema, schema_names

from .launching import Launcher
from .workplace import Workplace

EXAMPLES = Path(__file__).parent / "examples"
CONTRACTS = ("expand", "models", "plan", "problems", "status")

Json = dict[str, Any]


def objections(name: str, document: object) -> list[str]:
    return [
        f"{error.json_path}: {error.message}"
        for error in Draft202012Validator(load_schema(name)).iter_errors(document)
    ]


def properties(schema: Any, path: str = "$") -> Iterator[tuple[str, Json]]:
    """Every property that a schema describes, at any depth."""
    if isinstance(schema, dict):
        for name, described in schema.get("properties", {}).items():
            yield f"{path}.{name}", described
        for key, inner in schema.items():
            if key not in ("examples", "const", "enum"):
                yield from properties(inner, f"{path}.{key}")
    elif isinstance(schema, list):
        for number, inner in enumerate(schema):
            yield from properties(inner, f"{path}[{number}]")


def objects(schema: Any) -> Iterator[Json]:
    """Every object with properties of its own that a schema describes."""
    if isinstance(schema, dict):
        if "properties" in schema:
            yield schema
        for key, inner in schema.items():
            if key not in ("examples", "const", "enum"):
                yield from objects(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from objects(inner)


def test_these_schemas_are_shipped() -> None:
    assert set(schema_names()) >= {*CONTRACTS, "lock", "manifest"}


@pytest.mark.parametrize("name", schema_names())
def test_a_schema_is_one(name: str) -> None:
    Draft202012Validator.check_schema(load_schema(name))


@pytest.mark.parametrize("name", CONTRACTS)
def test_every_property_is_described_with_examples_that_hold(name: str) -> None:
    schema = load_schema(name)
    found = dict(properties(schema))

    assert len(found) > 5
    for path, described in found.items():
        assert described.get("description", "").endswith("."), path
        assert described.get("examples"), path
        validator = Draft202012Validator({**described, "$defs": schema["$defs"]})
        for example in described["examples"]:
            assert [error.message for error in validator.iter_errors(example)] == [], path


@pytest.mark.parametrize("name", CONTRACTS)
def test_a_contract_takes_nothing_it_does_not_name(name: str) -> None:
    assert [
        o for o in objects(load_schema(name)) if o.get("additionalProperties") is not False
    ] == []


@pytest.fixture
def eventful(place: Workplace) -> Workplace:
    """A film that was run once: one shot of each kind of end, and one changed since."""
    place.faults(Fault(on="create", do="drop_after", prompt="Lost"))
    shots: list[Json] = [
        {"id": "done", "prompt": "A pier."},
        {"id": "changed", "prompt": "A boat."},
        {"id": "failed", "prompt": "A fight [[policy]]."},
        {"id": "refused", "prompt": "A word [[refuse]]."},
        {"id": "lost", "prompt": "Lost at sea."},
        {"id": "skipped", "prompt": "A gull.", "skip": True},
    ]
    place.write(shots, budget="5.00 USD")
    place.run()
    shots[1]["prompt"] = "A larger boat."
    place.write([*shots, {"id": "new", "prompt": "A new one."}], budget="5.00 USD")
    return place


def test_a_plan_keeps_its_contract(eventful: Workplace) -> None:
    plan = eventful.plan()

    assert objections("plan", plan) == []
    assert {shot["shot"]: shot["action"] for shot in plan["shots"]} == {
        "done": "keep",
        "changed": "stale",
        "failed": "failed",
        "refused": "failed",
        "lost": "decide",
        "skipped": "skip",
        "new": "submit",
    }
    assert plan["summary"]["cost"] == "0.3165 USD"


def test_a_plan_that_can_look_a_lost_send_up_keeps_its_contract(place: Workplace) -> None:
    place.write([{"id": "old", "prompt": "A pier."}])
    place.run()
    place.write([{"id": "new", "prompt": "A boat."}])

    plan = place.plan()

    assert objections("plan", plan) == []
    assert plan["summary"]["budget"] is None


def test_a_status_keeps_its_contract(eventful: Workplace) -> None:
    status = eventful.status()

    assert objections("status", status) == []
    assert {shot["shot"]: shot["state"] for shot in status["shots"]} == {
        "done": "collected",
        "changed": "collected",
        "failed": "failed",
        "refused": "refused",
        "lost": "unconfirmed",
        "skipped": "unsent",
        "new": "unsent",
    }
    assert status["summary"]["valid"] is True


def test_a_status_of_a_manifest_with_problems_keeps_its_contract(eventful: Workplace) -> None:
    eventful.manifest.write_text("version: 1\nshots: nothing\n", encoding="utf-8")

    status = eventful.status()

    assert objections("status", status) == []
    assert status["summary"]["valid"] is False


def test_expanded_shots_keep_their_contract(place: Workplace) -> None:
    """Every field that a request can have, once."""
    far = "https://example.com"
    place.write(
        [
            {"id": "text", "prompt": "A pier.", "tags": ["calm"], "skip": True},
            {
                "id": "parts",
                "model": "kling-v3-omni",
                "multi_shot": [{"prompt": "A.", "duration": 3}, {"prompt": "B.", "duration": 2}],
            },
            {"id": "auto", "prompt": "A storm.", "multi_shot": "auto", "model": "kling-v3-omni"},
            {"id": "frames", "prompt": "Night falls.", "first_frame": "pier", "end_frame": "sea"},
            {"id": "cast", "prompt": "{{ ref.keeper }} at {{ ref.pier }}."},
            {"id": "like", "prompt": "As in {{ ref.sway }}."},
            {
                "id": "edit",
                "prompt": "Snow falls in {{ edit }}.",
                "edit": "sway",
                "sound": "original",
            },
            {"id": "raw", "prompt": "A gull.", "extra": {"apimodels": {"watermark": False}}},
        ],
        references={
            "pier": {"image": f"{far}/pier.jpg"},
            "sea": {"image": f"{far}/sea.jpg"},
            "keeper": {"element": "160123456789012345"},
            "sway": {"video": f"{far}/sway.mp4"},
        },
    )

    ran = place.omnibatch("expand", "film.yaml", "--json")

    assert ran.code == 0, ran.said
    expanded = json.loads(ran.out)
    assert objections("expand", expanded) == []
    known = load_schema("expand")["$defs"]["request"]["properties"]
    assert {key for shot in expanded["shots"] for key in shot["request"]} == set(known)


def test_problems_keep_their_contract(launcher: Launcher, home: Path) -> None:
    ran = run(launcher, home, EXAMPLES, "validate", "invalid", "--format", "json")

    assert objections("problems", ran) == []
    assert ran["summary"]["errors"] > 10
    assert len(ran["problems"]) == sum(ran["summary"].values())


def test_no_problems_keep_the_contract_too(launcher: Launcher, home: Path) -> None:
    ran = run(launcher, home, EXAMPLES, "validate", "valid/smallest.yaml", "--format", "json")

    assert objections("problems", ran) == []
    assert ran["summary"]["errors"] == 0


def run(launcher: Launcher, home: Path, folder: Path, *arguments: str) -> Json:
    """The JSON that a command line prints on stdout."""
    environment = {"HOME": str(home), "PATH": "/nowhere", "PYTHONUTF8": "1"}
    with launcher.start(arguments, folder=folder, environment=environment) as running:
        finished = running.wait()
    document: Json = json.loads(finished.out)
    return document
