"""What the reader makes of YAML that it accepts: texts, order, merges, places."""

import gc

import pytest

from omnibatch.manifest.nodes import Mapping, Node, Scalar, Sequence, core_value
from omnibatch.manifest.text.reader import read_yaml
from omnibatch.problems import Place

MANIFEST = """\
# a comment
version: 1
name: harbor  # two spaces
style: 35 mm film, muted teal
ratio: 16:9
sound: off
quoted: "She turns: a wave"
single: 'nothing # lost'
folded: >
  one line
  of text
literal: |
  {{ keeper }} walks

    indented
  last
kept: |2+

    four
   three

stripped: |-
      six
empty:
list: [a, "b", 'c']
nested:
  - id: opening
    tags:
    - deep
"""


def plain(node: Node | None) -> object:
    match node:
        case Mapping():
            return {key.text: plain(value) for key, value in node}
        case Sequence():
            return [plain(item) for item in node.items]
        case Scalar():
            return node.text
    return None


def read(text: str) -> Node:
    result = read_yaml(text.encode(), "m.yaml")
    assert result.problems == ()
    assert result.node is not None
    return result.node


def under(node: Node, *path: str | int) -> Node:
    for step in path:
        if isinstance(step, int):
            assert isinstance(node, Sequence)
            node = node.items[step]
        else:
            assert isinstance(node, Mapping)
            found = node.get(step)
            assert found is not None
            node = found
    return node


def scalar_at(node: Node, *path: str | int) -> Scalar:
    found = under(node, *path)
    assert isinstance(found, Scalar)
    return found


def scalars(node: Node) -> list[Scalar]:
    match node:
        case Mapping():
            return [each for pair in node for part in pair for each in scalars(part)]
        case Sequence():
            return [each for item in node.items for each in scalars(item)]
    return [node]


def test_text_is_kept_as_written() -> None:
    node = read("id: 010\nsku: 1e3\nat: 2024-01-01\nratio: 16:9\non: no\n")

    assert plain(node) == {
        "id": "010",
        "sku": "1e3",
        "at": "2024-01-01",
        "ratio": "16:9",
        "on": "no",
    }


@pytest.mark.parametrize("text", ["16:9", "on", "no", "2024-01-01", "1:30", "0o9", "1_000"])
def test_what_only_yaml_1_1_resolves_stays_text(text: str) -> None:
    assert core_value(scalar_at(read(f"key: {text}\n"), "key")) == text


def test_every_character_of_a_text_with_a_body_stands_at_its_place() -> None:
    lines = MANIFEST.split("\n")

    for scalar in scalars(read(MANIFEST)):
        for offset, character in enumerate(scalar.text if scalar.body else ""):
            place = scalar.place_at(offset)
            if character != "\n":
                assert lines[place.line - 1][place.column - 1] == character


def test_one_line_scalars_and_literal_blocks_have_bodies() -> None:
    node = read(MANIFEST)

    for key in ("ratio", "quoted", "single", "literal", "kept", "stripped"):
        assert scalar_at(node, key).body is not None, key
    assert scalar_at(node, "folded").body is None


@pytest.mark.parametrize(
    "text", ['key: "a \\" b"\n', "key: 'a '' b'\n", "key: two\n  lines\n", 'key: "two\n  lines"\n']
)
def test_escaped_and_wrapped_text_has_no_body(text: str) -> None:
    assert scalar_at(read(text), "key").body is None


def test_literal_text_knows_the_column_of_its_lines() -> None:
    kept = scalar_at(read(MANIFEST), "kept")

    assert kept.text == "\n  four\n three\n\n"
    assert kept.indent == 3
    assert kept.place_at(kept.text.index("three")) == Place("m.yaml", 20, 4)


def test_columns_count_code_points_after_a_byte_order_mark() -> None:
    node = read("\ufeff😀: {日本: x}\n")

    assert under(node, "😀").place == Place("m.yaml", 1, 4)
    assert scalar_at(node, "😀", "日本").place == Place("m.yaml", 1, 9)


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_every_line_end_counts_once(end: str) -> None:
    result = read_yaml(MANIFEST.replace("\n", end).encode(), "m.yaml")

    assert result == read_yaml(MANIFEST.encode(), "m.yaml")


def test_a_scalar_stands_behind_its_anchor_and_tag() -> None:
    node = read("a: &x !!str 010\nb: *x\n")

    assert scalar_at(node, "a").place == Place("m.yaml", 1, 13)
    assert core_value(scalar_at(node, "a")) == "010"


def test_a_name_ends_at_a_space() -> None:
    node = read("a: &x :y\nb: [*x]\n*x : z\n")

    assert scalar_at(node, "a").place == Place("m.yaml", 1, 7)
    assert plain(node) == {"a": ":y", "b": [":y"], ":y": "z"}


@pytest.mark.parametrize("text", ["a: |\n  x", "a: |+\n  x", "a: >\n  x\n   ", "- |+\n   "])
def test_a_last_line_break_changes_nothing(text: str) -> None:
    assert read(text) == read(f"{text}\n")


@pytest.mark.parametrize(
    "text",
    [
        "a: 'x'  # b \"#c\n",
        "a: x#y\n",
        "a: |\n  'x'#y\n",
        "a: |\n     \n# b\nc: d\n",
        "a:\n- b: >-\n      \n  # c\n  d: e\n",
        "a: [b?c, d ?e, '?']\n",
        "a: {? b: c}\n",
        "a: &n b\nc: [*n,*n]\nd: {e: *n}\n",
    ],
)
def test_what_only_looks_like_a_lost_word_is_read(text: str) -> None:
    assert read(text)


def test_an_alias_keeps_the_place_where_its_value_is_written() -> None:
    node = read("a: &x [harbor]\nb: *x\n")

    assert scalar_at(node, "b", 0).place == Place("m.yaml", 1, 8)


def test_merged_pairs_stand_where_the_merge_stands() -> None:
    node = read("base: &base {mode: std, sound: off}\nshot:\n  id: a\n  <<: *base\n  takes: 2\n")

    assert plain(under(node, "shot")) == {"id": "a", "mode": "std", "sound": "off", "takes": "2"}
    shot = under(node, "shot")
    assert isinstance(shot, Mapping)
    assert [key.text for key, _ in shot] == ["id", "mode", "sound", "takes"]
    assert scalar_at(node, "shot", "mode").place == Place("m.yaml", 1, 20)


def test_a_written_key_wins_over_a_merged_one() -> None:
    node = read("base: &base {mode: std}\nshot: {<<: *base, mode: pro}\n")

    assert plain(under(node, "shot")) == {"mode": "pro"}


def test_an_earlier_merged_map_wins_over_a_later_one() -> None:
    node = read("a: &a {mode: std}\nb: &b {mode: pro, sound: on}\nc: {<<: [*a, *b]}\n")

    assert plain(under(node, "c")) == {"mode": "std", "sound": "on"}


def test_a_quoted_merge_key_is_text() -> None:
    assert plain(read('"<<": {a: 1}\n')) == {"<<": {"a": "1"}}


def test_core_tags_that_say_what_is_so_are_taken() -> None:
    node = read("!!map {a: !!int 5, b: !!float 5, c: !!bool true, d: !!null ~, e: !!seq [x]}\n")

    assert plain(node) == {"a": "5", "b": "5", "c": "true", "d": "~", "e": ["x"]}


@pytest.mark.parametrize("tagged", ["!!int true", "!!bool 1", "!!float x", '!!int "5"'])
def test_core_tags_that_say_otherwise_are_problems(tagged: str) -> None:
    result = read_yaml(f"key: {tagged}\n".encode(), "m.yaml")

    assert [problem.code for problem in result.problems] == ["OB122"]


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_the_yaml_directive_may_name_what_is_read(version: str) -> None:
    assert plain(read(f"%YAML {version}\n---\nname: harbor\n")) == {"name": "harbor"}


@pytest.mark.parametrize(
    "line",
    [
        "mode: std  # cheap",
        "mode: std\t# cheap",
        "duration: 5 # seconds",
        "locked: true #yes",
        "nothing: ~ # yet",
        "prompt: 'Take #2' # quoted",
        "prompt: a#b",
        "defaults: # for all",
        "prompt: | # a block",
        "text: 'quoted'  # two",
    ],
)
def test_comments_that_lose_no_words_are_no_problem(line: str) -> None:
    assert read_yaml(f"{line}\n".encode(), "m.yaml").problems == ()


def test_the_value_of_a_repeated_key_is_the_first() -> None:
    result = read_yaml(b"a: 1\nb: {c: 1, c: 2}\na: 3\n", "m.yaml")

    assert plain(result.node) == {"a": "1", "b": {"c": "1"}}
    assert [(p.code, p.place.line) for p in result.problems] == [("OB120", 2), ("OB120", 3)]


def test_an_unquoted_template_is_handed_on_as_text() -> None:
    result = read_yaml(b"prompt: {{ keeper }}\nmode: std\n", "m.yaml")

    assert plain(result.node) == {"prompt": "{{ keeper }}", "mode": "std"}


def test_the_garbage_collector_is_left_as_it_was() -> None:
    was_enabled = gc.isenabled()
    try:
        for switch in (gc.enable, gc.disable):
            switch()
            read("a: 1\n")
            assert gc.isenabled() is (switch is gc.enable)
    finally:
        (gc.enable if was_enabled else gc.disable)()
