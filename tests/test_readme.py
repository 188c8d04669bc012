"""What the README shows is what happens."""

import contextlib
import io
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from jsonschema import Draft202012Validator

from omnibatch.emulator import Fault
from omnibatch.errors import Exit
from omnibatch.providers import provider_named, provider_names
from omnibatch.schema import load_schema, schema_names

from .workplace import Workplace

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")

_BLOCK = re.compile(r"(?:<!-- (\w+) -->\n)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CHANGING = re.compile(r"\bcl[a-z0-9]{23}\b")


class Block(NamedTuple):
    """A fenced block: `scene` is the word of the comment before it."""

    scene: str
    language: str
    text: str


BLOCKS = [Block(*match.groups(default="")) for match in _BLOCK.finditer(README)]
SCENES = ["demo", "lost", "mistake", "rehearse", "run"]


def blocks(language: str) -> list[str]:
    return [block.text for block in BLOCKS if block.language == language]


def steps(scene: str) -> Iterator[tuple[str, str]]:
    """The commands of a scene, each with the output that is shown."""
    shown = "".join(b.text for b in BLOCKS if b.language == "console" and b.scene == scene)
    for step in re.split(r"^\$ ", shown, flags=re.MULTILINE)[1:]:
        command, _, output = step.partition("\n")
        yield command, output


def column(header: str) -> list[str]:
    """The first column of the table with this header."""
    lines = README.split(f"| {header} |", 1)[1].splitlines()[2:]
    rows = [line for line in lines[: lines.index("")] if line.startswith("|")]
    return [row.split("|")[1].strip() for row in rows]


def play(scene: str, place: Workplace) -> None:
    """Run the scene's commands and compare what they print on stdout."""
    code = 0
    played = 0
    for command, shown in steps(scene):
        words = shlex.split(command)
        if words == ["echo", "$?"]:
            printed = f"{code}\n"
        else:
            assert words[0] == "omnibatch", command
            ran = place.omnibatch(*words[1:])
            code, printed = ran.code, ran.out
            assert "BUG" not in ran.err, ran.err
        assert _CHANGING.sub("(id)", printed) == _CHANGING.sub("(id)", shown), command
        played += 1
    assert played


@pytest.fixture
def film(place: Workplace) -> Workplace:
    """A folder that holds the README's manifest."""
    (manifest,) = blocks("yaml")
    place.manifest.write_text(manifest, encoding="utf-8")
    return place


def test_every_console_block_belongs_to_a_scene_that_is_played() -> None:
    assert sorted({b.scene for b in BLOCKS if b.language == "console"}) == SCENES


def test_the_first_manifest_has_ten_lines_and_fits_its_schema() -> None:
    (manifest,) = blocks("yaml")

    assert manifest.count("\n") == 10
    document = yaml.load(manifest, yaml.BaseLoader)
    assert {shot["id"] for shot in document["shots"]} == {"harbour", "gulls"}


def test_planning_and_rehearsing_the_first_manifest_is_as_shown(film: Workplace) -> None:
    film.environment.clear()

    play("rehearse", film)


def test_running_it_twice_is_as_shown_and_the_status_keeps_its_contract(film: Workplace) -> None:
    play("run", film)

    (document,) = (json.loads(out) for command, out in steps("run") if "--json" in command)
    assert list(Draft202012Validator(load_schema("status")).iter_errors(document)) == []
    assert film.posts == 2


def test_a_mistake_is_shown_as_it_is_told(film: Workplace) -> None:
    film.manifest.write_text(film.manifest.read_text().replace("duration: 5", "duration: 60"))

    play("mistake", film)


def test_a_lost_reply_is_shown_as_it_is_told(film: Workplace) -> None:
    film.faults(Fault(on="create", do="drop_after", prompt="Gulls"))

    play("lost", film)


@pytest.mark.parametrize(
    ("word", "ends_as"),
    [("adopt", "collected"), ("retry", "collected"), ("abandon", "abandoned")],
)
def test_each_way_out_is_a_command_that_works(film: Workplace, word: str, ends_as: str) -> None:
    film.faults(Fault(on="create", do="drop_after", prompt="Gulls", times=1))
    film.run()
    (task_id,) = film.task_ids("Gulls take off from a wet stone pier, close, in slow motion.")
    ways = re.findall(r"^\d\. .*?`omnibatch (.*?)`", README, flags=re.MULTILINE)
    (way,) = [way for way in ways if way.startswith(word)]

    decided = film.omnibatch(*way.replace("TASK_ID", task_id).split())

    assert len(ways) == 3
    assert decided.code == 0
    assert film.run().code == 0
    assert film.states() == {"harbour": "collected", "gulls": ends_as}


@pytest.mark.slow
def test_the_demo_is_shown_as_the_makefile_and_the_rehearsal_print_it(place: Workplace) -> None:
    """Slow: it rehearses six shots. Installing is what `.ci/run` does."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    ((command, shown),) = steps("demo")
    said = re.findall(r"@echo '(.*)'", makefile)
    (target,) = re.findall(r"^demo:.*\n\t@\$\(BIN\)/omnibatch (.*)$", makefile, re.MULTILINE)
    for name in ("specs", ".git"):
        (place.folder / name).mkdir()
    for path in (ROOT / "specs").rglob("*"):
        copy = place.folder / path.relative_to(ROOT)
        if path.suffix in (".yaml", ".png"):
            copy.parent.mkdir(exist_ok=True)
            copy.write_bytes(path.read_bytes())

    ran = place.omnibatch(*shlex.split(target), "--small")

    assert command == "make demo"
    own = [line.replace("$(BIN)", ".venv/bin").replace("$(VENV)", ".venv") for line in said]
    lines = shown.splitlines()
    assert [line for line in lines if line in own] == [lines[0], lines[1], lines[-1]]
    assert lines[2:-1] == ran.out.splitlines()


def test_every_make_target_that_is_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"^make (\w+)", "".join(blocks("sh")), re.MULTILINE)) | {"demo"}

    assert named == {"demo", "test", "prove", "lint"}
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in named)


def test_the_python_example_runs(film: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    film.run()
    (example,) = blocks("python")
    monkeypatch.chdir(film.folder)
    printed = io.StringIO()

    with contextlib.redirect_stdout(printed):
        exec(compile(example, "README.md", "exec"), {"__name__": "readme"})

    assert sorted(printed.getvalue().splitlines()) == [
        "gulls 0.3165 USD",
        "gulls collected",
        "harbour 0.3165 USD",
        "harbour collected",
    ]


def test_the_table_of_commands_is_complete(place: Workplace) -> None:
    listed = place.omnibatch("--help").out.split("Commands:\n")[1].split("\n\n")[0]

    shown = [row.strip("`").split()[0] for row in column("command | does")]
    assert shown == [line.split()[0] for line in listed.splitlines() if line[2:3].strip()]


def test_the_table_of_exit_codes_is_complete() -> None:
    assert [int(code) for code in column("code | meaning")] == [code.value for code in Exit]


def test_the_table_of_variables_has_every_one_that_is_read() -> None:
    named = set(re.findall(r"[A-Z_]{5,}", " ".join(column("variable | is"))))
    providers = [provider_named(name) for name in provider_names()]
    source = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "omnibatch/cli").glob("*.py"))
    read = set(re.findall(r'environ\.get\("(\w+)"', source)) - {"OMNIBATCH_FAILPOINT"}
    proxies = set(re.findall(r'"([A-Z]+_PROXY)"', source))

    assert read | proxies, "the patterns above find what is read"
    assert named == {
        *(read | proxies),
        *(p.key_variable for p in providers),
        *(p.endpoint_variable for p in providers),
    }


def test_every_link_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)

    assert links
    assert [link for link in links if not (ROOT / link).is_file()] == []


def test_every_schema_that_is_named_is_shipped() -> None:
    named = re.findall(r"omnibatch schema (\w+)`", README)

    assert set(named) <= set(schema_names())
    assert {"plan", "status", "expand", "problems"} <= set(schema_names())
