"""What an editor makes of our schema: the real yaml-language-server, over its own protocol."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .language_server import Document, LanguageServer

REPOSITORY = Path(__file__).parents[2]
SPECS = REPOSITORY / "specs"
SETTINGS = {
    "yaml": {"validate": True, "completion": True, "hover": True, "schemaStore": {"enable": False}}
}
HEAD = "# yaml-language-server: $schema=../schemas/manifest.schema.json\n"


@pytest.fixture(scope="module")
def server(
    node_modules: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[LanguageServer, Path]]:
    root = tmp_path_factory.mktemp("editor")
    shutil.copytree(REPOSITORY / "schemas", root / "schemas")
    shutil.copytree(SPECS, root / "specs", ignore=shutil.ignore_patterns(".omnibatch", "renders"))
    command = [
        "node",
        str(node_modules / "yaml-language-server" / "bin" / "yaml-language-server"),
        "--stdio",
    ]
    with LanguageServer(command, SETTINGS, root) as running:
        yield running, root


_numbers = iter(range(1000))


def _written(server: tuple[LanguageServer, Path], text: str) -> Document:
    running, root = server
    return running.open(root / "specs" / f"written-{next(_numbers)}.yaml", HEAD + text)


def _documentation(item: Any) -> str:  # text, or an object with the text in it
    said = item.get("documentation", "")
    return said if isinstance(said, str) else str(said["value"])


@pytest.mark.parametrize("spec", sorted(path.name for path in SPECS.glob("*.yaml")))
def test_a_spec_has_nothing_wrong_in_an_editor(
    server: tuple[LanguageServer, Path], spec: str
) -> None:
    running, root = server

    assert running.diagnostics(running.open(root / "specs" / spec)) == []


TOP = "version: 1\nprovider: apimodels\n"


def test_the_keys_of_a_shot_are_offered_with_their_meaning(
    server: tuple[LanguageServer, Path],
) -> None:
    document = _written(server, f"{TOP}shots:\n  - id: opening\n    \n")

    offered = server[0].completion(document, {"line": 5, "character": 4})

    assert {"prompt", "mode", "duration", "takes", "matrix", "rows"} <= set(offered)
    assert "What is to be seen." in _documentation(offered["prompt"])


def test_the_keys_of_a_scene_and_of_its_shots_are_offered(
    server: tuple[LanguageServer, Path],
) -> None:
    text = f"{TOP}shots:\n  - scene: storm\n    \n    shots:\n      - id: wave\n        \n"
    document = _written(server, text)

    of_scene = server[0].completion(document, {"line": 5, "character": 4})
    of_shot = server[0].completion(document, {"line": 8, "character": 8})

    assert {"defaults", "references", "note"} <= set(of_scene)
    assert {"prompt", "mode", "takes"} <= set(of_shot)


def test_the_values_of_a_profile_are_offered(server: tuple[LanguageServer, Path]) -> None:
    document = _written(server, f"{TOP}profiles:\n  draft:\n    \nshots: []\n")

    assert {"mode", "takes"} <= set(server[0].completion(document, {"line": 5, "character": 4}))


@pytest.mark.parametrize(("key", "words"), [("mode", {"std", "pro"}), ("sound", {"on", "off"})])
def test_the_words_of_a_choice_are_offered(
    server: tuple[LanguageServer, Path], key: str, words: set[str]
) -> None:
    document = _written(server, f"{TOP}defaults:\n  {key}: \nshots: []\n")

    offered = server[0].completion(document, {"line": 4, "character": len(key) + 4})

    assert words <= {label.strip('"') for label in offered}


def test_duration_explains_itself(server: tuple[LanguageServer, Path]) -> None:
    document = _written(server, f"{TOP}shots:\n  - id: a\n    prompt: b\n    duration: 5\n")

    said = server[0].hover(document, document.place_of("duration"))

    assert "The length of the clip in whole seconds" in said


def test_a_bad_mode_is_underlined(server: tuple[LanguageServer, Path]) -> None:
    document = _written(server, f"{TOP}shots:\n  - id: a\n    prompt: b\n    mode: best\n")

    found = server[0].diagnostics(document)

    assert "best" in {document.words_at(each["range"]) for each in found}


@pytest.mark.parametrize("key", ["mode", "sound", "duration", "aspect_ratio", "skip", "takes"])
def test_a_template_may_stand_for_any_choice(server: tuple[LanguageServer, Path], key: str) -> None:
    text = f'{TOP}shots:\n  - id: a-{{{{ row.x }}}}\n    rows: a.csv\n    prompt: b\n    {key}: "{{{{ row.x }}}}"\n'

    assert server[0].diagnostics(_written(server, text)) == []
