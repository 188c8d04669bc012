"""The example manifests: dropping a file into a folder is writing a test.

`valid/*.yaml` load without a finding; `NAME.shots.json` beside one says what its shots
must be. `invalid/*.yaml` give exactly the lines of `NAME.problems`. Files whose names
begin with `yaml-` belong to the tests of the YAML reader.
"""

import json
from pathlib import Path

import pytest

from omnibatch.manifest import Loaded, load_manifest
from omnibatch.shots import FrameSource, ImageSource, Shot, UrlSource

REPOSITORY = Path(__file__).parents[3]
EXAMPLES = REPOSITORY / "tests" / "examples"


def _manifests(folder: str) -> list[Path]:
    found = sorted((EXAMPLES / folder).glob("*.yaml"))
    return [path for path in found if not path.name.startswith("yaml-")]


def _load(path: Path) -> Loaded:
    return load_manifest(path, shown=path.name, ref_root=REPOSITORY)


def _source(source: ImageSource) -> str:
    if isinstance(source, FrameSource):
        return str(source)
    return source.url if isinstance(source, UrlSource) else source.shown


def essentials(shot: Shot) -> dict[str, object]:
    """What is bought with a shot and where it goes, without what is as usual."""
    written: dict[str, object] = {
        "id": shot.id,
        "profile": shot.slot.profile or None,
        "take": shot.slot.take if shot.slot.take > 1 else None,
        "scene": shot.scene or None,
        "row": shot.row and str(shot.row),
        "was": shot.was or None,
        "locked": shot.locked,
        "providers": list(shot.providers),
        "model": shot.model,
        "mode": shot.mode,
        "duration": shot.duration,
        "aspect_ratio": shot.aspect_ratio,
        "prompt": shot.prompt,
        "sound": shot.sound if shot.sound != "off" else None,
        "images": [f"{image.use}: {_source(image.source)}" for image in shot.images],
        "elements": [dict(element.by_provider) or element.element_id for element in shot.elements],
        "video": shot.video and f"{shot.video.use}: {_source(shot.video.source)}",
        "multi_shot": shot.multi_shot
        and ([[p.prompt, p.duration] for p in shot.multi_shot.parts] or "auto"),
        "tags": list(shot.tags),
        "skip": shot.skip,
        "target": shot.target,
        "dropped": dict(shot.dropped),
    }
    return {key: value for key, value in written.items() if value not in (None, [], {}, False)}


@pytest.mark.parametrize("path", _manifests("valid"), ids=lambda path: path.stem)
def test_valid_example_has_no_error(path: Path) -> None:
    loaded = _load(path)

    assert [str(found) for found in loaded.problems if found.severity == "error"] == []
    assert loaded.batch is not None


@pytest.mark.parametrize(
    "path", sorted((EXAMPLES / "valid").glob("*.shots.json")), ids=lambda path: path.stem
)
def test_valid_example_becomes_the_expected_shots(path: Path) -> None:
    batch = _load(path.with_name(path.name.removesuffix(".shots.json") + ".yaml")).batch

    assert batch is not None
    assert [essentials(shot) for shot in batch.shots] == json.loads(path.read_text("utf-8"))


@pytest.mark.parametrize("path", _manifests("invalid"), ids=lambda path: path.stem)
def test_invalid_example_gives_the_expected_problems(path: Path) -> None:
    loaded = _load(path)

    expected = path.with_suffix(".problems").read_text("utf-8").splitlines()
    assert [str(found) for found in loaded.problems] == expected
    assert loaded.batch is None


@pytest.mark.parametrize("name", ["quickstart", "harbor"])
def test_shipped_spec_loads_without_a_finding(name: str) -> None:
    loaded = load_manifest(REPOSITORY / "specs" / f"{name}.yaml", ref_root=REPOSITORY)

    assert loaded.problems == ()
    assert loaded.name == name


def test_every_problem_has_a_cure() -> None:
    without = [
        line
        for path in sorted((EXAMPLES / "invalid").glob("*.problems"))
        for line in path.read_text("utf-8").splitlines()
        if not line.endswith(")")
    ]

    assert without == []
