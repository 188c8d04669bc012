"""Editors underline nothing that loads and passes the checks; and no problem lacks a cure."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from omnibatch.checks import check
from omnibatch.manifest import load_manifest, nodes
from omnibatch.manifest.text.reader import read_yaml
from omnibatch.problems import errors_in
from omnibatch.schema import load_schema

EDITOR = Draft202012Validator(load_schema("manifest"))
URL = "https://example.com"
TOP = f"""\
version: 1
provider: [apimodels, cometapi]
vars: {{empty: "", seconds: 7, word: std}}
references:
  pier: {{image: {URL}/pier.jpg}}
  sway: {{video: {URL}/sway.mp4}}
  keeper: {{element: 160123456789012345}}
"""
# For each key values that are right in some company.
VALUES = {
    "prompt": ["A pier.", "5", '"{{ empty }}"', "on", "{{ ref.pier }} x", "'{{ edit }} x'", '""'],
    "model": ["kling-video-o1", "kling-v3-omni", '"{{ empty }}"'],
    "mode": ["std", "pro", '"{{ word }}"', '"{{ empty }}"'],
    "duration": ["2", "3", "5", "10s", "15", '"05"', '"{{ seconds }}"', '"{{ empty }}"'],
    "aspect_ratio": ["16:9", '"1:1"', '"{{ empty }}"'],
    "sound": ["off", "on", "original", '"{{ empty }}"'],
    "first_frame": ["pier", f"{URL}/a.png", f"{{image: {URL}/a.png}}", '"{{ empty }}"'],
    "end_frame": ["pier", f"{URL}/b.png", '"{{ empty }}"'],
    "edit": ["sway", f"{URL}/c.mp4", f"{{video: {URL}/c.mp4}}", '"{{ empty }}"'],
    "references": ["[pier]", "[keeper, pier]", f"{{boat: {{image: [{URL}/1.png, {URL}/2.png]}}}}"],
    "multi_shot": [
        "auto",
        "[{prompt: One., duration: 5}]",
        "[{prompt: One., duration: 2}, {prompt: '{{ word }}', duration: 3s}]",
        '"{{ empty }}"',
    ],
    "tags": ["[a, 5, yes]", "[]"],
    "note": ["2024-01-01", "1e3", "true", "x"],
    "skip": ["Yes", "no", "ON", "false", '"{{ empty }}"'],
    "takes": ["1", "3", '"2"', '"{{ empty }}"'],
    "style": ["film", '""', "5"],
    "callback_url": [f"{URL}/x", '"{{ empty }}"'],
    "output": ["x/{{ shot.id }}", "5"],
}


def _as_an_editor_reads(node: nodes.Node) -> Any:
    """The data by the YAML 1.2 core schema, with no knowledge of keys."""
    if isinstance(node, nodes.Mapping):
        return {key.text: _as_an_editor_reads(value) for key, value in node}
    if isinstance(node, nodes.Sequence):
        return [_as_an_editor_reads(item) for item in node.items]
    return nodes.core_value(node)


def _shots() -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries(
        {}, optional={key: st.sampled_from(values) for key, values in VALUES.items()}
    )


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rules") / "m.yaml"


@settings(
    max_examples=800, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(shot=_shots(), defaults=st.sampled_from(["{}", "{aspect_ratio: 16:9}", "{duration: 3}"]))
def test_what_passes_the_checks_is_underlined_nowhere(
    path: Path, shot: dict[str, str], defaults: str
) -> None:
    _hold(path, f"{TOP}defaults: {defaults}\nshots:\n  - id: a\n{_lines(shot)}")


# What editors hold together of one shot, and what may change it from outside.
TOGETHER = {
    "model": VALUES["model"],
    "duration": ["5", "10s", "12", '"{{ seconds }}"'],
    "aspect_ratio": VALUES["aspect_ratio"],
    "sound": ["off", "on", '"{{ empty }}"'],
    "style": ["film", '""', '"{{ empty }}"'],
}
OWN = {
    "prompt": [
        "A pier.",
        '""',
        '" "',
        "'{{ empty }}'",
        "x" * 2500,
        "x" * 2501,
        f"'{{{{ word }}}}{'x' * 2490}'",
    ],
    "first_frame": ["pier", '"{# none #}"', f"{{image: {URL}/a.png}}", "{shot: '{{ empty }}'}"],
    "edit": ["sway", f"{{video: {URL}/c.mp4}}", '"{{ empty }}"'],
    "multi_shot": [
        "auto",
        "[{prompt: One., duration: 5}]",
        "[{prompt: '', duration: 5}]",
        "[{prompt: '{{ empty }}', duration: 5}]",
    ],
}


def _any_of(values: dict[str, list[str]], most: int) -> st.SearchStrategy[dict[str, str]]:
    """Up to `most` of the keys."""
    keys = st.lists(st.sampled_from(sorted(values)), max_size=most, unique=True)
    return keys.flatmap(
        lambda keys: st.fixed_dictionaries({key: st.sampled_from(values[key]) for key in keys})
    )


@settings(
    max_examples=600, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    shot=_any_of(TOGETHER | OWN, 4),
    defaults=_any_of(TOGETHER, 2),
    scene=_any_of(TOGETHER, 2),
    profile=_any_of(TOGETHER, 2),
    own=_any_of({**TOGETHER, **{key: OWN[key] for key in OWN if key != "edit"}}, 2),
)
def test_what_other_layers_put_right_is_underlined_nowhere(
    path: Path,
    shot: dict[str, str],
    defaults: dict[str, str],
    scene: dict[str, str],
    profile: dict[str, str],
    own: dict[str, str],
) -> None:
    flat = {key: f"{{{', '.join(f'{k}: {v}' for k, v in layer.items())}}}"
            for key, layer in {"d": {"aspect_ratio": "16:9", **defaults}, "s": scene, "p": profile,
                               "o": own}.items() if layer}  # fmt: skip
    top = f"{TOP}defaults: {flat['d']}\n"
    if profile or own:
        top += f"profiles: {{draft: {flat.get('p', '{}')}}}\nprofile: draft\n"
    shot = {"prompt": "A pier.", **shot} if "multi_shot" not in shot else shot
    if own:
        shot["profiles"] = f"{{draft: {flat['o']}}}"
    if scene:
        lines = _lines(shot, "      ")
        _hold(
            path,
            f"{top}shots:\n  - scene: b\n    defaults: {flat['s']}\n    shots:\n    - id: a\n{lines}",
        )
    else:
        _hold(path, f"{top}shots:\n  - id: a\n{_lines(shot)}")


def _lines(shot: dict[str, str], margin: str = "    ") -> str:
    return "".join(f"{margin}{key}: {value}\n" for key, value in shot.items())


def _hold(path: Path, text: str) -> None:
    """If the manifest `text` is fine, editors underline nothing; and no problem lacks a cure."""
    path.write_text(text, "utf-8")
    loaded = load_manifest(path)
    batch = loaded.batch or loaded.sound
    problems = (*loaded.problems, *(check(batch).problems if batch is not None else ()))
    assert [str(each) for each in problems if not each.hint] == []
    if errors_in(problems):
        return

    node = read_yaml(path.read_bytes(), "m.yaml").node

    assert node is not None
    found = [error.message for error in EDITOR.iter_errors(_as_an_editor_reads(node))]
    assert found == [], path.read_text("utf-8")
