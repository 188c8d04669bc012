"""Whatever the bytes of a file of rows: rows of text, or problems with places in it."""

import json
import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from omnibatch.manifest.rows import read_rows
from omnibatch.problems import Place, errors_in

HERE = Place("film.yaml", 6, 10)
PIECES = [
    *(bytes([each]) for each in b"\n\t\r ,;|\"'{}[]:0a\\-#"),
    *(b"a,b\n", b"1,2\n", b'"x\ny"', b'{"a": 1}', b'[{"a": "', b"- {a: 1}\n", b"sep=;\n", b'""'),
    *(b"\\ud800", b"\\u0000", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\0", "é😀".encode(), b"1e5"),
    *(
        b"null",
        b"true",
        b"1.6E+17",
        b"16:09:00",
        b"#REF!",
        b"=1+1",
        b"{{ a }}",
        b"&a ",
        b"*a",
        b"!!x ",
    ),
]
_LINE_END = re.compile(r"\r\n|\r|\n")


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(
    data=st.lists(st.sampled_from(PIECES), max_size=25).map(b"".join),
    format=st.sampled_from(["csv", "tsv", "json", "jsonl", "yaml"]),
    encoding=st.sampled_from(
        [None, None, None, "utf-8", "cp1252", "utf-16", "shift_jis", "utf-7", "idna", "hex"]
    ),
    delimiter=st.sampled_from([None, None, ",", ";", "|", "\t"]),
)
@example(data=b"a\r1\r\n2\n", format="csv", encoding=None, delimiter=None)
@example(data=b'[{"a": "\\ud800"}]', format="json", encoding=None, delimiter=None)
@example(data=b'{"\\ud800": "a"}', format="jsonl", encoding=None, delimiter=None)
@example(data=b"+2AA-", format="csv", encoding="utf-7", delimiter=None)
def test_any_file_of_rows_is_answered(
    data: bytes, format: str, encoding: str | None, delimiter: str | None
) -> None:
    rows, problems = read_rows(
        data, file="rows", format=format, encoding=encoding, delimiter=delimiter, place=HERE
    )

    lines = 1 + len(_LINE_END.findall(data.replace(b"\0", b"").decode("latin-1")))
    for problem in problems:
        assert problem.hint
        assert problem.place == HERE or 1 <= problem.place.line <= lines
    assert (rows is None) == errors_in(problems)
    if rows is not None:
        for number in range(len(rows)):
            assert 1 <= rows.place(number).line <= lines
            cells = dict(rows.cells(number))
            assert set(cells) == set(rows.columns)
            "".join([*cells, *cells.values()]).encode()  # nothing in it that no text has


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=12,
)


@settings(max_examples=80, deadline=None)
@given(rows=st.lists(st.dictionaries(st.text("abc.", max_size=3), _JSON, max_size=4), min_size=1))
def test_json_and_json_lines_of_the_same_objects_are_the_same_rows(
    rows: list[dict[str, object]],
) -> None:
    place = Place("film.yaml", 4, 5)
    whole, told = read_rows(json.dumps(rows).encode(), file="a.json", place=place)
    lines = "\n".join(map(json.dumps, rows)).encode()
    by_line, also_told = read_rows(lines, file="a.jsonl", place=place)

    assert {each.code for each in told} == {each.code for each in also_told}
    if whole is not None:
        assert by_line is not None
        assert (whole.columns, len(whole)) == (by_line.columns, len(by_line))
        assert [dict(whole.cells(n)) for n in range(len(whole))] == [
            dict(by_line.cells(n)) for n in range(len(by_line))
        ]
