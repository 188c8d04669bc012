"""A key that somebody wrote into a manifest: refused at its place, and quoted nowhere."""

import json

import pytest

from ..workplace import Workplace


@pytest.fixture
def key() -> str:
    """Of the shape of a key, and nobody's: put together when the test runs."""
    return "-".join(("sk", "a1" * 17))


@pytest.mark.parametrize(
    "line",
    [
        "note: ours is {}",
        "# the key is {}",
        "extra: {{apimodels: {{api_key: {}}}}}",
        "vars: {{unused: {}}}",
        "callback_url: https://hooks.example/{}",
    ],
)
def test_a_key_in_a_manifest_is_a_problem_wherever_it_stands(
    place: Workplace, key: str, line: str
) -> None:
    place.write(1)
    text = place.manifest.read_text("utf-8")
    indent = "" if line.startswith(("vars", "#")) else "  "
    place.manifest.write_text(f"{text}{indent}{line.format(key)}\n", "utf-8")

    ran = place.run()
    validated = [
        place.omnibatch("validate", "film.yaml", "--format", form)
        for form in ("text", "json", "github", "sarif")
    ]

    assert ran.code == 3, ran.said
    assert "OB132" in ran.err
    assert place.posts == 0
    for finished in (ran, *validated):
        assert key not in finished.said
    (found,) = [p for p in json.loads(validated[1].out)["problems"] if p["code"] == "OB132"]
    written = place.manifest.read_text("utf-8").splitlines()[found["line"] - 1]
    assert written[found["column"] - 1 :].startswith(key)


def test_a_key_in_a_library_is_told_in_the_library(place: Workplace, key: str) -> None:
    (place.folder / "cast.yaml").write_text(f"vars: {{keeper: a keeper with {key}}}\n")
    place.write([{"id": "s1", "prompt": "{{ keeper }}"}], include=["cast.yaml"])

    finished = place.omnibatch("plan", "film.yaml")

    assert finished.code == 3
    assert "cast.yaml:1:30: OB132" in finished.err
    assert key not in finished.said
