"""One mistake does not hide another: everything is found in one go."""

from pathlib import Path

from omnibatch.checks import check
from omnibatch.manifest import load_manifest

MANIFEST = """\
version: 1
provider: apimodels
budget: much
defaults: {modle: kling-video-o1, aspect_ratio: "16:9"}
shots:
  - {id: a, prompt: "{{ nobody }} walks", duration: five}
  - {id: b, prompt: fine}
  - {id: B, prompt: fine}
  - {id: c, prompt: fine, first_frame: gone.png, mode: best}
"""


def test_shape_names_ids_and_files_are_judged_together(tmp_path: Path) -> None:
    manifest = tmp_path / "m.yaml"
    manifest.write_text(MANIFEST, encoding="utf-8")

    loaded = load_manifest(manifest, shown="m.yaml")

    assert loaded.batch is None
    assert [(each.place.line, each.code) for each in loaded.problems] == [
        (3, "OB207"),
        (4, "OB201"),
        (6, "OB302"),
        (6, "OB207"),
        (8, "OB211"),
        (9, "OB320"),
        (9, "OB207"),
    ]


def test_what_is_sound_is_still_checked_against_the_limits(tmp_path: Path) -> None:
    manifest = tmp_path / "m.yaml"
    manifest.write_text(
        "version: 1\nprovider: apimodels\nshots:\n"
        "  - {id: a, prompt: x, duration: 7}\n"
        "  - {id: b, promt: x}\n",
        encoding="utf-8",
    )

    loaded = load_manifest(manifest, shown="m.yaml")

    assert loaded.batch is None
    assert loaded.sound is not None
    assert [shot.id for shot in loaded.sound.shots] == ["a"]
    assert {each.place.line for each in check(loaded.sound).problems} == {4}


def test_with_doubtful_defaults_limits_are_not_judged(tmp_path: Path) -> None:
    """A misspelt `aspect_ratio` among the defaults must not be told once for each shot."""
    manifest = tmp_path / "m.yaml"
    manifest.write_text(
        "version: 1\nprovider: apimodels\ndefaults: {aspct_ratio: '16:9'}\n"
        "shots: [{id: a, prompt: x}]\n",
        encoding="utf-8",
    )

    loaded = load_manifest(manifest, shown="m.yaml")

    assert [each.code for each in loaded.problems] == ["OB201"]
    assert loaded.sound is None


def test_a_provider_that_is_missing_is_told_once(tmp_path: Path) -> None:
    manifest = tmp_path / "m.yaml"
    manifest.write_text(
        "version: 1\ndefaults: {aspect_ratio: '16:9'}\nshots:\n"
        "  - {id: a, prompt: x}\n"
        "  - {id: b, prompt: x}\n"
        "  - {id: c, prompt: x, provider: apimodels, duration: 60}\n",
        encoding="utf-8",
    )

    loaded = load_manifest(manifest, shown="m.yaml")

    assert [each.code for each in loaded.problems] == ["OB204"]
    assert loaded.sound is not None
    assert [each.code for each in check(loaded.sound).problems] == ["OB526"]


def test_raw_fields_that_are_not_sent_are_not_said_to_be_sent_unchecked(tmp_path: Path) -> None:
    manifest = tmp_path / "m.yaml"
    manifest.write_text(
        "version: 1\nprovider: apimodels\ndefaults: {aspect_ratio: '16:9'}\n"
        "shots: [{id: a, prompt: x, extra: {kling: {a: 1}, apimodels: {b: 2}}}]\n",
        encoding="utf-8",
    )

    loaded = load_manifest(manifest, shown="m.yaml")

    assert loaded.batch is not None
    assert [each.message for each in loaded.problems] == [
        "extra fields are sent to apimodels unchecked: b"
    ]
    assert [each.code for each in check(loaded.batch).problems] == ["OB563"]
