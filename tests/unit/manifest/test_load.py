"""The door: what it answers for files that are no manifests, and what it costs."""

import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omnibatch.manifest import codes, load_manifest
from omnibatch.money import Money
from omnibatch.shots import RunSettings

REPOSITORY = Path(__file__).parents[3]
SMALL = "version: 1\nprovider: apimodels\nshots: [{id: a, prompt: b}]\n"


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scratch")


def test_file_that_cannot_be_read_is_one_problem(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path, tmp_path / "nul\0.yaml"):
        loaded = load_manifest(path)

        assert [found.code for found in loaded.problems] == [codes.UNREADABLE]
        assert loaded.batch is None


def test_file_that_is_far_too_large_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "m.yaml").open("wb") as file:
        file.truncate(10 * 1024**3)  # a hole: it takes no room

    (found,) = load_manifest(tmp_path / "m.yaml").problems

    assert "10,737,418,240 bytes" in found.message


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("name: pier\nshots: 1", "pier"),
        ("name: [x]\nshots: 1", "harbor"),
        ("name:\nshots: 1", "harbor"),
        ("just text", "harbor"),
        ("a: [", "harbor"),
        ("", "harbor"),
    ],
)
def test_name_is_there_whatever_is_wrong_with_the_rest(
    tmp_path: Path, text: str, name: str
) -> None:
    (tmp_path / "harbor.yaml").write_text(text, "utf-8")

    loaded = load_manifest(tmp_path / "harbor.yaml")

    assert loaded.batch is None
    assert loaded.name == name


def test_places_show_the_path_as_it_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "m.yaml").write_text("version: 3\n", "utf-8")
    monkeypatch.chdir(tmp_path)

    loaded = load_manifest(Path("specs/m.yaml"))

    assert {found.place.file for found in loaded.problems} == {"specs/m.yaml"}


def test_batch_knows_its_folder_budget_and_settings(tmp_path: Path) -> None:
    text = (
        SMALL + "budget: 12.50 USD\nrun: {in_flight: 3.0, submits_per_minute: 0.5, patience: 2m}\n"
    )
    (tmp_path / "m.yaml").write_text(text, "utf-8")

    batch = load_manifest(tmp_path / "m.yaml").batch

    assert batch is not None
    assert (batch.folder, batch.manifest) == (tmp_path, tmp_path / "m.yaml")
    assert batch.budget == Money(Decimal("12.50"), "USD")
    assert batch.run == RunSettings(in_flight=3, submits_per_minute=Decimal("0.5"), patience=120.0)


def test_warning_leaves_the_batch(tmp_path: Path) -> None:
    text = SMALL.replace("prompt: b", "prompt: b, extra: {apimodels: {x: 1}}")
    (tmp_path / "m.yaml").write_text(text, "utf-8")

    loaded = load_manifest(tmp_path / "m.yaml")

    assert [found.severity for found in loaded.problems] == ["warning"]
    assert loaded.batch is not None
    assert loaded.batch.shots[0].extra == {"apimodels": {"x": 1}}


def _modules_after(code: str) -> set[str]:
    command = f"import sys; {code}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", command], capture_output=True, text=True, check=True, cwd=REPOSITORY
    )
    return set(done.stdout.split())


def test_door_loads_nothing_heavy() -> None:
    modules = _modules_after("import omnibatch.manifest")

    assert not modules & {"jinja2", "jsonschema", "yaml"}


def test_templates_that_only_put_names_in_do_without_jinja() -> None:
    load = "from pathlib import Path; from omnibatch.manifest import load_manifest"

    modules = _modules_after(f"{load}; assert load_manifest(Path('specs/harbor.yaml')).batch")

    assert "jinja2" not in modules


def _blocks() -> list[str]:
    text = (REPOSITORY / "docs" / "manifest.md").read_text("utf-8")
    return [
        block
        for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
        if "version: 1" in block
    ]


@pytest.mark.parametrize("block", _blocks())
def test_manifest_in_the_docs_loads(tmp_path: Path, block: str) -> None:
    (tmp_path / "m.yaml").write_text(block, "utf-8")

    loaded = load_manifest(tmp_path / "m.yaml", shown="m.yaml")

    assert loaded.problems == ()
    assert loaded.batch is not None


def test_docs_hold_manifests() -> None:
    assert len(_blocks()) >= 3


_GOOD = sorted((REPOSITORY / "tests" / "examples" / "valid").glob("[!y]*.yaml"))
_SPLINTERS = st.sampled_from(
    [
        "",
        ":",
        "- ",
        "\n",
        "  ",
        "{",
        "}",
        "[",
        "]",
        "{{",
        "}}",
        "{%",
        "~",
        "#",
        '"',
        "'",
        "|",
        "*a",
        "&a ",
        "<<: ",
        "null",
        "9" * 30,
        "1e999",
        "-1",
        "\u200b",
        "\ud7ff",
        "é",
        "../",
        "nan",
    ]
)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(_GOOD),
    st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 12), _SPLINTERS)),
)
def test_no_damage_to_a_manifest_makes_loading_raise(
    scratch: Path, path: Path, damage: list[tuple[int, int, str]]
) -> None:
    text = path.read_text("utf-8")
    for start, length, splinter in damage:
        start %= len(text)
        text = text[:start] + splinter + text[start + length :]
    (scratch / "m.yaml").write_text(text, "utf-8")

    loaded = load_manifest(scratch / "m.yaml", shown="m.yaml", ref_root=REPOSITORY)

    assert (loaded.batch is None) == any(each.severity == "error" for each in loaded.problems)
