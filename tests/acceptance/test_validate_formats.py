"""What `validate` prints, in each of its forms."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from ..launching import Finished
from ..workplace import Workplace

HEAD = "version: 1\nprovider: apimodels\ndefaults: {aspect_ratio: 16:9}\n"
BAD = HEAD + 'shots:\n- {id: a, prompt: "50%, {{ nobody }}"}\n- {id: b, prompt: x, mode: bst}\n'


@pytest.fixture
def folder(place: Workplace) -> Path:
    return place.manifest.parent


def _validate(place: Workplace, text: str, *arguments: str) -> Finished:
    place.manifest.write_text(text, "utf-8")
    return place.omnibatch("validate", place.manifest.name, *arguments)


def test_text_is_one_line_for_each_problem(place: Workplace) -> None:
    said = _validate(place, BAD)

    assert said.code == 3
    assert [line.split(" ")[:2] for line in said.out.splitlines()] == [
        ["film.yaml:5:28:", "OB302"],
        ["film.yaml:6:28:", "OB207"],
    ]


def test_github_is_one_annotation_for_each_problem(place: Workplace) -> None:
    said = _validate(place, BAD, "--format", "github")

    assert said.code == 3
    first, second = said.out.splitlines()
    assert first.startswith("::error file=film.yaml,line=5,col=28,title=omnibatch OB302::")
    assert second.endswith("mode must be std or pro, not 'bst' (did you mean std?)")


def test_github_escapes_what_would_end_a_command(place: Workplace) -> None:
    said = _validate(
        place, HEAD + 'shots: [{id: a, prompt: x, mode: "50%\\nnow"}]\n', "--format", "github"
    )

    assert "'50%25\\\\nnow'" in said.out or "50%25" in said.out
    assert len(said.out.splitlines()) == 1


def test_sarif_is_valid_by_the_official_schema(place: Workplace, node_modules: Path) -> None:
    schema = node_modules / "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"
    (place.manifest.parent / "rows.csv").write_text("sku,mode\n1,std\n2,odd\n")
    rows = '- {id: "c-{{ row.sku }}", rows: rows.csv, prompt: x, mode: "{{ row.mode }}"}\n'

    said = _validate(place, BAD + rows, "--format", "sarif")

    document = json.loads(said.out)
    validator = Draft7Validator(json.loads(schema.read_text("utf-8")))
    assert [error.message for error in validator.iter_errors(document)] == []
    results = document["runs"][0]["results"]
    assert [each["ruleId"] for each in results] == ["OB302", "OB207", "OB207"]
    related = results[2]["relatedLocations"][0]["physicalLocation"]
    assert related["artifactLocation"]["uri"] == "rows.csv"
    assert related["region"]["startLine"] == 3
    assert said.code == 3


def test_a_clean_run_is_a_valid_sarif_log_without_results(
    place: Workplace, node_modules: Path
) -> None:
    schema = node_modules / "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"

    said = _validate(place, HEAD + "shots: [{id: a, prompt: x}]\n", "--format", "sarif")

    document = json.loads(said.out)
    validator = Draft7Validator(json.loads(schema.read_text("utf-8")))
    assert [error.message for error in validator.iter_errors(document)] == []
    assert document["runs"][0]["results"] == []
    assert said.code == 0


def test_every_profile_is_checked_unless_one_is_named(place: Workplace) -> None:
    text = HEAD + "profiles: {draft: {}, final: {duration: 99}}\nshots: [{id: a, prompt: x}]\n"

    assert _validate(place, text).code == 3
    assert "99 s" in _validate(place, text).out
    assert _validate(place, text, "--profile", "draft").code == 0
    assert "OB241" in _validate(place, text, "--profile", "finl").out


def test_files_that_others_include_are_not_checked_alone(place: Workplace, folder: Path) -> None:
    (folder / "scenes").mkdir()
    part = "version: 1\nshots: [{id: b, prompt: x, mode: bst}]\n"
    (folder / "scenes" / "part.yaml").write_text(part)
    place.manifest.write_text(HEAD + "shots: [{id: a, prompt: x}, {include: scenes/part.yaml}]\n")

    said = place.omnibatch("validate", ".")

    assert [line.split(" ")[:2] for line in said.out.splitlines()] == [
        ["scenes/part.yaml:2:34:", "OB207"]
    ]


def test_at_most_two_hundred_are_shown_and_the_rest_counted(place: Workplace) -> None:
    shots = "".join(f"- {{id: s{n}, prompt: x, mode: bst}}\n" for n in range(1250))

    said = _validate(place, HEAD + "shots:\n" + shots)

    assert len(said.out.splitlines()) == 201
    assert said.out.splitlines()[-1] == "... and 1,050 more problems"
