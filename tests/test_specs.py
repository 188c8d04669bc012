"""Every manifest in `specs/` is valid, can be rehearsed, and is done when run again."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .launching import Finished, Launcher

SPECS = Path(__file__).parent.parent / "specs"
MANIFESTS = sorted(path.name for path in SPECS.glob("*.yaml"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of `specs/` as a checkout has it."""
    copy = tmp_path / "specs"
    shutil.copytree(
        SPECS, copy, ignore=shutil.ignore_patterns(".omnibatch", "renders", "*.lock.json")
    )
    return copy


class CommandLine:
    """Runs command lines in a folder, without keys."""

    def __init__(self, launcher: Launcher, folder: Path, home: Path) -> None:
        self._launcher = launcher
        self._folder = folder
        self._environment = {"HOME": str(home), "PATH": "/nowhere", "PYTHONUTF8": "1"}

    def __call__(self, *arguments: str) -> Finished:
        with self._launcher.start(
            arguments, folder=self._folder, environment=self._environment
        ) as running:
            return running.wait()


@pytest.fixture
def omnibatch(launcher: Launcher, folder: Path, home: Path) -> CommandLine:
    return CommandLine(launcher, folder, home)


def listing(folder: Path) -> dict[str, bytes]:
    """Every file that a rerun must leave as it is: all but the emulator's own."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "emulator" not in path.parts
    }


def test_there_are_specs() -> None:
    assert {
        *("continuity.yaml", "dialogue.yaml", "edit.yaml", "harbor.yaml", "looks.yaml"),
        *("products.yaml", "quickstart.yaml", "storyboard.yaml"),
    } == set(MANIFESTS)


@pytest.mark.parametrize("manifest", MANIFESTS)
def test_a_spec_names_its_schema_for_editors(manifest: str) -> None:
    first = (SPECS / manifest).read_text(encoding="utf-8").splitlines()[0]

    assert first == "# yaml-language-server: $schema=../schemas/manifest.schema.json"
    assert (SPECS / "../schemas/manifest.schema.json").is_file()


@pytest.mark.parametrize("manifest", MANIFESTS)
def test_a_spec_has_no_problem_at_all(manifest: str, omnibatch: CommandLine) -> None:
    ran = omnibatch("validate", manifest, "--format", "json")

    assert ran.code == 0
    # What no page of the provider promises is said, and no change of the spec would help.
    doubts = {"dialogue.yaml": {("OB504", "warning")}}.get(manifest, set())
    found = json.loads(ran.out)["problems"]
    assert {(each["code"], each["severity"]) for each in found} == doubts


@pytest.mark.parametrize("manifest", sorted({*MANIFESTS} - {"edit.yaml"}))  # it says why
def test_a_spec_fits_its_own_budget(manifest: str, omnibatch: CommandLine) -> None:
    ran = omnibatch("plan", manifest)

    assert ran.code == 0, ran.said
    assert ", budget " in ran.out


def test_the_readme_says_what_each_spec_shows() -> None:
    readme = (SPECS.parent / "README.md").read_text(encoding="utf-8")

    assert sorted(re.findall(r"^\| `(\w+\.yaml)` \|", readme, re.MULTILINE)) == MANIFESTS


def _cast(shots: list[dict[str, Any]]) -> bool:
    """Whether the shots are of a film whose cast stands in a library."""
    return any("the keeper <<<image_1>>>" in str(shot["request"]) for shot in shots)


SHOWS: dict[str, Callable[[list[dict[str, Any]]], bool]] = {
    "continuity.yaml": lambda shots: (
        [shot["request"].get("first_frame", {}).get("shot") for shot in shots]
        == [None, "door", "steps"]
    ),
    "storyboard.yaml": lambda shots: (
        [*dict.fromkeys(shot["scene"] for shot in shots)] == ["morning", "storm", "epilogue"]
        and _cast(shots)
        and len({shot["file"] for shot in shots}) == 2
    ),
    "dialogue.yaml": lambda shots: (
        [sorted(shot["request"]["multi_shot"]) for shot in shots] == [["parts"], ["auto"]]
        and {shot["request"]["sound"] for shot in shots} == {"on"}
        and _cast(shots)
    ),
    "looks.yaml": lambda shots: (
        [(shot["shot"], shot["take"]) for shot in shots]
        == [
            ("lighthouse-calm-35mm", 1),
            ("lighthouse-storm-35mm", 1),
            ("lighthouse-storm-85mm", 1),
            ("lighthouse-fog-24mm", 1),
            ("lantern", 1),
            ("lantern", 2),
        ]
    ),
    "products.yaml": lambda shots: (
        [(shot["shot"], shot["row"], shot["request"]["mode"]) for shot in shots]
        == [
            (f"sku-100{n}", {"file": "data/products.csv", "line": n + 1}, mode)
            for n, mode in ((1, "pro"), (2, "std"), (3, "std"))
        ]
    ),
    "edit.yaml": lambda shots: (
        [shot["request"]["video"]["use"] for shot in shots] == ["base", "base", "feature"]
    ),
}


@pytest.mark.parametrize("manifest", SHOWS)
def test_a_spec_shows_what_it_is_there_for(manifest: str, omnibatch: CommandLine) -> None:
    ran = omnibatch("expand", manifest, "--json")

    assert ran.code == 0, ran.said
    assert SHOWS[manifest](json.loads(ran.out)["shots"])


@pytest.mark.slow
@pytest.mark.parametrize("manifest", MANIFESTS)
def test_a_spec_is_rehearsed_and_a_rerun_changes_no_byte(
    manifest: str, omnibatch: CommandLine, folder: Path
) -> None:
    """Slow: the emulator takes a second or more to render each clip."""
    first = omnibatch("rehearse", manifest, "--small")
    after_first = listing(folder)
    second = omnibatch("rehearse", manifest, "--small")

    assert first.code == 0, first.said
    lockfile = folder / f".omnibatch/rehearsal/{Path(manifest).stem}.lock.json"
    attempts = json.loads(lockfile.read_text(encoding="utf-8"))["attempts"]
    clips = [task["output"]["path"] for attempt in attempts for task in attempt["tasks"]]
    assert f": {len(clips)} of {len(clips)} collected" in first.out
    assert all((lockfile.parent / clip).is_file() for clip in clips)
    assert second.code == 0, second.said
    assert "nothing to do, nothing to pay" in second.out
    assert listing(folder) == after_first


@pytest.mark.slow
def test_a_rehearsal_leaves_the_real_ledger_unmade(omnibatch: CommandLine, folder: Path) -> None:
    """Slow: it rehearses."""
    omnibatch("rehearse", "quickstart.yaml", "--small", "--limit", "1")
    plan = json.loads(omnibatch("plan", "quickstart.yaml", "--json").out)

    assert not list(folder.glob("*.lock.json"))
    assert plan["summary"]["actions"] == {"submit": 3}
