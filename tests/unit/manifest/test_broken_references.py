"""A reference that cannot be used is one problem, where it is written."""

from pathlib import Path

import pytest

from omnibatch.checks import check
from omnibatch.manifest import load_manifest
from omnibatch.problems import Problem
from omnibatch.shots import BrokenSource

HEAD = 'version: 1\nprovider: apimodels\ndefaults: {aspect_ratio: "16:9"}\n'
SHOTS = [
    f"{{id: s{number}, prompt: 'Shot {number} of {{{{ ref.hat }}}}.'}}" for number in range(60)
]
BROKEN = {
    "no file": ("{image: nix.png}", "OB320"),
    "a private address": ("{image: 'http://localhost/hat.png'}", "OB322"),
    "a folder": ("{image: .}", "OB321"),
    "one of two": ("{image: [hat.png, nix.png]}", "OB320"),
    "too many": (f"{{image: [{', '.join(f'{n}.png' for n in range(60))}]}}", "OB209"),
    "a name that is not there": ("{image: '{{ hatt }}'}", "OB302"),
    "no id": ("{element: '{{ word }}'}", "OB207"),
    "no id at one provider": ("{element: {apimodels: '{{ word }}', cometapi: 17}}", "OB207"),
    "a video": ("{video: nix.mp4}", "OB320"),
}
EDITS = {
    "by name": "v",
    "a path": "nix.mp4",
    "an address": "'http://localhost/x.mp4'",
    "a map": "{video: nix.mp4}",
}


def _found(folder: Path, text: str) -> tuple[list[Problem], bool]:
    """What reading and checking find, and whether anything could be bought."""
    (folder / "hat.png").write_bytes(b"")
    manifest = folder / "m.yaml"
    manifest.write_text(HEAD + text, encoding="utf-8")
    loaded = load_manifest(manifest, shown="m.yaml")
    assert loaded.sound is not None
    result = check(loaded.sound)
    # An empty file is no picture, which is no matter here.
    checked = [each for each in result.problems if "hat.png" not in each.message]
    return [*loaded.problems, *checked], bool(loaded.batch or result.batch)


def _shots(*shots: str) -> str:
    return "shots:\n" + "".join(f"  - {shot}\n" for shot in shots)


@pytest.mark.parametrize(("written", "code"), BROKEN.values(), ids=BROKEN)
def test_one_broken_reference_is_one_problem_for_all_shots(
    tmp_path: Path, written: str, code: str
) -> None:
    text = f"vars: {{word: lamp}}\nreferences: {{hat: {written}}}\n" + _shots(*SHOTS)

    found, may_be_bought = _found(tmp_path, text)

    assert [(each.code, each.place.line) for each in found] == [(code, 5)]
    assert not may_be_bought


def test_beside_one_that_is_fine_it_keeps_its_number(tmp_path: Path) -> None:
    text = "references: {coat: {image: hat.png}, hat: {image: nix.png}}\n"

    found, _ = _found(
        tmp_path, text + _shots("{id: a, prompt: '{{ ref.hat }} and {{ ref.coat }}'}")
    )

    assert [each.code for each in found] == ["OB320"]


def test_of_a_scene_and_of_a_library_it_is_the_same(tmp_path: Path) -> None:
    (tmp_path / "cast.yaml").write_text("references: {coat: {image: gone.png}}\n", "utf-8")
    text = (
        "include: cast.yaml\nshots:\n  - scene: pier\n    references: {hat: {image: nix.png}}\n"
        "    shots:\n"
        "      - {id: a, prompt: '{{ ref.hat }}'}\n"
        "      - {id: b, prompt: '{{ ref.hat }} and {{ ref.coat }}'}\n"
    )

    found, _ = _found(tmp_path, text)

    assert [(each.code, each.place.file) for each in found] == [
        ("OB320", "cast.yaml"),
        ("OB320", "m.yaml"),
    ]


@pytest.mark.parametrize("written", EDITS.values(), ids=EDITS)
def test_an_edit_of_a_broken_video_still_is_an_edit(tmp_path: Path, written: str) -> None:
    manifest = tmp_path / "m.yaml"
    manifest.write_text(
        "version: 1\nprovider: apimodels\nreferences: {v: {video: nix.mp4}}\n"
        + _shots(f'{{id: a, edit: {written}, prompt: "{{{{ edit }}}} at night."}}'),
        encoding="utf-8",
    )

    loaded = load_manifest(manifest)

    assert loaded.sound is not None
    assert {each.code for each in loaded.problems} <= {"OB320", "OB322"}
    assert check(loaded.sound).problems == ()


def test_what_else_is_wrong_with_its_shots_is_found(tmp_path: Path) -> None:
    text = "references: {hat: {image: nix.png}}\n" + _shots(
        "{id: a, prompt: '{{ ref.hat }}', duration: 60}",
        "{id: b, prompt: x, first_frame: hat, duration: 60}",
        "{id: c, prompt: x, first_frame: gone.png, duration: 60}",
        "{id: d, prompt: '{{ ref.own }}', references: {own: {image: gone.png}}, duration: 60}",
    )

    found, may_be_bought = _found(tmp_path, text)

    assert sorted(each.code for each in found) == ["OB320"] * 3 + ["OB526"] * 4
    assert not may_be_bought


def test_a_broken_source_never_comes_into_a_batch_that_can_be_bought(tmp_path: Path) -> None:
    manifest = tmp_path / "m.yaml"
    manifest.write_text(HEAD + _shots("{id: a, prompt: x, first_frame: nix.png}"), "utf-8")

    loaded = load_manifest(manifest)
    assert loaded.sound is not None
    (image,) = loaded.sound.shots[0].images
    result = check(loaded.sound)

    assert loaded.batch is None
    assert isinstance(image.source, BrokenSource)
    assert (result.batch, result.problems) == (None, ())


def test_a_frame_or_edit_whose_template_comes_to_nothing_is_not_written(tmp_path: Path) -> None:
    manifest = tmp_path / "m.yaml"
    text = 'vars: {blank: ""}\n' + _shots(
        '{id: a, prompt: x, first_frame: {image: "{{ blank }}"}}',
        '{id: b, prompt: x, edit: {video: "{{ blank }}"}}',
    )
    manifest.write_text(HEAD + text, "utf-8")

    loaded = load_manifest(manifest)

    assert loaded.problems == ()
    assert loaded.batch is not None
    shots = [(shot.id, shot.images, shot.video, shot.duration) for shot in loaded.batch.shots]
    assert shots == [("a", (), None, 5), ("b", (), None, 5)]
    assert check(loaded.batch).batch is not None


@pytest.mark.parametrize(("key", "kind"), [("first_frame", "image"), ("edit", "video")])
def test_a_frame_or_edit_that_names_an_empty_reference_is_a_problem(
    tmp_path: Path, key: str, kind: str
) -> None:
    text = f'vars: {{blank: ""}}\nreferences: {{hat: {{{kind}: "{{{{ blank }}}}"}}}}\n'

    found, _ = _found(tmp_path, text + _shots(f"{{id: a, prompt: x, {key}: hat}}"))

    (problem,) = found
    assert problem.code == "OB310"
    assert problem.message == f"the reference hat is empty here, and {key} uses it"


def test_a_frame_of_a_shot_that_is_not_there_lists_those_with_findings_too(tmp_path: Path) -> None:
    text = _shots(
        "{id: bad, prompt: '{{ nobody }}'}", "{id: good, prompt: x, first_frame: {shot: zzzzzzz}}"
    )

    found, _ = _found(tmp_path, text)

    assert [each.hint for each in found if each.code == "OB315"] == ["there is: bad, good"]
