"""How much is read, and what is said of more."""

from pathlib import Path

import pytest

from omnibatch.manifest import Loaded, load_manifest
from omnibatch.manifest.enough import MOST_ERRORS
from omnibatch.manifest.text.bounds import MOST_ENTRIES
from omnibatch.manifest.text.reader import read_yaml

HEAD = "version: 1\nprovider: apimodels\ndefaults: {aspect_ratio: 16:9}\n"


@pytest.fixture
def load(tmp_path: Path) -> "Load":
    return Load(tmp_path)


class Load:
    """Writes a film and what it reads into a folder, and loads it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, content: str | bytes) -> None:
        data = content.encode() if isinstance(content, str) else content
        (self.folder / name).write_bytes(data)

    def __call__(self, text: str) -> Loaded:
        self.write("film.yaml", HEAD + text)
        return load_manifest(self.folder / "film.yaml", shown="film.yaml")

    def codes(self, text: str) -> list[str]:
        return [f"{each.place}: {each.code}" for each in self(text).problems]


@pytest.mark.parametrize("of", ["[{}]", "{{{}}}"])
def test_a_list_or_map_has_so_many_entries(of: str) -> None:
    def codes(count: int) -> list[str]:
        entries = ",".join(f"k{n}: x" if of[0] == "{" else "x" for n in range(count))
        return [each.code for each in read_yaml(f"a: {of.format(entries)}".encode(), "m").problems]

    assert codes(MOST_ENTRIES) == []
    assert codes(MOST_ENTRIES + 1) == ["OB107"]


def test_a_list_of_maps_may_be_long() -> None:
    read = read_yaml(b"shots:\n" + b"- {id: a}\n" * 30_000, "m.yaml")

    assert read.problems == ()


def test_warnings_are_no_reason_to_stop(load: Load) -> None:
    shots = "".join(
        f"  - {{id: s{n}, prompt: x,\n     mode: std # cheap\n    }}\n" for n in range(3000)
    )

    loaded = load(f"shots:\n{shots}")

    assert loaded.batch is not None
    assert len(loaded.problems) == 3000


def test_so_many_errors_are_looked_at_and_the_rest_is_said_to_be_there(load: Load) -> None:
    shots = "".join(f"  - {{id: s{n}, prompt: x, mode: best}}\n" for n in range(3 * MOST_ERRORS))

    found = load(f"shots:\n{shots}").problems

    assert found[0].code == "OB108"
    assert len(found) == MOST_ERRORS + 2


def test_as_many_errors_as_are_looked_at_are_all_there(load: Load) -> None:
    shots = "".join(f"  - {{id: s{n}, prompt: x, mode: best}}\n" for n in range(MOST_ERRORS))

    assert {each.code for each in load(f"shots:\n{shots}").problems} == {"OB207"}


def test_errors_that_are_only_counted_count_too(load: Load) -> None:
    load.write("rows.csv", "a\n" + "".join(f"{n}\n" for n in range(3 * MOST_ERRORS)))

    found = load(
        'shots: [{id: "{{ row.a }}", rows: rows.csv, prompt: x, mode: "{{ row.a }}"}]\n'
    ).problems

    assert [each.code for each in found] == ["OB108"] + ["OB207"] * 10
    assert f"[and {MOST_ERRORS - 9:,} more rows with other values]" in found[-1].message


def test_few_wrong_values_in_many_rows_are_no_more_than_few_errors(load: Load) -> None:
    rows = 3 * MOST_ERRORS
    load.write("rows.csv", "a,b\n" + "".join(f"{n},{n % 12}\n" for n in range(rows)))

    found = load(
        'shots: [{id: "{{ row.a }}", rows: rows.csv, prompt: x, mode: "{{ row.b }}"}]\n'
    ).problems

    assert [each.code for each in found] == ["OB207"] * 10
    assert any(f"[and {2 * rows // 12:,} more rows with other" in each.message for each in found)


def test_of_a_matrix_of_wrong_values_ten_are_told(load: Load) -> None:
    values = ", ".join(map(str, range(100)))
    matrix = f"{{a: [{values}], b: [{values}]}}"

    found = load(
        f'shots: [{{id: s, prompt: x, mode: "{{{{ matrix.a }}}}", matrix: {matrix}}}]\n'
    ).problems

    assert [each.code for each in found] == ["OB207"] * 10
    assert [each.message for each in found if "[" in each.message] == [
        "mode must be std or pro, not '9' [and 90 more with other values]"
    ]


def test_what_comes_up_again_is_not_one_more_error(load: Load) -> None:
    load.write("part.yaml", "".join(f"- {{id: s{n}, prompt: x, mode: best}}\n" for n in range(100)))

    codes = load.codes("shots:\n" + "  - include: part.yaml\n" * (MOST_ERRORS // 100 + 1))

    assert len(set(codes)) == len(codes)
    assert "film.yaml: OB108" not in codes


def test_what_comes_up_again_and_again_is_not_looked_at_for_ever(load: Load) -> None:
    load.write("part.yaml", "".join(f"- {{id: s{n}, prompt: x, mode: best}}\n" for n in range(100)))

    found = load("shots:\n" + "  - include: part.yaml\n" * 200).problems

    assert found[0].message.startswith("these problems came up again more than 4,000 times")


@pytest.mark.parametrize(
    ("key", "entry"),
    [("tags", "a"), ("multi_shot", "{prompt: x, duration: 1}"), ("provider", "apimodels")],
)
def test_a_list_of_far_too_many_is_one_problem_with_both_numbers(
    load: Load, key: str, entry: str
) -> None:
    found = load(f"shots: [{{id: s, prompt: x, {key}: [{', '.join([entry] * 3000)}]}}]\n").problems

    assert [(each.code, each.message, each.hint) for each in found] == [
        ("OB209", f"{key} must have at most 100 entries, and has 3,000", "leave 2,900 out")
    ]


def test_a_row_that_is_wrong_everywhere_counts_once(load: Load) -> None:
    load.write("rows.csv", "a\n" + "".join(f"{n}\n" for n in range(5000)))

    (problem,) = load(
        'shots: [{id: "{{ row.a }}", rows: rows.csv, prompt: x, mode: "{{ row.b }}"}]\n'
    ).problems

    assert problem.code == "OB302"


def test_where_is_one_expression(load: Load) -> None:
    load.write("rows.csv", "a\n1\n")
    shot = 'shots: [{{id: "s{{{{ row.a }}}}", prompt: x, rows: {{file: rows.csv, where: "{}"}}}}]\n'

    assert load.codes(shot.format("row.a != '%}'")) == []
    assert load.codes(shot.format("x) %}1{% if (x")) == ["film.yaml:4:72: OB300"]


@pytest.mark.parametrize("encoding", ["base64", "rot13", "idna", "punycode", "undefined"])
def test_what_makes_no_text_of_files_is_no_encoding(load: Load, encoding: str) -> None:
    load.write("rows.csv", "a\n1\n")

    codes = load.codes(
        f'shots: [{{id: "{{{{ row.a }}}}", prompt: x, rows: {{file: rows.csv, encoding: {encoding}}}}}]\n'
    )

    assert codes == ["film.yaml:4:53: OB340"]


@pytest.mark.parametrize("escape", ["\\ud800", "\\udfff", "\\u0000", "\\u001b"])
def test_escapes_of_json_write_no_character_that_the_text_may_not_hold(
    load: Load, escape: str
) -> None:
    load.write("rows.json", f'[{{"a": "1"}},\n {{"a": "{escape}"}}]')

    assert load.codes('shots: [{id: "s{{ row.a }}", prompt: x, rows: rows.json}]\n') == [
        "rows.json:2:1: OB347"
    ]


def test_a_pair_of_escapes_is_one_character(load: Load) -> None:
    load.write("rows.json", '[{"a": "\\ud83d\\ude00"}]')

    loaded = load('shots: [{id: "s{{ row.a }}", prompt: x, rows: rows.json}]\n')

    assert loaded.batch is not None
    assert loaded.batch.shots[0].id == "s😀"


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_rows_end_in_any_way_that_lines_do(load: Load, ending: str) -> None:
    load.write("rows.csv", ending.join(["a,b", "1,x", '2,"y', 'z"', "3,w"]))

    loaded = load('shots: [{id: "s{{ row.a }}", prompt: "{{ row.b }}", rows: rows.csv}]\n')

    assert loaded.batch is not None
    assert [shot.id for shot in loaded.batch.shots] == ["s1", "s2", "s3"]
    assert [shot.row and shot.row.line for shot in loaded.batch.shots] == [2, 3, 5]


def test_filters_may_be_busy_for_so_long(load: Load) -> None:
    words = "x " * 20_000
    shots = "".join(
        f'  - {{id: s{n}, prompt: "{{{{ a | title | truncate(9, true) }}}}{n}"}}\n'
        for n in range(40)
    )

    found = load(f"vars: {{a: {words}}}\nshots:\n{shots}").problems

    assert {each.code for each in found} == {"OB304"}
    assert 0 < len(found) < 40


@pytest.mark.parametrize("path", [".env", ".ENV.local", "sub/.git/config"])
def test_files_that_may_hold_keys_are_never_sent(load: Load, path: str) -> None:
    assert load.codes(f"shots: [{{id: a, prompt: {{file: {path}}}}}]\n") == [
        "film.yaml:4:32: OB321"
    ]
