"""Where problems are said to be: file, line and column, through all that a manifest is made of.

In the texts below, ⟦ stands before the character that a problem must point to. It is
taken out before the file is written.
"""

from pathlib import Path

import pytest

from ..launching import Launcher

MARK = "⟦"
TOP = "version: 1\nprovider: apimodels\ndefaults: {aspect_ratio: 16:9}\n"

Files = dict[str, str]


def _marked(files: Files) -> tuple[Files, list[str]]:
    """The files without marks, and the places of the marks in file order."""
    places = []
    for name, text in sorted(files.items()):
        for number, line in enumerate(text.split("\n"), 1):
            parts = line.split(MARK)
            ends = [sum(map(len, parts[:n])) for n in range(1, len(parts))]
            places += [f"{name}:{number}:{end + 1}" for end in ends]
    return {name: text.replace(MARK, "") for name, text in files.items()}, places


class Place:
    """A folder, and what `validate` says of it."""

    def __init__(self, folder: Path, home: Path, launcher: Launcher) -> None:
        self._folder = folder
        self._home = home
        self._launcher = launcher

    def said(self, files: Files, *arguments: str) -> tuple[list[str], list[str]]:
        """The lines about `film.yaml`, and the places that were marked."""
        written, places = _marked(files)
        for name, text in written.items():
            path = self._folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        environment = {"HOME": str(self._home), "PATH": "/nowhere", "PYTHONUTF8": "1"}
        with self._launcher.start(
            ("validate", "film.yaml", *arguments), folder=self._folder, environment=environment
        ) as running:
            finished = running.wait()
        assert finished.code in (0, 3), finished.said
        return finished.out.splitlines(), places


@pytest.fixture
def folder(tmp_path: Path, home: Path, launcher: Launcher) -> Place:
    return Place(tmp_path, home, launcher)


_NINE = ", ".join(f"https://example.com/{number}.png" for number in range(9))
_PARTS = "  model: kling-v3-omni\n  "

CASES: dict[str, tuple[Files, list[str]]] = {
    "several words in a prompt that are no tokens": (
        {
            "film.yaml": TOP
            + "shots:\n- id: a\n  prompt: |\n    Two lines,\n"
            + "    the second with ⟦<<image_2>> and ⟦<<image_3>>.\n"
        },
        ["OB514", "OB514"],
    ),
    "a word in a part's prompt that is no token": (
        {
            "film.yaml": TOP
            + f"shots:\n- id: a\n{_PARTS}multi_shot:\n"
            + "  - {prompt: x, duration: 4}\n"
            + "  - {prompt: y ⟦<<image_2>> z, duration: 4}\n"
        },
        ["OB514"],
    ),
    "a template that cannot be worked out, behind others that can": (
        {
            "film.yaml": TOP
            + "vars: {n: 4}\nshots:\n- id: a\n  prompt: |\n    {{ n }} steps\n"
            + "    and {{ n }} more, ⟦{{ n - 1 }} of them slow\n"
        },
        ["OB305"],
    ),
    "parts that are too long in all": (
        {
            "film.yaml": TOP
            + f"shots:\n- id: a\n{_PARTS}multi_shot:\n"
            + "  ⟦- {prompt: x, duration: 9}\n  - {prompt: y, duration: 9}\n"
        },
        ["OB526"],
    ),
    "more images than are taken, named by the prompt": (
        {
            "film.yaml": TOP
            + f"references: {{many: {{image: [{_NINE}]}}}}\n"
            + 'shots: [{id: a, prompt: ⟦"x {{ ref.many }}"}]\n'
        },
        ["OB531"],
    ),
    "a reference of the film that a shot lists and no prompt names": (
        {
            "film.yaml": TOP
            + "references: {pier: {image: https://example.com/1.png}}\n"
            + "shots: [{id: a, references: [⟦pier], prompt: x}]\n"
        },
        ["OB517"],
    ),
    "a value repeated by an alias": (
        {
            "film.yaml": TOP
            + "shots:\n"
            + "  - {scene: one, defaults: &d {mode: ⟦bst}, shots: [{id: a, prompt: x}]}\n"
            + "  - {scene: two, defaults: *d, shots: [{id: b, prompt: x}]}\n"
        },
        ["OB207"],
    ),
    "a value that came by a merge key": (
        {
            "film.yaml": TOP
            + "shots:\n"
            + "  - &base {id: a, prompt: x, mode: ⟦bst}\n"
            + "  - {<<: *base, id: b}\n"
        },
        ["OB207"],
    ),
    "a limit on a value that came by a merge key": (
        {
            "film.yaml": TOP
            + "shots:\n"
            + "  - &base {id: a, prompt: x, duration: 5}\n"
            + "  - {<<: *base, id: b, prompt: y, duration: ⟦60}\n"
            + "  - {<<: *base, id: c, prompt: y, mode: ⟦bst}\n"
        },
        ["OB526", "OB207"],
    ),
    "defaults": (
        {
            "film.yaml": "version: 1\nprovider: apimodels\n"
            + "defaults: {aspect_ratio: 16:9, duration: ⟦60}\n"
            + "shots: [{id: a, prompt: x}, {id: b, prompt: y}]\n"
        },
        ["OB526"],
    ),
    "the defaults of a scene": (
        {
            "film.yaml": TOP
            + "shots:\n"
            + "  - scene: storm\n"
            + "    defaults: {duration: ⟦60}\n"
            + "    shots: [{id: a, prompt: x}]\n"
        },
        ["OB526"],
    ),
    "the defaults of a library, and of a library's library": (
        {
            "film.yaml": TOP + "include: lib/cast.yaml\nshots: [{id: a, prompt: x}]\n",
            "lib/base.yaml": "defaults: {mode: ⟦bst}\n",
            "lib/cast.yaml": "include: base.yaml\ndefaults: {duration: ⟦60}\n",
        },
        ["OB207", "OB526"],
    ),
    "a shot of an included file, and a file that it misses": (
        {
            "film.yaml": TOP + "shots: [{include: scenes/end.yaml}]\n",
            "scenes/end.yaml": "shots:\n"
            + "  - {id: a, prompt: x, mode: ⟦bst}\n"
            + "  - {id: b, prompt: x, first_frame: ⟦gone.png}\n",
        },
        ["OB207", "OB320"],
    ),
    "a profile": (
        {
            "film.yaml": TOP
            + "profile: draft\n"
            + "profiles:\n"
            + "  draft: {}\n"
            + "  final:\n"
            + "    duration: ⟦60\n"
            + "shots: [{id: a, prompt: x}]\n"
        },
        ["OB526"],
    ),
    "what a shot says for a profile": (
        {
            "film.yaml": TOP
            + "profile: draft\n"
            + "profiles: {draft: {}, final: {}}\n"
            + "shots: [{id: a, prompt: x, profiles: {final: {duration: ⟦60}, ⟦fnal: {}}}]\n"
        },
        ["OB526", "OB241"],
    ),
    "a value made of a matrix": (
        {
            "film.yaml": TOP
            + "shots:\n"
            + "  - id: a\n"
            + "    matrix: {length: [5, 60]}\n"
            + '    duration: ⟦"{{ matrix.length }}"\n'
            + "    prompt: x\n"
        },
        ["OB526"],
    ),
    "a name that a template misses": (
        {"film.yaml": TOP + 'shots:\n  - id: a\n    prompt: "In {{ ⟦nobody }} we trust"\n'},
        ["OB302"],
    ),
    "a name that a variable misses": (
        {
            "film.yaml": TOP
            + 'vars: {sea: "a {{ ⟦wether }} sea"}\n'
            + "shots: [{id: a, prompt: '{{ sea }} at dawn'}]\n"
        },
        ["OB302"],
    ),
    "a line of a block": (
        {
            "film.yaml": TOP
            + "shots:\n  - id: a\n    prompt: |\n      One line.\n\n      海 and {{ ⟦nobody }}\n"
        },
        ["OB302"],
    ),
    "a text over several lines, which starts where it starts": (
        {"film.yaml": TOP + "shots:\n  - id: a\n    prompt: ⟦>\n      One\n      {{ nobody }}\n"},
        ["OB302"],
    ),
    "a token in a prompt": (
        {"film.yaml": TOP + "shots:\n  - id: a\n    prompt: 雨 on ⟦<<<image_1>>> again\n"},
        ["OB312"],
    ),
    "a prompt in a file of its own": (
        {
            "film.yaml": TOP + "shots: [{id: a, prompt: {file: prompts/a.md}}]\n",
            "prompts/a.md": "A pier.\n\nAnd {{ ⟦nobody }}.\n",
        },
        ["OB302"],
    ),
    "a prompt's file that is no text": (
        {
            "film.yaml": TOP + "shots: [{id: a, prompt: {file: prompts/a.md}}]\n",
            "prompts/a.md": "A pier.\nAnd ⟦\x07 a bell.\n",
        },
        ["OB223"],
    ),
    "direction turned in a prompt": (
        {"film.yaml": TOP + "shots:\n  - id: a\n    prompt: A ⟦\u202epier\u202c at dawn\n"},
        ["OB314"],
    ),
    "direction turned in a variable, a style and a file": (
        {
            "film.yaml": "version: 1\nprovider: apimodels\n"
            + "vars: {boat: a ⟦\u2067boat}\n"
            + "defaults: {aspect_ratio: 16:9, style: soft ⟦\u202elight}\n"
            + "shots:\n"
            + "  - {id: a, style: '', prompt: '{{ boat }} at dawn'}\n"
            + "  - {id: b, prompt: A pier.}\n"
            + "  - {id: c, style: '', prompt: {file: prompts/c.md}}\n",
            "prompts/c.md": "A pier.\nA ⟦\u202dboat.\n",
        },
        ["OB314", "OB314", "OB314"],
    ),
    "direction turned by an escape": (
        {"film.yaml": TOP + 'shots:\n  - id: a\n    prompt: ⟦"A \\u202Epier"\n'},
        ["OB314"],
    ),
    "direction turned in a part": (
        {
            "film.yaml": TOP.replace("apimodels", "cometapi")
            + "shots:\n"
            + "  - id: a\n"
            + "    model: kling-v3-omni\n"
            + "    duration: 3\n"
            + "    multi_shot: [{prompt: A ⟦\u2066pier., duration: 3}]\n"
        },
        ["OB314"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_problem_is_where_it_was_written(folder: Place, name: str) -> None:
    files, codes = CASES[name]

    said, places = folder.said(files)

    # What a provider's page leaves open (OB504) is another matter.
    found = [line.split(" ")[:2] for line in said if ": OB" in line and "OB504" not in line]
    assert [place for place, _ in found] == [f"{each}:" for each in places]
    assert [code for _, code in found] == codes


ROWS = (
    TOP
    + """\
shots:
  - id: "a-{{ row.sku }}"
    rows: data/rows.csv
    mode: ⟦"{{ row.mode }}"
    prompt: ⟦"{{ row.words }} at dawn"
"""
)


def test_a_bad_cell_is_told_with_its_row_and_with_the_template(folder: Place) -> None:
    said, places = folder.said(
        {
            "film.yaml": ROWS,
            "data/rows.csv": "sku,mode,words\n1,std,x\n\n2,bst,x\n3,bst,x\n4,std,a \u202eboat\n",
        }
    )

    assert [line.partition(" ")[0] for line in said if not line.startswith(" ")] == [
        f"{each}:" for each in places
    ]
    assert [line for line in said if line.startswith(" ")] == [
        "  data/rows.csv:4:1: the row it came up with",
        "  data/rows.csv:6:1: the row it came up with",
    ]
    assert "[and in 1 more row]" in said[0]


def test_two_rows_with_one_id_are_told_with_both_rows(folder: Place) -> None:
    text = TOP + "shots: [{id: ⟦'a-{{ row.sku }}', rows: r.csv, prompt: x}]\n"

    said, places = folder.said({"film.yaml": text, "r.csv": "sku\n1\n2\n1\n"})

    assert said[0].startswith(f"{places[0]}: OB211 the id a-1 is taken by the row on line 2")
    assert said[1] == "  r.csv:4:1: the row it came up with"


def test_what_the_command_line_sets_wrong_has_its_place_in_the_file_as_a_whole(
    folder: Place,
) -> None:
    text = TOP + "shots: [{id: a, prompt: x}]\n"

    said, _ = folder.said({"film.yaml": text}, "--var", "hero=Ada")

    assert said[0].startswith("film.yaml: OB306 ")


def test_places_are_those_of_the_path_as_typed(folder: Place) -> None:
    files = {
        "film.yaml": TOP + "shots: [{id: a, prompt: x}]\n",
        "sub/film.yaml": TOP + "shots: [{include: ../part.yaml}, {id: b, prompt: x, mode: bst}]\n",
        "part.yaml": "- {id: a, prompt: x, mode: bst}\n",
    }

    said, _ = folder.said(files, "sub/film.yaml", "--ref-root", ".")

    assert [line.split(" ")[0] for line in said if ": OB" in line] == [
        "part.yaml:1:28:",
        "sub/film.yaml:4:59:",
    ]
