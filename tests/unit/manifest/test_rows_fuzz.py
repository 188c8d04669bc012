"""Whatever bytes a file of rows has: rows, or a problem that says where; never a traceback."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from omnibatch.manifest.rows import read_rows
from omnibatch.problems import Place

_PIECES = st.sampled_from(
    [
        *(b"sku", b";", b",", b"\t", b"|", b'"', b'""', b"\n", b"\r\n", b"\r", b" ", b"1", b"\xe9"),
        *(b"{", b"}", b"[", b"]", b":", b'"a"', b"null", b"true", b"- ", b"sep=;", b"\xef\xbb\xbf"),
        *(b"\xff\xfe", b"\0", b"{{ x }}", b"1E+17", b"16:09:00", b"#REF!", b"'", b"&a ", b"*a"),
    ]
)
_FORMATS = st.sampled_from([None, "csv", "tsv", "jsonl", "json", "yaml"])
_ENCODINGS = st.sampled_from(
    [None, "utf-8", "utf-16", "cp1252", "shift_jis", "idna", "undefined", "hex", "unicode_escape"]
)
_DELIMITERS = st.sampled_from([None, ",", ";", "\t", "|"])


@settings(max_examples=150, deadline=None)
@given(
    data=st.lists(_PIECES, max_size=40).map(b"".join) | st.binary(max_size=60),
    format=_FORMATS,
    encoding=_ENCODINGS,
    delimiter=_DELIMITERS,
)
def test_any_bytes_are_rows_or_a_problem(
    data: bytes, format: str | None, encoding: str | None, delimiter: str | None
) -> None:
    rows, problems = read_rows(
        data,
        file="rows.csv",
        format=format,
        encoding=encoding,
        delimiter=delimiter,
        place=Place("film.yaml", 4, 5),
    )

    if rows is None:
        assert [each for each in problems if each.severity == "error"]
    else:
        for number in range(len(rows)):
            assert set(dict(rows.cells(number))) == set(rows.columns)
            assert rows.place(number).line >= 1
    assert all(each.hint for each in problems)


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
