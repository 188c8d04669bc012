"""What `validate` prints, in each of its forms."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from ..launching import Finished
from ..measured import measured
from ..workplace import Workplace

REPOSITORY = Path(__file__).parents[2]
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


def test_github_escapes_what_would_end_a_command_or_a_property(
    place: Workplace, folder: Path
) -> None:
    name = "50%,\n:new.yaml"
    (folder / name).write_text(HEAD + 'shots: [{id: a, prompt: x, mode: "50%, now: \u202ex"}]\n')

    said = place.omnibatch("validate", name, "--format", "github")

    assert said.out == (
        "::error file=50%25%2C%0A%3Anew.yaml,line=4,col=34,title=omnibatch OB207::"
        "mode must be std or pro, not '50%25, now: \\u202ex' (write it like std)\n"
    )


def test_github_puts_the_row_into_the_annotation(place: Workplace, folder: Path) -> None:
    (folder / "r.csv").write_text("sku,mode\n1,std\n2,odd\n")
    text = (
        HEAD + 'shots: [{id: "a-{{ row.sku }}", rows: r.csv, prompt: x, mode: "{{ row.mode }}"}]\n'
    )

    (line,) = _validate(place, text, "--format", "github").out.splitlines()

    assert line.endswith("%0Ar.csv:3:1: the row it came up with")


@pytest.mark.parametrize("form", ["github", "sarif"])
def test_files_are_named_from_the_root_of_the_checkout(
    place: Workplace, folder: Path, form: str
) -> None:
    (folder / "r.csv").write_text("sku,mode\n1,odd\n")
    text = (
        HEAD + 'shots: [{id: "a-{{ row.sku }}", rows: r.csv, prompt: x, mode: "{{ row.mode }}"}]\n'
    )
    place.manifest.write_text(text)

    said = place.omnibatch(
        "validate", "film.yaml", "--format", form, GITHUB_WORKSPACE=str(folder.parent)
    )
    elsewhere = place.omnibatch("validate", "film.yaml", "--format", form, GITHUB_WORKSPACE="/no")

    assert f"{folder.name}/film.yaml" in said.out
    assert f"{folder.name}/r.csv" in said.out
    assert f"{folder.name}/film.yaml" not in elsewhere.out


def test_github_shows_two_hundred_and_counts_the_rest(place: Workplace) -> None:
    shots = "".join(f"- {{id: s{n}, prompt: x, mode: bst}}\n" for n in range(300))

    said = _validate(place, HEAD + "shots:\n" + shots, "--format", "github").out.splitlines()

    assert len(said) == 201
    assert said[-1] == "::notice title=omnibatch::100 more problems are not shown"


@pytest.mark.parametrize("form", ["json", "sarif"])
def test_a_document_for_programs_holds_all_of_them(place: Workplace, form: str) -> None:
    shots = "".join(f"- {{id: s{n}, prompt: x, mode: bst}}\n" for n in range(300))

    document = json.loads(_validate(place, HEAD + "shots:\n" + shots, "--format", form).out)

    found = document["problems"] if form == "json" else document["runs"][0]["results"]
    assert len(found) == 300


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
    run = document["runs"][0]
    assert run["columnKind"] == "unicodeCodePoints"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["OB207", "OB302"]
    assert [run["tool"]["driver"]["rules"][each["ruleIndex"]]["id"] for each in results] == [
        each["ruleId"] for each in results
    ]
    assert "did you mean" not in run["tool"]["driver"]["rules"][0]["help"]["text"]
    assert results[0]["locations"][0]["physicalLocation"]["region"] == {
        "startLine": 5,
        "startColumn": 28,
    }


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("a b.yaml", "a%20b.yaml"),
        ("a#b%.yaml", "a%23b%25.yaml"),
        ("c:d.yaml", "c%3Ad.yaml"),
        ("caf\u00e9.yaml", "caf%C3%A9.yaml"),
        ("caf\udce9.yaml", "caf%E9.yaml"),
    ],
)
def test_a_file_is_an_address_in_sarif(place: Workplace, folder: Path, name: str, uri: str) -> None:
    (folder / name).write_text(BAD)

    said = place.omnibatch("validate", name, "--format", "sarif")

    (run,) = json.loads(said.out)["runs"]
    assert {
        each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for each in run["results"]
    } == {uri}


def test_a_name_that_is_no_text_is_still_json(place: Workplace, folder: Path) -> None:
    (folder / "caf\udce9.yaml").write_text(BAD)

    said = place.omnibatch("validate", "caf\udce9.yaml", "--format", "json")

    assert {each["file"] for each in json.loads(said.out)["problems"]} == {"caf\udce9.yaml"}


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


def test_a_part_of_two_manifests_is_told_once(place: Workplace, folder: Path) -> None:
    (folder / "part.yaml").write_text("- {id: b, prompt: x, mode: bst}\n")
    for name in ("one.yaml", "two.yaml"):
        (folder / name).write_text(HEAD + "shots: [{include: part.yaml}]\n")

    said = place.omnibatch("validate", "one.yaml", "two.yaml", "part.yaml")

    assert [line.split(" ")[:2] for line in said.out.splitlines()] == [["part.yaml:1:28:", "OB207"]]


def test_a_manifest_named_twice_is_checked_once(place: Workplace, folder: Path) -> None:
    place.manifest.write_text(HEAD + "shots: [{id: a, prompt: x}]\n")

    said = place.omnibatch("validate", "film.yaml", ".", str(folder), "./film.yaml")

    assert said.out == "film.yaml: 1 shot, no errors\n"


def test_many_files_and_folders_are_checked_together(place: Workplace, folder: Path) -> None:
    (folder / "a").mkdir()
    (folder / "a" / "one.yaml").write_text(HEAD + "shots: [{id: a, prompt: x}]\n")
    (folder / "a" / "two.yml").write_text(HEAD + "shots: [{id: a, prompt: x, mode: bst}]\n")
    (folder / "a" / "other.yaml").write_text("services: {web: {image: nginx}}\n")
    place.manifest.write_text(HEAD + "shots: [{id: a, prompt: x, mode: bst}]\n")

    said = place.omnibatch("validate", "film.yaml", "a")

    assert said.code == 3
    assert [line.split(" ")[0] for line in said.out.splitlines()] == [
        "a/two.yml:4:34:",
        "film.yaml:4:34:",
        "a/one.yaml:",
    ]


@pytest.mark.slow
def test_many_profiles_take_no_more_memory_than_one(place: Workplace, folder: Path) -> None:
    """Slow: shots enough to be told from the program itself are read ten times."""
    shots = "".join(f"  - {{id: s{n}, prompt: shot {n}}}\n" for n in range(5000))
    profiles = ", ".join(f"p{n}: {{mode: pro}}" for n in range(10))
    place.manifest.write_text(f"{HEAD}profiles: {{{profiles}}}\nprofile: p3\nshots:\n{shots}")

    one = measured(["validate", "film.yaml", "--profile", "p3"], folder, most_seconds=60)
    all_of_them = measured(["validate", "film.yaml"], folder, most_seconds=60)

    assert one.code == all_of_them.code == 0
    assert all_of_them.megabytes < 1.2 * one.megabytes


def test_what_only_some_profiles_have_names_them(place: Workplace) -> None:
    text = (
        HEAD
        + "profiles: {draft: {}, final: {sound: on}, loud: {sound: on}}\n"
        + "shots: [{id: a, prompt: x}, {id: b, prompt: x, duration: 60}]\n"
    )

    lines = _validate(place, text).out.splitlines()

    (sound,) = [line for line in lines if "OB541" in line and ":4:38:" in line]
    (length,) = [line for line in lines if "OB526" in line]
    assert "[profile final]" in sound
    assert "[profile" not in length


def test_it_needs_no_key_no_home_and_no_network(tmp_path: Path) -> None:
    """With nothing in the environment, and a process that cannot make a socket."""
    script = (
        "import sys\n"
        "sys.addaudithook(lambda event, _: event.startswith('socket.') and sys.exit(event))\n"
        "from omnibatch.cli import main\n"
        "main()\n"
    )
    specs = REPOSITORY / "specs"

    done = subprocess.run(
        [sys.executable, "-c", script, "validate", str(specs)],
        cwd=tmp_path,
        env={"PATH": "/nowhere", "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert str(specs / "harbor.yaml") in done.stdout


def test_at_most_two_hundred_are_shown_and_the_rest_counted(place: Workplace) -> None:
    shots = "".join(f"- {{id: s{n}, prompt: x, mode: bst}}\n" for n in range(1250))

    said = _validate(place, HEAD + "shots:\n" + shots)

    assert len(said.out.splitlines()) == 201
    assert said.out.splitlines()[-1] == "... and 1,050 more problems"


def test_a_reference_that_is_not_there_is_told_once(place: Workplace) -> None:
    shots = "".join(f"- {{id: s{n}, prompt: 'shot {n} of {{{{ ref.hat }}}}'}}\n" for n in range(60))
    edit = "- {id: cut, edit: sway, prompt: '{{ edit }} at night'}\n"
    references = "references: {hat: {image: nix.png}, sway: {video: nix.mp4}}\n"

    said = _validate(place, HEAD + references + "shots:\n" + shots + edit)

    assert [line.split(" (")[0].split(" ", 1)[1] for line in said.out.splitlines()] == [
        "OB320 there is no file nix.png",
        "OB320 there is no file nix.mp4",
    ]
    assert said.code == 3


WARNED = (
    HEAD
    + "shots:\n"
    + "".join(f"- {{id: s{n}, prompt: x, extra: {{apimodels: {{q: {n}}}}}}}\n" for n in range(300))
)


def test_no_error_is_left_out_for_warnings(place: Workplace) -> None:
    said = _validate(place, WARNED + "- {id: bad, prompt: x, mode: best}\n")

    lines = said.out.splitlines()
    assert len(lines) == 201
    assert lines[199].startswith("film.yaml:305:")
    assert sum(" warning: " in line for line in lines) == 199
    assert lines[200] == "... and 101 more problems (101 warnings)"


def test_of_annotations_neither(place: Workplace) -> None:
    text = WARNED + "- {id: bad, prompt: x, mode: best}\n"

    lines = _validate(place, text, "--format", "github").out.splitlines()

    assert [line.split(" ")[0] for line in lines[198:]] == ["::warning", "::error", "::notice"]
    assert lines[200].endswith("::101 more problems (101 warnings) are not shown")


def test_run_shows_the_errors_among_many_warnings_too(place: Workplace) -> None:
    place.manifest.write_text(WARNED + "- {id: bad, prompt: x, mode: best}\n", "utf-8")

    assert "film.yaml:305:" in place.run().err


def test_a_folder_without_a_manifest_is_told_which_file_is_nearly_one(
    place: Workplace, folder: Path
) -> None:
    (folder / "empty").mkdir()
    (folder / "parts").mkdir()
    (folder / "parts" / "part.yaml").write_text("shots: [{id: a, prompt: x}]\n")

    nearly, nothing = place.omnibatch("validate", "parts"), place.omnibatch("validate", "empty")

    assert (nearly.code, nothing.code) == (2, 2)
    assert "parts/part.yaml has `shots:`, and a manifest has `version:`" in nearly.err
    assert "a manifest has `shots:`, and `version:` or `provider:`, at the margin" in nothing.err


def test_of_two_manifests_one_is_to_be_named(place: Workplace, folder: Path) -> None:
    for name in ("one.yaml", "two.yaml"):
        (folder / name).write_text("version: 1\nprovider: apimodels\nshots: [{id: a, prompt: x}]\n")

    assert (
        "-f FILE takes one whatever its name ends in" in place.omnibatch("plan", "three.json").err
    )
