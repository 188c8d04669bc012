"""What libyaml lets pass, drops or changes, and the reader does not."""

import pytest

from omnibatch.manifest.text.events import has_libyaml
from omnibatch.manifest.text.reader import read_yaml

pytestmark = pytest.mark.skipif(
    not has_libyaml(), reason="PyYAML's own parser refuses more, and in other words"
)


def problems(text: str) -> list[str]:
    found = read_yaml(text.encode("utf-8"), "m").problems
    return [f"{each.place.line}:{each.place.column} {each.code}" for each in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a: "x"#y\n', "1:7 OB131"),
        ("a: 'x'#y\n", "1:7 OB131"),
        ("a: [x]#y\n", "1:7 OB131"),
        ("a: {x: y}#z\n", "1:10 OB131"),
        ("a: [x,#y\n  z]\n", "1:7 OB131"),
        ("a: {x: y,#z\n  b: c}\n", "1:10 OB131"),
        ('{"a":#b\n  c}\n', "1:6 OB131"),
        ("a: |#x\n  y\n", "1:5 OB131"),
        ("a: >2-#x\n  y\n", "1:7 OB131"),
        ("a: &b |#x\n  y\nc: *b\n", "1:8 OB131"),
        ("%YAML 1.2#x\n---\na: b\n", "1:10 OB131"),
    ],
)
def test_a_comment_must_not_touch_what_stands_before_it(text: str, expected: str) -> None:
    assert problems(text) == [expected]


@pytest.mark.parametrize("text", ["a: [x,#y]\n", "a: [#x, #y]\n", "a: [x,#y]\nb: c\n"])
def test_a_comment_that_hides_a_bracket_is_named_and_not_the_bracket(text: str) -> None:
    assert [each[-5:] for each in problems(text)] == ["OB131"]


def test_each_touching_comment_is_named_once() -> None:
    assert problems('a: "x"#"y"#z\nb: [c]#d ,#e\n# ,#f\n') == ["1:7 OB131", "2:7 OB131"]


def test_a_touching_comment_before_other_mistakes_is_kept() -> None:
    assert problems("a: [b]#c\nd: @e\n") == ["1:7 OB131", "2:4 OB111"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('["x,#y" @z]\n', "1:9 OB111"),
        ('{a: "x,#y" : z}\n', "1:12 OB111"),
        ("a: 'x,#y\n", "1:4 OB114"),
    ],
)
def test_text_that_the_parser_gave_up_in_or_after_holds_no_comment(
    text: str, expected: str
) -> None:
    assert problems(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: [?x]\n", "1:5 OB111"),
        ("a: [b,\n  ?x]\n", "2:3 OB111"),
        ("a: {?x: y}\n", "1:5 OB111"),
        ('a: {?"x": y}\n', "1:5 OB111"),
        ("a: &n x\nb: {?*n : y}\n", "2:5 OB111"),
        ("?x: y\n- z\n", "2:1 OB118"),
    ],
)
def test_a_question_mark_inside_brackets_is_no_silent_key(text: str, expected: str) -> None:
    assert problems(text) == [expected]


@pytest.mark.parametrize("text", ["a: &n:x y\nb: *n\n", "a: &n?x y\nb: *n\n"])
def test_a_name_ends_where_yaml_ends_it(text: str) -> None:
    assert problems(text) == ["1:4 OB111"]


def test_an_alias_ends_where_yaml_ends_it() -> None:
    assert problems("a: &n x\n*n: y\n") == ["2:1 OB111"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: |\n    \n  # x\n", "3:3 OB116"),
        ("a: >-\n\n    \n\n  # x\nb: c\n", "5:3 OB116"),
        ("a: |\n    \n  # x\n  y\n", "3:3 OB116"),
        ("a:\n- b: |\n     \n    # x\n", "4:5 OB116"),
        ("a: |\n    \n  x\n", "3:3 OB116"),
    ],
)
def test_blank_lines_do_not_turn_a_first_line_into_a_comment(text: str, expected: str) -> None:
    assert problems(text) == [expected]


def test_a_colon_before_a_bracket_or_comma_is_named() -> None:
    assert problems("a: [at 5:, at 6]\n") == ["1:9 OB111"]


@pytest.mark.parametrize("text", ['- "x"#\n', "- |\n    \n #\n", "- [x,#\n  ]\n", "- [?x]\n"])
def test_each_of_many_has_its_place(text: str) -> None:
    one, again = problems(text), problems(text * 50)

    lines = text.count("\n")
    line, _, rest = one[0].partition(":")
    assert again == [f"{int(line) + lines * each}:{rest}" for each in range(50)]
