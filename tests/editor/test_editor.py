"""What an editor makes of our schema: the real yaml-language-server, over its own protocol."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ..launching import Launcher
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


@pytest.mark.parametrize(
    "spec", sorted(path.relative_to(SPECS).as_posix() for path in SPECS.rglob("*.yaml"))
)
def test_a_spec_has_nothing_wrong_in_an_editor(
    server: tuple[LanguageServer, Path], spec: str
) -> None:
    running, root = server

    assert running.diagnostics(running.open(root / "specs" / spec)) == []


VALID = sorted((REPOSITORY / "tests" / "examples" / "valid").glob("[!y]*.yaml"))


@pytest.mark.parametrize("path", VALID, ids=[path.stem for path in VALID])
def test_an_example_that_loads_has_nothing_wrong_in_an_editor(
    server: tuple[LanguageServer, Path], path: Path
) -> None:
    document = _written(server, path.read_text("utf-8"))

    assert server[0].diagnostics(document) == []


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


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("§", {"version", "provider", "shots", "vars", "profiles", "prices", "run"}),
        ("provider: §\nshots: []\n", {"apimodels", "cometapi"}),
        ("defaults:\n  §\nshots: []\n", {"mode", "style", "sound", "takes"}),
        ("profiles:\n  draft:\n    §\nshots: []\n", {"mode", "takes", "duration"}),
        ("references:\n  keeper:\n    §\nshots: []\n", {"image", "element", "video", "key"}),
        ("run:\n  §\nshots: []\n", {"in_flight", "patience"}),
        ("shots:\n  - §\n", {"id", "prompt", "scene", "include"}),
        ("shots:\n  - id: a\n    prompt: b\n  - §\n", {"id", "prompt", "scene", "include"}),
        ("shots:\n  - scene: a\n    shots:\n      - §\n", {"id", "prompt", "include"}),
        ("shots:\n  - include: a.yaml\n    §\n", {"note"}),
        ("shots:\n  - id: a\n    model: §\n", {"kling-video-o1", "kling-v3-omni"}),
        ("shots:\n  - id: a\n    duration: §\n", {"5", "10s"}),
        ("shots:\n  - id: a\n    skip: §\n", {"yes", "no"}),
        ("shots:\n  - id: a\n    prompt:\n      §\n", {"file"}),
        ("shots:\n  - id: a\n    first_frame:\n      §\n", {"image", "key"}),
        ("shots:\n  - id: a\n    rows:\n      §\n", {"file", "where", "format", "delimiter"}),
        ("shots:\n  - id: a\n    matrix:\n      §\n", {"include", "exclude"}),
        ("shots:\n  - id: a\n    multi_shot:\n      - §\n", {"prompt", "duration"}),
        ("shots:\n  - id: a\n    references:\n      boat:\n        §\n", {"image", "video"}),
        ("shots:\n  - id: a\n    profiles:\n      final:\n        §\n", {"prompt", "mode"}),
    ],
)
def test_what_may_stand_at_a_place_is_offered(
    server: tuple[LanguageServer, Path], text: str, offered: set[str]
) -> None:
    """The place is that of §."""
    top = "" if text.startswith(("§", "provider")) else TOP
    whole = HEAD + top + text
    before = whole[: whole.index("§")]
    document = _written(server, top + text.replace("§", ""))

    found = server[0].completion(
        document,
        {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1},
    )

    assert offered <= {label.strip('"') for label in found}


def test_a_scene_does_not_offer_scenes(server: tuple[LanguageServer, Path]) -> None:
    document = _written(server, f"{TOP}shots:\n  - scene: a\n    shots:\n      - \n")

    assert "scene" not in server[0].completion(document, {"line": 6, "character": 8})


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
    assert "5, if nothing is said" in said
    assert "kling-v3-omni 3 to 15 s" in said
    assert "```yaml\n10s\n```" in said


def test_a_bad_mode_is_underlined(server: tuple[LanguageServer, Path]) -> None:
    document = _written(server, f"{TOP}shots:\n  - id: a\n    prompt: b\n    mode: best\n")

    (found,) = server[0].diagnostics(document)

    assert document.words_at(found["range"]) == "best"
    assert found["message"] == 'Value is not accepted. Valid values: "std", "pro".'


@pytest.mark.parametrize(
    ("line", "underlined", "message"),
    [
        ("duration: long", "long", "Whole seconds, such as 5 or 5s."),
        ("duration: 60", "60", "Value is above the maximum of 15."),
        ("duration: 60s", "60s", "3 to 15 seconds; kling-video-o1 takes 3 to 10."),
        ("takes: two", "two", "A whole number from 1 to 100."),
        ("note: [x]", "[x]", "Text is meant here."),
        ("skip: maybe", "maybe", "Value is not accepted."),
        ("edit: [x]", "[x]", "The name of a video reference, an address, or a map with video."),
        ("rows: []", "[]", "A file of rows, or a map with file."),
        ("tags: night", "night", "A list of words, each once, such as [night, storm]."),
        ("promt: x", "promt", "Property promt is not allowed."),
        ("was: a+b", "a+b", "No space and none of @ + : , / * ? [ ], and no - in front."),
        ("callback_url: http://e.com", "http://e.com", "A public https:// address."),
        ("references: {x: {imge: a}}", "imge", "Property imge is not allowed."),
        ("references: {x: {element: me}}", "me", "The digits of an element's id, such as"),
        ("end_frame: pier", "-", "An end frame needs a first frame."),
        (
            "multi_shot: [{prompt: x, duration: 3}]",
            "prompt",
            "Each part of multi_shot has a prompt",
        ),
    ],
)
def test_a_mistake_is_underlined_in_words(
    server: tuple[LanguageServer, Path], line: str, underlined: str, message: str
) -> None:
    document = _written(server, f"{TOP}shots:\n  - id: a\n    prompt: b\n    {line}\n")

    found = server[0].diagnostics(document)

    told = [each for each in found if each["message"].startswith(message)]
    assert told, found
    start = told[0]["range"]["start"]
    assert underlined in (
        "-",
        document.text.splitlines()[start["line"]][start["character"] :][: len(underlined)],
    )


V3 = "model: kling-v3-omni"
O1 = "model: kling-video-o1"


@pytest.mark.parametrize(
    ("keys", "underlined", "message"),
    [
        (["first_frame: pier", "aspect_ratio: '1:1'"], "aspect_ratio", "The first frame gives the"),
        (
            ["first_frame: {shot: b}", "aspect_ratio: '1:1'"],
            "aspect_ratio",
            "The first frame gives",
        ),
        (["edit: sway", "aspect_ratio: '1:1'"], "aspect_ratio", "An edit has the shape of its vid"),
        (["edit: sway", "duration: 5"], "duration", "An edit has the length of its video: leave"),
        (["edit: sway", "first_frame: {shot: b}"], "first_frame", "An edit takes no frames"),
        ([O1, "duration: 12"], "duration", "kling-video-o1 renders 3 to 10 seconds"),
        ([O1, "duration: 12s"], "duration", "kling-video-o1 renders 3 to 10 seconds"),
        (["duration: 12"], "duration", "kling-video-o1 renders 3 to 10 seconds"),
        ([O1, "sound: on"], "sound", "kling-video-o1 makes no sound"),
        (["sound: on"], "sound", "kling-video-o1 makes no sound"),
        ([O1, "multi_shot: auto"], "multi_shot", "kling-video-o1 makes no multi-shot clips"),
        (["first_frame: {image: a.png, shot: b}"], "shot", "A frame is one thing"),
        (["references: {x: {image: a, video: b}}"], "video", "A reference is one thing"),
        (["references: {x: {image: a, element: 1}}"], "element", "A reference is one thing"),
        (
            ["references: {x: {image: a, element: 1, video: b}}"],
            "element: 1, video",
            "A reference is",
        ),
        (["references: {x: {key: a}}"], "x", "A reference is one thing"),
    ],
)
def test_keys_that_do_not_go_together_are_underlined_in_words(
    server: tuple[LanguageServer, Path], keys: list[str], underlined: str, message: str
) -> None:
    lines = "".join(f"    {key}\n" for key in keys)
    document = _written(server, f"{TOP}shots:\n  - id: a\n    prompt: b\n{lines}")

    found = server[0].diagnostics(document)

    told = {document.words_at(each["range"]): each["message"] for each in found}
    assert told.get(underlined, "").startswith(message), found
    assert all(each["message"].startswith(message[:12]) for each in found)


@pytest.mark.parametrize(
    ("shot", "underlined", "message"),
    [
        (f"{{id: a, {V3}, multi_shot: auto}}", "{", "multi_shot: auto needs a prompt"),
        ("{id: a, prompt: ''}", "''", "The prompt is empty"),
        ("{scene: x, shots: [{id: a, prompt: ' '}]}", "' '", "The prompt is empty"),
        (
            "{scene: x, shots: [{id: a, prompt: b, duration: 12}]}",
            "duration",
            "kling-video-o1 rend",
        ),
        (
            f"{{id: a, prompt: {'x' * 2501}}}",
            "x" * 2501,
            "String is longer than the maximum length",
        ),
        (
            f"{{id: a, {V3}, multi_shot: [{{prompt: {'x' * 513}, duration: 5}}]}}",
            "x" * 513,
            "String is longer than the maximum length of 512",
        ),
        (
            f"{{id: a, {V3}, multi_shot: [{{prompt: '', duration: 5}}]}}",
            "''",
            "The prompt is empty",
        ),
    ],
)
def test_a_prompt_that_cannot_be_sent_is_underlined_in_words(
    server: tuple[LanguageServer, Path], shot: str, underlined: str, message: str
) -> None:
    document = _written(server, f"{TOP}shots:\n  - {shot}\n")

    (found,) = server[0].diagnostics(document)

    assert found["message"].startswith(message)
    assert document.words_at(found["range"]) == underlined


@pytest.mark.parametrize(
    ("top", "shot"),
    [
        ("profiles: {draft: {aspect_ratio: '1:1'}}", "first_frame: a.png, aspect_ratio: '16:9'"),
        ("profiles: {draft: {duration: 5}}", "edit: https://example.com/a.mp4, duration: 5"),
        (f"profiles: {{draft: {{{V3}}}}}", f"{O1}, duration: 12, sound: on"),
        ("include: cast.yaml", f"{O1}, duration: 12, sound: on"),
        (f"defaults: {{{V3}}}", "duration: 12, sound: on"),
        ("defaults: {style: film}", "prompt: ''"),
        ("profiles: {draft: {style: film}}", "prompt: ''"),
        ("name: x", "style: film, prompt: ''"),
        ("name: x", f'prompt: "{"x" * 2500}\\n\\n"'),
        ("name: x", f"prompt: '{'x' * 2490}{{{{ y }}}}'"),
        ("name: x", f"prompt: '{chr(0x1F3AC) * 2500}'"),
        ("name: x", "first_frame: '{{ y }}', aspect_ratio: '16:9'"),
        ("name: x", "profiles: {draft: {first_frame: a.png}}, aspect_ratio: '16:9'"),
    ],
)
def test_what_may_still_come_right_is_not_underlined(
    server: tuple[LanguageServer, Path], top: str, shot: str
) -> None:
    prompt = "" if "prompt" in shot else "prompt: b, "
    text = f"{TOP}{top}\nshots:\n  - {{id: a, {prompt}{shot}}}\n"

    assert server[0].diagnostics(_written(server, text)) == []


def test_a_scene_with_a_model_or_a_style_of_its_own_is_believed(
    server: tuple[LanguageServer, Path],
) -> None:
    shots = "shots: [{id: a, prompt: b, duration: 12}, {id: c, prompt: ''}]"
    text = f"{TOP}shots:\n  - {{scene: x, defaults: {{{V3}, style: film}}, {shots}}}\n"

    assert server[0].diagnostics(_written(server, text)) == []


@pytest.mark.parametrize("key", ["mode", "sound", "duration", "aspect_ratio", "skip", "takes"])
def test_a_template_may_stand_for_any_choice(server: tuple[LanguageServer, Path], key: str) -> None:
    text = f'{TOP}shots:\n  - id: a-{{{{ row.x }}}}\n    rows: a.csv\n    prompt: b\n    {key}: "{{{{ row.x }}}}"\n'

    assert server[0].diagnostics(_written(server, text)) == []


def test_what_init_writes_is_understood_without_a_network(
    server: tuple[LanguageServer, Path], launcher: Launcher, home: Path
) -> None:
    running, root = server
    with launcher.start(
        ("init", "new"), folder=root, environment={"HOME": str(home), "PATH": "/nowhere"}
    ) as started:
        assert started.wait().code == 0
    path = root / "new" / "film.yaml"
    bad = path.with_name("bad.yaml")
    bad.write_text(path.read_text("utf-8").replace("mode: std ", "mode: best"), "utf-8")

    assert running.diagnostics(running.open(path)) == []
    document = running.open(bad)
    (found,) = running.diagnostics(document)
    assert document.words_at(found["range"]) == "best"
    assert "seconds" in running.hover(document, document.place_of("duration"))


@pytest.mark.parametrize(
    ("part", "text", "underlined"),
    [
        ("library", "defaults: {mode: best}\n", "best"),
        ("library", "shots: [{id: a, prompt: x}]\n", "shots"),
        ("fileOfShots", "shots:\n  - {id: a, prompt: x, mode: best}\n", "best"),
        ("fileOfShots", "- {id: a, prompt: x, mode: best}\n", "best"),
        ("fileOfShots", "provider: apimodels\nshots: [{id: a, prompt: x}]\n", "provider"),
    ],
)
def test_libraries_and_files_of_shots_have_a_schema_of_their_own(
    server: tuple[LanguageServer, Path], part: str, text: str, underlined: str
) -> None:
    running, root = server
    head = HEAD.replace(".json", f".json#/$defs/{part}")
    document = running.open(root / "specs" / f"part-{next(_numbers)}.yaml", head + text)

    found = running.diagnostics(document)

    assert [document.words_at(each["range"]) for each in found] == [underlined]
