"""Whatever stands at a key: what is said of it is a sentence, with a place and a cure."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omnibatch.checks import MEANINGS as OF_CHECKS
from omnibatch.checks import check
from omnibatch.manifest import MEANINGS as OF_MANIFEST
from omnibatch.manifest import load_manifest
from omnibatch.schema import load_schema

SCHEMA = load_schema("manifest")
TOP = sorted(SCHEMA["properties"].keys() - {"shots"})
SHOT = sorted(SCHEMA["$defs"]["shot"]["properties"].keys() - {"id"})
SCALARS = st.sampled_from(
    ["x", "5", "-1", "1.5", "1e400", "yes", "~", '""', '"{{ nobody }}"', '"{% if %}"', "16:9",
     "'a b'", "pier", "http://localhost/x", "https://example.com/x.png", "'\u202e'", "<<<image_9>>>"]
)  # fmt: skip
KEYS = st.sampled_from(
    ["image", "element", "video", "key", "file", "where", "prompt", "duration", "mode", "std", "on",
     "apimodels", "include", "exclude", "include", "x", "'1x'", "final", "in_flight"]
)  # fmt: skip


def _list(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")


def _map(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.dictionaries(KEYS, inner, max_size=3).map(
        lambda pairs: "{" + ", ".join(f"{key}: {value}" for key, value in pairs.items()) + "}"
    )


VALUES = st.recursive(SCALARS, lambda inner: _list(inner) | _map(inner), max_leaves=6)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("wrong") / "m.yaml"


@settings(max_examples=500, deadline=None)
@given(
    top=st.dictionaries(st.sampled_from(TOP), VALUES, max_size=2),
    shot=st.dictionaries(st.sampled_from(SHOT), VALUES, min_size=1, max_size=3),
)
def test_what_is_said_is_a_sentence_with_a_place_and_a_cure(
    path: Path, top: dict[str, str], shot: dict[str, str]
) -> None:
    head = {"version": "1", "provider": "apimodels", **top}
    lines = [f"{key}: {value}" for key, value in head.items()]
    lines += ["shots:", "  - id: a", *(f"    {key}: {value}" for key, value in shot.items())]
    path.write_text("\n".join(lines) + "\n", "utf-8")

    loaded = load_manifest(path, shown="m.yaml")
    batch = loaded.batch or loaded.sound
    problems = (*loaded.problems, *(check(batch).problems if batch is not None else ()))

    for problem in problems:
        assert problem.code in OF_MANIFEST or problem.code in OF_CHECKS
        assert re.fullmatch(r"\S.*[^\s(,:]", problem.message), str(problem)
        assert re.fullmatch(r"\S.*\S|\S", problem.hint), str(problem)
        assert not re.search(r"\bmust be [,.]|\bNone\b|Validat|  |\bor or\b", problem.message)
        assert problem.place.file == "m.yaml"
        assert 1 <= problem.place.line <= len(lines)
        assert 1 <= problem.place.column <= len(lines[problem.place.line - 1]) + 1
