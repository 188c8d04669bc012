"""Bytes that are no text, and texts that would cost more to walk than to write."""

import pytest

from omnibatch.manifest.nodes import Scalar
from omnibatch.manifest.text.anchors import DEEPEST, MOST_EXPANDED
from omnibatch.manifest.text.reader import Read, read_yaml
from omnibatch.manifest.text.source import LARGEST_BYTES
from omnibatch.problems import Place


def only_problem(data: bytes) -> tuple[str, Place, str]:
    result = read_yaml(data, "m.yaml")
    (problem,) = result.problems
    return problem.code, problem.place, problem.message


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_named(encoding: str) -> None:
    code, place, message = only_problem("name: harbor\n".encode(encoding))

    assert (code, place) == ("OB101", Place("m.yaml", 1, 1))
    assert "UTF-16" in message


def test_utf_32_is_named() -> None:
    assert "UTF-32" in only_problem("name: harbor\n".encode("utf-32"))[2]


def test_a_byte_that_is_not_utf_8_has_its_place() -> None:
    code, place, message = only_problem(b"\xef\xbb\xbfname: harbor\r\ncity: \xc3\xa9t\xe9\n")

    assert (code, place) == ("OB101", Place("m.yaml", 2, 9))
    assert "0xE9" in message


@pytest.mark.parametrize("character", ["\0", "\x1b", "\x7f", "\x85", "\u2028", "\ufeff"])
def test_an_invisible_character_has_its_place(character: str) -> None:
    code, place, message = only_problem(f"name: harbor\nnote: a{character}b\n".encode())

    assert (code, place) == ("OB102", Place("m.yaml", 2, 8))
    assert f"U+{ord(character):04X}" in message


def test_a_file_over_the_limit_is_not_even_decoded() -> None:
    code, place, message = only_problem(b"\xff" * (LARGEST_BYTES + 1))

    assert (code, place) == ("OB103", Place("m.yaml"))
    assert f"{LARGEST_BYTES + 1:,}" in message
    assert f"{LARGEST_BYTES:,}" in message


@pytest.mark.parametrize("opening", ["[", "{", "- ", "? ", "{a: ", "[{a: "])
def test_depth_is_bounded(opening: str) -> None:
    assert only_problem(opening.encode() * 200_000)[0] == "OB126"


def test_the_deepest_allowed_is_read() -> None:
    assert read_yaml(b"[" * DEEPEST + b"]" * DEEPEST, "m.yaml").problems == ()


def test_depth_by_aliases_is_bounded() -> None:
    chain = ["a0: &a0 [x]", *(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 1000))]

    code, place, _ = only_problem("\n".join(chain).encode())

    assert code == "OB126"
    assert place.line == DEEPEST


def test_aliases_may_stand_for_as_much_as_the_limit() -> None:
    def repeated(times: int) -> Read:
        long_list = "[" + ",".join("x" * 999) + "]"  # 1,000 nodes
        aliases = ",".join(["*x"] * times)
        return read_yaml(f"x: &x {long_list}\ny: [{aliases}]\n".encode(), "m.yaml")

    assert repeated(MOST_EXPANDED // 1000).problems == ()
    assert [p.code for p in repeated(MOST_EXPANDED // 1000 + 1).problems] == ["OB125"]


def test_merges_count_as_what_they_stand_for() -> None:
    doubled = ["a0: &a0 {x: 1}"]
    doubled += [f"a{n}: &a{n} {{<<: *a{n - 1}, b: *a{n - 1}, c: *a{n - 1}}}" for n in range(1, 40)]

    assert only_problem("\n".join(doubled).encode())[0] == "OB125"


@pytest.mark.parametrize("text", ["a: &a [*a]", "a: &a {b: {c: *a}}", "a: &a {<<: *a}"])
def test_an_alias_inside_what_it_names_is_a_cycle(text: str) -> None:
    assert only_problem(text.encode())[0] == "OB124"


def test_a_name_given_again_stands_for_the_later_node() -> None:
    result = read_yaml(b"- &a [x]\n- &a [y]\n- *a\n", "m.yaml")

    assert result.problems == ()
    assert "y" in str(result.node)


def test_a_number_of_many_digits_is_text() -> None:
    result = read_yaml(b"a: " + b"9" * 5000, "m.yaml")

    assert result.problems == ()
    assert result.node is not None


def test_a_second_problem_after_broken_yaml_is_not_reported() -> None:
    assert only_problem(b"a: {{ x }} walks\nb: [\n")[0] == "OB112"


def test_findings_before_broken_yaml_are_kept() -> None:
    result = read_yaml(b"a: 1\na: 2\nb: @c\n", "m.yaml")

    assert result.node is None
    assert [problem.code for problem in result.problems] == ["OB120", "OB111"]


def test_a_warned_comment_is_an_error_where_the_text_goes_on_after_it() -> None:
    assert only_problem(b"a: Take # 2\n\n   of the pier\n")[0] == "OB130"
    assert read_yaml(b"a: Take # 2\n  of the pier\n", "m").problems[0].severity == "error"


def test_a_mistake_after_a_comment_is_still_reported() -> None:
    result = read_yaml(b"a: Take # 2\n- b\n", "m.yaml")

    assert [problem.code for problem in result.problems] == ["OB130", "OB118"]


def test_long_and_many_lined_names_are_shortened_in_messages() -> None:
    key = '"' + "k" * 500 + '\\nsecond"'

    message = only_problem(f"{key}: 1\n{key}: 2\n".encode())[2]

    assert len(message) < 120
    assert "\n" not in message


def test_a_file_of_a_directive_alone_is_empty() -> None:
    assert only_problem(b"%YAML 1.2\n ")[:2] == ("OB104", Place("m.yaml", 1, 1))


def test_a_top_level_that_is_no_map_is_handed_on() -> None:
    assert isinstance(read_yaml(b"harbor\n", "m.yaml").node, Scalar)
