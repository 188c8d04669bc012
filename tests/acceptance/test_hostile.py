"""Hostile manifests, through the command line: a problem, exit 3, and nothing else.

Every example of tests/examples/invalid, and every bomb of tests/bombs.py. What each of
them takes is shown by `python -m tests.bench.hostile`.
"""

import json
import os
import shutil
from pathlib import Path

import pytest

from ..bombs import BOMBS, LARGEST
from ..launching import Launcher
from ..measured import Measured, measured

REPOSITORY = Path(__file__).parents[2]
INVALID = REPOSITORY / "tests" / "examples" / "invalid"
FILES = sorted(path.name for path in INVALID.glob("*.yaml"))
FOLDERS = sorted(path.parent.name for path in INVALID.glob("*/film.yaml"))

MOST_MEGABYTES = 300
# Of the processor, against hangs: more than twice what the slowest takes (docs/hostile.md),
# since a second of a machine with much else to do is worth half of one without.
MOST_SECONDS = 12
# Of the largest texts that are read; a hundred thousand shots may take 600 MB.
MOST_MEGABYTES_OF_LARGEST = 600
MOST_SECONDS_OF_LARGEST = 25


def listing(folder: Path) -> list[tuple[str, int, int]]:
    """What there is, with sizes and times: whatever is written shows."""
    found = ((path, path.lstat()) for path in sorted(folder.rglob("*")))
    return [(str(path), status.st_size, status.st_mtime_ns) for path, status in found]


def assert_refused(ended: Measured, most_megabytes: int = MOST_MEGABYTES) -> None:
    assert ended.code == 3, ended.said[:2000]
    assert "Traceback" not in ended.said
    assert ended.megabytes < most_megabytes


def place_and_code(line: str) -> str:
    return " ".join(line.split(" ")[:2])


@pytest.fixture(scope="module")
def told_of_files() -> set[str]:
    """The places and codes of all examples that are one file, read one after the other."""
    before = listing(INVALID)
    options = ["--ref-root", str(REPOSITORY), "--format", "json"]

    ended = measured(["validate", *options, *FILES], INVALID, most_seconds=3 * MOST_SECONDS)

    assert_refused(ended)
    assert listing(INVALID) == before
    problems = json.loads(ended.said)["problems"]
    return {
        f"{each['file']}:{each['line']}:{each['column']}: {each['code']}"
        if each["line"]
        else f"{each['file']}: {each['code']}"
        for each in problems
    }


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused_with_its_places(told_of_files: set[str], name: str) -> None:
    expected = (INVALID / name).with_suffix(".problems").read_text("utf-8").splitlines()

    assert expected
    # Which profile is used is not asked by validate: it goes through all of them.
    told = told_of_files | {place_and_code(line) for line in expected if " OB240 " in line}
    assert set(map(place_and_code, expected)) <= told


@pytest.mark.parametrize("name", FOLDERS)
def test_a_hostile_folder_is_refused_with_its_places(name: str) -> None:
    """Slow: a start of the command line for each, to see the memory that it alone takes."""
    before = listing(INVALID / name)

    ended = measured(
        ["validate", "--ref-root", ".", "film.yaml"], INVALID / name, most_seconds=MOST_SECONDS
    )

    assert_refused(ended)
    assert listing(INVALID / name) == before
    expected = (INVALID / name / "film.problems").read_text("utf-8").splitlines()
    assert list(map(place_and_code, ended.said.splitlines())) == list(map(place_and_code, expected))


@pytest.mark.slow
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_does_not_go_off(name: str, tmp_path: Path) -> None:
    """Slow: bombs are made of up to a hundred megabytes of text, and begun from cold."""
    make, expected = BOMBS[name]
    make(tmp_path)
    before = listing(tmp_path)

    most_seconds, most_megabytes = MOST_SECONDS, MOST_MEGABYTES
    if name in LARGEST:
        most_seconds, most_megabytes = MOST_SECONDS_OF_LARGEST, MOST_MEGABYTES_OF_LARGEST
    ended = measured(["validate", "film.yaml"], tmp_path, most_seconds=most_seconds)

    assert_refused(ended, most_megabytes)
    assert expected in ended.said
    assert listing(tmp_path) == before


@pytest.mark.parametrize(
    "arguments", [["expand"], ["plan"], ["plan", "--json"], ["run", "--yes"], ["rehearse"]]
)
@pytest.mark.parametrize(
    "name",
    [
        *("yaml-utf-16.yaml", "yaml-alias-bomb.yaml", "vars-that-double.yaml"),
        *("template-escapes.yaml", "paths-that-lead-out.yaml", "outputs-that-no-system-takes.yaml"),
        "images-that-are-not",
    ],
)
def test_no_command_does_anything_with_a_hostile_manifest(
    name: str, arguments: list[str], tmp_path: Path, home: Path, launcher: Launcher
) -> None:
    """No key is set: without one, and with a manifest that is wrong, nothing is dialled."""
    if name.endswith(".yaml"):
        shutil.copy(INVALID / name, tmp_path / "film.yaml")
    else:
        shutil.copytree(INVALID / name, tmp_path, dirs_exist_ok=True)
    before = listing(tmp_path)

    command, *options = arguments
    with launcher.start(
        [command, "film.yaml", *options],
        folder=tmp_path,
        environment={"HOME": str(home), "PYTHONUTF8": "1"},
    ) as running:
        ended = running.wait()

    assert ended.code == 3, ended.said
    assert "Traceback" not in ended.said
    assert "film.yaml:" in ended.err
    assert listing(tmp_path) == before


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif"])
def test_a_folder_of_odd_files_is_gone_through(form: str, tmp_path: Path) -> None:
    """A pipe, a device, links, a terabyte, and a name that is no UTF-8."""
    film = (INVALID / "keys.yaml").read_bytes()
    (tmp_path / "film.yaml").write_bytes(film)
    with open(os.fsencode(tmp_path) + b"/\xff.yaml", "wb") as file:
        file.write(film)
    with (tmp_path / "large.yaml").open("wb") as file:
        file.write(film)
        file.truncate(1 << 40)
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "zero.yaml").symlink_to("/dev/zero")
    (tmp_path / "nowhere.yaml").symlink_to("nowhere")
    (tmp_path / "ring").symlink_to(".")

    ended = measured(["validate", ".", "--format", form], tmp_path, most_seconds=MOST_SECONDS)

    assert_refused(ended)
    assert "film.yaml" in ended.said
    assert "large.yaml" in ended.said
