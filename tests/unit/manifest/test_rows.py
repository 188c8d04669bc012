"""Shots from the rows of a file: how files are read, which rows count, what cells become."""

import pytest

from omnibatch.manifest import codes
from omnibatch.manifest.rows import codes as row_codes
from omnibatch.shots import Shot

from .folders import Folder

GOODS = "sku;name\n1;Löwe\n2;Bär\n"
SHOT = 'shots: [{id: "sku-{{ row.sku }}", rows: ROWS, prompt: "{{ row.name }}"}]\n'


def film(rows: str = "goods.csv", *, where: str = "") -> str:
    """A manifest whose one shot has these rows."""
    if where:
        quoted = where.replace("'", "''")
        rows = f"{{file: {rows}, where: '{quoted}'}}"
    return SHOT.replace("ROWS", rows)


def told(shots: list[Shot]) -> list[tuple[str, str]]:
    return [(shot.id, shot.prompt) for shot in shots]


TWO = [("sku-1", "Löwe"), ("sku-2", "Bär")]

# Files ------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encoding_delimiter_and_line_ends_are_found_out(
    folder: Folder, encoding: str, delimiter: str, end: str
) -> None:
    text = GOODS.replace(";", delimiter).replace("\n", end)
    folder.put("goods.csv", text.encode(encoding))

    assert told(folder.shots(film())) == TWO
    assert folder.said(film()) == []


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [(b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"\xff\xfe\0\0", "utf-32-le")],
)
def test_a_byte_order_mark_wins_over_what_the_manifest_says(
    folder: Folder, mark: bytes, encoding: str
) -> None:
    folder.put("goods.csv", mark + GOODS.encode(encoding))

    assert told(folder.shots(film("{file: goods.csv, encoding: cp1252}"))) == TWO


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "utf-16-le", "cp1250"])
def test_an_encoding_that_is_given_is_used_without_a_word(folder: Folder, encoding: str) -> None:
    folder.put("goods.csv", GOODS.encode(encoding))
    rows = f"{{file: goods.csv, encoding: {encoding}}}"

    assert told(folder.shots(film(rows))) == TWO
    assert folder.said(film(rows)) == []


def test_windows_1252_is_guessed_with_a_warning_that_shows_the_words(folder: Folder) -> None:
    folder.put("goods.csv", GOODS.encode("cp1252"))

    loaded = folder.load(film())

    assert told(folder.shots(film())) == TWO
    assert [str(found) for found in loaded.problems] == [
        "goods.csv:2:1: OB343 warning: this is not UTF-8; it is read as cp1252, as in '1;Löwe'"
        " (if that is right, write encoding: cp1252; else save the file as UTF-8)"
    ]


@pytest.mark.parametrize(
    ("content", "rows", "expected"),
    [
        (b"sku;name\n1;\x81\n", "goods.csv", f"goods.csv:2:1 {row_codes.UNREADABLE}"),
        (b"\xff\xfes\0k\0u", "goods.csv", f"goods.csv:1:1 {row_codes.UNREADABLE}"),
        (
            GOODS.encode(),
            "{file: goods.csv, encoding: utf-9}",
            f"film.yaml:4:48 {row_codes.UNREADABLE}",
        ),
        (
            GOODS.encode(),
            "{file: goods.csv, encoding: base64}",
            f"film.yaml:4:48 {row_codes.UNREADABLE}",
        ),
        (
            GOODS.encode(),
            "{file: goods.csv, encoding: unicode_escape}",
            f"film.yaml:4:48 {row_codes.UNREADABLE}",
        ),
        (b"sku;name\n1;a\0b\n", "goods.csv", f"goods.csv:2:4 {row_codes.STRANGE_CHARACTER}"),
        (b"", "goods.csv", f"film.yaml:4:41 {row_codes.NO_ROWS}"),
        (b"sku;name\n\n;\n", "goods.csv", f"film.yaml:4:41 {row_codes.NO_ROWS}"),
        (b"sku;name;name\n1;a;b\n", "goods.csv", f"goods.csv:1:1 {row_codes.BAD_HEADER}"),
        (b"sku;name\n1;a;b\n2;c;d\n", "goods.csv", f"goods.csv:2:1 {row_codes.RAGGED}"),
        (b'sku,name\n1,"a\n2,b\n', "goods.csv", f"goods.csv:2:1 {row_codes.BROKEN}"),
        (b'sku,name\n1,"a"b\n', "goods.csv", f"goods.csv:2:1 {row_codes.BROKEN}"),
        (b"PK\x03\x04...", "goods.csv", f"film.yaml:4:41 {row_codes.UNREADABLE}"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "goods.csv", f"film.yaml:4:41 {row_codes.UNREADABLE}"),
    ],
)
def test_a_file_that_cannot_be_rows_is_one_problem(
    folder: Folder, content: bytes, rows: str, expected: str
) -> None:
    folder.put("goods.csv", content)

    assert folder.said(film(rows)) == [expected]


def test_a_spreadsheet_is_told_from_a_file_without_an_ending(folder: Folder) -> None:
    folder.put("goods.xlsx", b"PK\x03\x04...")
    folder.put("goods.txt", GOODS)

    sheet, text = (folder.load(film(f"goods.{end}")).problems for end in ("xlsx", "txt"))

    assert sheet[0].hint == "export it as CSV (UTF-8), or as JSON Lines"
    assert text[0].hint == "write format: csv under rows (or tsv, jsonl, json, yaml)"
    assert told(folder.shots(film("{file: goods.txt, format: csv}"))) == TWO


def test_the_first_line_of_excel_may_name_the_delimiter(folder: Folder) -> None:
    folder.put("goods.csv", "sep=;\r\nsku;name\r\n1;a,b,c\r\n")

    shots = folder.shots(film())

    assert told(shots) == [("sku-1", "a,b,c")]
    assert shots[0].row is not None
    assert str(shots[0].row) == "goods.csv:3:1"


def test_a_delimiter_that_is_given_wins_over_the_first_line(folder: Folder) -> None:
    folder.put("goods.csv", "sku,a|name,b|c,d\n1|x|y\n")
    text = film("{file: goods.csv, delimiter: '|'}")

    shots = folder.shots(text.replace("row.sku", "row['sku,a']").replace("row.name", "row['c,d']"))

    assert told(shots) == [("sku-1", "y")]
    folder.put("tabs.csv", "sku;x\tname\n1\ta\n")
    assert told(
        folder.shots(film("{file: tabs.csv, delimiter: tab}").replace("row.sku", "row['sku;x']"))
    ) == [("sku-1", "a")]


def test_quoted_cells_hold_delimiters_quotes_and_line_ends(folder: Folder) -> None:
    folder.put("goods.csv", 'sku,name\n1,"a, ""b""\nand c"\n2,d "e" f\n')

    shots = folder.shots(film())

    assert told(shots) == [("sku-1", 'a, "b"\nand c'), ("sku-2", 'd "e" f')]
    assert [str(shot.row) for shot in shots] == ["goods.csv:2:1", "goods.csv:4:1"]


def test_a_column_without_a_name_is_left_out_with_a_warning(folder: Folder) -> None:
    folder.put("goods.csv", ",sku,,name\n0,1,x,a\n1,2,,b\n")

    loaded = folder.load(film())

    assert told(folder.shots(film())) == [("sku-1", "a"), ("sku-2", "b")]
    assert [(str(found.place), found.code, found.severity) for found in loaded.problems] == [
        ("goods.csv:1:1", row_codes.BAD_HEADER, "warning"),
        ("goods.csv:1:1", row_codes.BAD_HEADER, "warning"),
    ]


def test_blank_lines_and_empty_columns_at_the_end_are_passed_over(folder: Folder) -> None:
    folder.put("goods.csv", "\n\nsku;name;;\n1;a;;\n\n;;;\n2;b;;\n")

    shots = folder.shots(film())

    assert told(shots) == [("sku-1", "a"), ("sku-2", "b")]
    assert [str(shot.row) for shot in shots] == ["goods.csv:4:1", "goods.csv:7:1"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("goods.jsonl", '{"sku": 1, "name": "Löwe"}\n\n{"name": "Bär", "sku": 2}\n'),
        ("goods.ndjson", '{"sku": "1", "name": "Löwe"}\r\n{"sku": "2", "name": "Bär"}'),
        ("goods.json", '[{"sku": 1, "name": "Löwe"},\n {"sku": 2, "name": "Bär"}]'),
        (
            "goods.json",
            '{"total": 2, "pages": [1, 2], "items": [{"sku": 1, "name": "Löwe"},\n'
            ' {"sku": 2, "name": "Bär"}], "next": null}',
        ),
        ("goods.yaml", "- {sku: 1, name: Löwe}\n- sku: 2\n  name: Bär\n"),
        ("goods.tsv", "sku\tname\n1\tLöwe\n2\tBär\n"),
    ],
)
def test_the_ending_says_what_a_file_is(folder: Folder, name: str, content: str) -> None:
    folder.put(name, content)

    assert told(folder.shots(film(name))) == TWO
    assert folder.said(film(name)) == []


def test_numbers_of_json_and_yaml_stay_as_they_are_written(folder: Folder) -> None:
    folder.put("a.jsonl", '{"sku": 160123456789012345, "name": 1.50}\n{"sku": 1e3, "name": true}\n')
    folder.put("b.yaml", "- {sku: 010, name: on}\n- {sku: 1e3, name: 16:9}\n")

    assert told(folder.shots(film("a.jsonl"))) == [
        ("sku-160123456789012345", "1.50"),
        ("sku-1e3", "true"),
    ]
    assert told(folder.shots(film("b.yaml"))) == [("sku-010", "on"), ("sku-1e3", "16:9")]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.jsonl", '{"sku": 1}\n{"sku": 2,}\n', "a.jsonl:2:11"),
        ("a.jsonl", '{"sku": 1} {"sku": 2}\n', "a.jsonl:1:12"),
        ("a.jsonl", '{"sku": 1}\n[2]\n', "a.jsonl:2:1"),
        ("a.jsonl", '{"sku": 1, "sku": 2}\n', "a.jsonl:1:1"),
        ("a.json", '[{"sku": 1}\n {"sku": 2}]', "a.json:2:2"),
        ("a.json", '[{"sku": 1}, 2]', "a.json:1:1"),
        ("a.json", '[{"sku": 1}', "a.json:1:12"),
        ("a.json", '[{"sku": 1}] and more', "a.json:1:14"),
        ("a.json", '{"sku": 1}\n{"sku": 2}\n', "a.json:2:1"),
        ("a.json", '{"sku": 1}', "a.json:1:1"),
        ("a.json", '{"a": [{"sku": 1}], "b": [{"sku": 1}]}', "a.json:1:26"),
        ("a.json", "[" * 100_000, "a.json:1:2"),
        ("a.yaml", "sku: 1\n", "a.yaml:1:1"),
        ("a.yaml", "- sku: 1\n- 2\n", "a.yaml:2:3"),
    ],
)
def test_json_and_yaml_that_are_no_rows_are_told_where_they_break(
    folder: Folder, name: str, content: str, expected: str
) -> None:
    folder.put(name, content)

    assert folder.said(film(name)) == [f"{expected} {row_codes.BROKEN}"]


def test_what_stands_inside_a_row_has_columns_of_its_own(folder: Folder) -> None:
    content = (
        '{"sku": 1, "name": {"de": "Löwe", "en": "lion"}, "photos": ["a.png", {"big": "b.png"}],'
        ' "dimensions": {}, "tags": []}\n{"sku": 2, "name": {"de": "Bär"}, "photos": null}\n'
    )
    folder.put("goods.jsonl", content)
    words = "{{ row.name.de }}, {{ row.name.en or 'no English' }}, {{ row.photos[0] }}"
    text = f'shots: [{{id: "sku-{{{{ row.sku }}}}", rows: goods.jsonl, prompt: "{words}"}}]\n'

    assert told(folder.shots(text)) == [
        ("sku-1", "Löwe, lion, a.png"),
        ("sku-2", "Bär, no English,"),
    ]
    by_name = text.replace("row.photos[0]", "row['photos.1.big']")
    assert told(folder.shots(by_name))[0] == ("sku-1", "Löwe, lion, b.png")
    found = folder.load(text.replace("row.name.de", "row.name")).problems
    assert found[0].message.startswith("the rows have no column name")
    assert "did you mean row.name." in found[0].hint


def test_yaml_rows_may_be_nested_too(folder: Folder) -> None:
    folder.put("goods.yaml", "- {sku: 1, name: {de: [a, b]}}\n")

    assert told(folder.shots(film("goods.yaml").replace("row.name", "row.name.de[1]"))) == [
        ("sku-1", "b")
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('{"sku": 1, "a": {"b": 1}, "a.b": 2}\n' * 3, row_codes.BAD_HEADER),
        ('{"sku": 1, "a": ' + '{"b": ' * 11 + "1" + "}" * 12 + "\n", row_codes.NESTED),
        ('{"sku": 1, "a": [' + "1, " * 1000 + "1]}\n", row_codes.TOO_LARGE),
    ],
)
def test_rows_that_cannot_be_columns_are_one_problem(
    folder: Folder, content: str, expected: str
) -> None:
    folder.put("goods.jsonl", content)

    assert folder.said(film("goods.jsonl")) == [f"goods.jsonl:1:1 {expected}"]


def test_a_file_of_rows_belongs_to_the_file_that_names_it(folder: Folder) -> None:
    folder.put("scenes/data/goods.csv", GOODS)
    folder.write(scenes__shop=SHOT.removeprefix("shots: ").replace("ROWS", "data/goods.csv"))

    assert told(folder.shots("shots: [{include: scenes/shop.yaml}]\n")) == TWO


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ("gods.csv", codes.FILE_MISSING),
        ("../goods.csv", codes.PATH_REFUSED),
        ("/etc/hosts", codes.PATH_REFUSED),
        ("https://example.com/goods.csv", codes.PATH_REFUSED),
        ("data", codes.PATH_REFUSED),
    ],
)
def test_rows_come_from_a_file_that_may_be_read(folder: Folder, rows: str, code: str) -> None:
    folder.put("goods.csv", GOODS)
    folder.put("data/x.csv", GOODS)

    assert folder.said(film(rows)) == [f"film.yaml:4:41 {code}"]


# Which rows -------------------------------------------------------------------------

STOCK = "sku;name;stock;active\n1;a;5;yes\n2;b;;no\n3;c;0;yes\n"


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ('row.active == "yes"', ["1", "3"]),
        ("row.stock", ["1"]),  # empty, no, false, off and 0 are no
        ("not row.stock", ["2", "3"]),
        ("row.active", ["1", "3"]),
        ("row.active | upper and row.name", ["1", "3"]),
        ("row.stock | int > 0", ["1"]),
        ('row.active == "yes" and row["stock"] != "0"', ["1"]),
        ("row.name == wanted or profile == 'x'", ["2"]),
        ("row.name == name", []),
    ],
)
def test_where_says_which_rows_count(folder: Folder, where: str, expected: list[str]) -> None:
    folder.put("goods.csv", STOCK)
    loaded = folder.load("vars: {wanted: b}\n" + film(where=where))

    if expected:
        assert loaded.batch is not None, loaded.problems
        assert [shot.id for shot in loaded.batch.shots] == [f"sku-{sku}" for sku in expected]
    else:
        assert [str(found.place) for found in loaded.problems] == ["film.yaml:5:66"]
        assert loaded.problems[0].message == "no row of goods.csv fits: all 3 are left out"


def test_where_may_choose_the_rows_of_its_scene(folder: Folder) -> None:
    folder.put("board.csv", "sku;name;part\n1;a;dawn\n2;b;storm\n")
    shot = film("board.csv", where="row.part == scene.name").removeprefix("shots: ").rstrip()

    shots = folder.shots(f"shots: [{{scene: storm, shots: {shot}}}]\n")

    assert told(shots) == [("sku-2", "b")]


@pytest.mark.parametrize(
    ("where", "column", "code", "cure"),
    [
        # A quote in single quotes is written twice: then only the start is known.
        ("row.activ == 'yes'", 66, codes.UNDEFINED, "did you mean row.active?"),
        ("active == 'yes'", 66, codes.UNDEFINED, "did you mean row.active?"),
        ("row.active == yes", 81, codes.UNDEFINED, 'text stands in quotes: "yes"'),
        ("matrix.x == 'a'", 66, codes.UNDEFINED, "where knows row, the variables"),
        ("row.active = 'yes'", 66, codes.TEMPLATE_SYNTAX, 'write it like row.active == "yes"'),
        ("{{ row.active }}", 67, codes.TEMPLATE_SYNTAX, "leave the braces out"),
        ("row.stock in [1]", 67, codes.TEMPLATE_REFUSED, 'row.size == "S" or row.size == "M"'),
        ("row.stock > 3", 67, codes.TEMPLATE_FAILED, "use | int"),
        (" ", 67, codes.EMPTY, "or leave where out"),
        ("row.__class__", 67, codes.TEMPLATE_REFUSED, "names, filters, if"),
    ],
)
def test_a_where_that_is_wrong_is_told_once_with_its_place(
    folder: Folder, where: str, column: int, code: str, cure: str
) -> None:
    folder.put("goods.csv", STOCK)

    (found,) = folder.load(film(where=where)).problems

    assert (found.place.column, found.code) == (column, code)
    assert cure in found.hint


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("row.stock ==", "this expression cannot be read: something is missing at its end"),
        ("(row.stock", "this expression cannot be read: ) is missing"),
        ("row.stock = 1", "this expression cannot be read: = compares nothing"),
        ("row.stock yes", "this expression cannot be read: yes does not go with what stands"),
        ("row.stock) == 1", "this expression cannot be read: ) does not go with what stands"),
    ],
)
def test_a_where_is_told_without_what_was_put_around_it(
    folder: Folder, where: str, message: str
) -> None:
    folder.put("goods.csv", STOCK)

    (found,) = folder.load(film(where=where)).problems

    assert found.message.startswith(message)


# Cells ------------------------------------------------------------------------------


def test_an_empty_cell_is_a_value_not_set(folder: Folder) -> None:
    folder.put("goods.csv", "sku;mode;seconds;style;skip\n1;;;;\n2;pro;10s;Own.;yes\n3; ; 7 ;;no\n")
    head = "version: 1\nprovider: apimodels\ndefaults: {aspect_ratio: 16:9, style: House.}\n"

    shots = folder.shots(
        'shots: [{id: "sku-{{ row.sku }}", rows: goods.csv, mode: "{{ row.mode }}",'
        ' duration: "{{ row.seconds }}", style: "{{ row.style }}", skip: "{{ row.skip }}",'
        " prompt: x}]\n",
        head=head,
    )

    assert [(s.mode, s.duration, s.prompt, s.skip) for s in shots] == [
        ("std", 5, "x\nHouse.", False),
        ("pro", 10, "x\nOwn.", True),
        ("std", 7, "x\nHouse.", False),
    ]
    assert [s.origins["mode"] for s in shots] == ["built-in", "shot", "built-in"]


def test_an_empty_cell_leaves_the_value_of_the_scene_in_force(folder: Folder) -> None:
    folder.put("goods.csv", "sku;mode\n1;\n")
    scene = "shots:\n- scene: shop\n  defaults: {mode: pro}\n  shots:\n"

    shot = folder.shots(
        scene + '  - {id: "s-{{ row.sku }}", rows: goods.csv, mode: "{{ row.mode }}", prompt: x}\n'
    )[0]

    assert (shot.mode, shot.origins["mode"]) == ("pro", "scene shop")


def test_cells_are_data_and_never_templates(folder: Folder) -> None:
    folder.put("goods.csv", "sku;name\n1;{{ name }}\n2;{% if x %}\n3;plain\n")

    loaded = folder.load(film())

    assert [shot.prompt for shot in folder.shots(film())] == ["{{ name }}", "{% if x %}", "plain"]
    assert [str(found) for found in loaded.problems] == [
        "goods.csv:2:1: OB351 warning: name: '{{ name }}' is sent as it stands: cells are data"
        " [and in 1 more row] (write templates in the manifest)"
    ]


def test_a_token_in_a_cell_is_checked_like_one_written_by_hand(folder: Folder) -> None:
    folder.put("goods.csv", "sku;name\n1;<<<image_1>>>\n")

    assert folder.said(film()) == [f"film.yaml:4:60 {codes.BAD_TOKEN}"]


def test_columns_of_any_name_are_in_reach(folder: Folder) -> None:
    folder.put("goods.csv", "sku;Product Name;größe;items;2nd\n1;a;b;c;d\n")
    words = "{{ row['Product Name'] }}{{ row.größe }}{{ row.items }}{{ row['2nd'] }}"

    assert told(folder.shots(film().replace("{{ row.name }}", words))) == [("sku-1", "abcd")]


@pytest.mark.parametrize(
    ("used", "cure"),
    [
        ("row.nme", "did you mean row.name?"),
        ("row.product", 'did you mean row["Product Name"]?'),
        ("row.Product Name", 'is written row["Product Name"]'),
        ("sku", "did you mean row.sku?"),
    ],
)
def test_a_column_that_is_misspelt_is_told_with_the_way_to_write_it(
    folder: Folder, used: str, cure: str
) -> None:
    folder.put("goods.csv", "sku;name;Product Name\n1;a;b\n2;a;b\n")

    (found,) = folder.load(film().replace("row.name", used)).problems

    assert cure in found.hint


def test_a_missing_column_is_one_problem_in_a_hundred_thousand_rows(folder: Folder) -> None:
    folder.put("goods.csv", "sku;name\n" + "".join(f"{n};x\n" for n in range(100_000)))

    loaded = folder.load(film().replace("row.name", "row.nme"))

    assert [str(found.place) for found in loaded.problems] == ["film.yaml:4:64"]
    assert [str(related.place) for related in loaded.problems[0].related] == ["goods.csv:2:1"]


def test_a_value_that_is_wrong_in_many_rows_is_one_problem_with_their_count(
    folder: Folder,
) -> None:
    rows = "".join(f"{n};{'best' if n % 2 else 'std'}\n" for n in range(1, 1001))
    folder.put("goods.csv", "sku;mode\n" + rows)
    text = 'shots: [{id: "s-{{ row.sku }}", rows: goods.csv, mode: "{{ row.mode }}", prompt: x}]\n'

    (found,) = folder.load(text).problems

    assert found.message == "mode must be std or pro, not 'best' [and in 499 more rows]"
    assert [str(related.place) for related in found.related] == ["goods.csv:2:1"]


def test_different_mistakes_in_one_column_are_told_in_the_order_of_their_rows(
    folder: Folder,
) -> None:
    folder.put("goods.csv", "sku;mode\n1;zzz\n2;mmm\n3;aaa\n")
    text = 'shots: [{id: "s-{{ row.sku }}", rows: goods.csv, mode: "{{ row.mode }}", prompt: x}]\n'

    found = folder.load(text).problems

    assert [str(each.related[0].place) for each in found] == [
        "goods.csv:2:1",
        "goods.csv:3:1",
        "goods.csv:4:1",
    ]


def test_a_file_that_a_row_names_is_told_with_its_row(folder: Folder) -> None:
    folder.put("goods.csv", "sku;photo\n1;a.png\n2;b.png\n")
    folder.put("photos/a.png", b"x")
    text = (
        'shots: [{id: "s-{{ row.sku }}", rows: goods.csv, prompt: "{{ ref.photo }}",'
        ' references: {photo: {image: "photos/{{ row.photo }}"}}}]\n'
    )

    (found,) = folder.load(text).problems

    assert found.message == "there is no file photos/b.png"
    assert [str(related.place) for related in found.related] == ["goods.csv:3:1"]


# Ids --------------------------------------------------------------------------------


def test_an_id_must_differ_from_row_to_row(folder: Folder) -> None:
    folder.put("goods.csv", "sku;name\n1;a\n2;b\n1;c\nA;d\na;e\n")

    assert folder.said(film().replace("sku-{{ row.sku }}", "sku")) == [
        f"film.yaml:4:14 {codes.ID_NOT_OF_ROW}"
    ]
    found = folder.load(film()).problems
    assert [(each.code, each.message) for each in found] == [
        (codes.DUPLICATE_ID, "the id sku-1 is taken by the row on line 2"),
        (codes.DUPLICATE_ID, "the id sku-a is taken by the row on line 5, sku-A"),
    ]
    assert [str(each.related[0].place) for each in found] == ["goods.csv:4:1", "goods.csv:6:1"]


def test_a_cell_that_no_id_may_hold_is_told_with_a_filter_that_mends_it(folder: Folder) -> None:
    folder.put("goods.csv", "sku;name\n12 3;a\n")

    (found,) = folder.load(film()).problems

    assert (found.code, "replace(" in found.hint) == (codes.BAD_NAME, True)
    mended = film().replace("row.sku", "row.sku | replace(' ', '-')")
    assert told(folder.shots(mended)) == [("sku-12-3", "a")]


# Spreadsheets -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "what"),
    [
        ("16:09:00", "took for a time"),
        ("09:16:00", "took for a time"),
        ("16:09", "took for a time"),
        ("01:01", "took for a time"),
        ("1.6E+17", "a spreadsheet has rounded"),
        ("1,60123E+17", "a spreadsheet has rounded"),
        ("9-Mar", "took for a date"),
        ("16. Sep", "took for a date"),
        ("#REF!", "where it has no value"),
        ("########", "where it has no value"),
        ("'0042", "by which spreadsheets mark text"),
    ],
)
def test_a_cell_that_a_spreadsheet_has_changed_is_named(
    folder: Folder, cell: str, what: str
) -> None:
    folder.put("goods.csv", f"sku;name;other\n1;fine;ok\n2;{cell};ok\n3;{cell};ok\n")

    (found,) = folder.load(film()).problems

    assert (str(found.place), found.code, found.severity) == (
        "goods.csv:3:1",
        row_codes.DAMAGED,
        "warning",
    )
    assert found.message.startswith(f"name: {cell!r} ")
    assert what in found.message
    assert found.message.endswith("[and in 1 more row]")


@pytest.mark.parametrize("cell", ["08:30", "16:9", "1E3", "March 9", "#1", "it's", "12:30 h"])
def test_an_ordinary_cell_is_not_called_damaged(folder: Folder, cell: str) -> None:
    folder.put("goods.csv", f"sku;name\n1;{cell}\n")

    assert folder.said(film()) == []


def test_a_ratio_that_became_a_time_is_told_with_the_ratio_that_was_meant(folder: Folder) -> None:
    folder.put("goods.csv", "sku;ratio\n1;16:09:00\n2;16:09\n3;9:16\n")
    text = (
        'shots: [{id: "s-{{ row.sku }}", rows: goods.csv, aspect_ratio: "{{ row.ratio }}",'
        " prompt: x}]\n"
    )

    errors = [each for each in folder.load(text).problems if each.severity == "error"]

    assert [each.hint for each in errors] == ["did you mean 16:9?", "did you mean 16:9?"]


def test_an_element_id_that_was_rounded_is_an_error(folder: Folder) -> None:
    folder.put("goods.csv", "sku;face\n1;1.6E+17\n")
    text = (
        'shots: [{id: "s-{{ row.sku }}", rows: goods.csv, prompt: "{{ ref.face }}",'
        ' references: {face: {element: "{{ row.face }}"}}}]\n'
    )

    assert folder.said(text) == [
        f"film.yaml:4:105 {codes.WRONG_VALUE}",
        f"goods.csv:2:1 {row_codes.DAMAGED}",
    ]


# Rows with the rest -----------------------------------------------------------------


def test_every_row_has_every_combination_and_every_take(folder: Folder) -> None:
    folder.put("goods.csv", GOODS)
    text = (
        'shots: [{id: "sku-{{ row.sku }}", rows: goods.csv, matrix: {lens: [35mm, 85mm]},'
        ' takes: 2, prompt: "{{ row.name }} {{ matrix.lens }} {{ take }}"}]\n'
    )

    shots = folder.shots(text)

    assert [(str(shot.slot), shot.prompt) for shot in shots] == [
        ("sku-1-35mm", "Löwe 35mm 1"),
        ("sku-1-35mm@2", "Löwe 35mm 2"),
        ("sku-1-85mm", "Löwe 85mm 1"),
        ("sku-1-85mm@2", "Löwe 85mm 2"),
        ("sku-2-35mm", "Bär 35mm 1"),
        ("sku-2-35mm@2", "Bär 35mm 2"),
        ("sku-2-85mm", "Bär 85mm 1"),
        ("sku-2-85mm@2", "Bär 85mm 2"),
    ]
    assert len({shot.target for shot in shots}) == 8


def test_takes_may_differ_from_row_to_row(folder: Folder) -> None:
    folder.put("goods.csv", "sku;takes\n1;2\n2;\n3;1.0\n")
    text = (
        'shots: [{id: "s-{{ row.sku }}", rows: goods.csv, takes: "{{ row.takes }}", prompt: x}]\n'
    )

    assert [str(shot.slot) for shot in folder.shots(text)] == ["s-1", "s-1@2", "s-2", "s-3"]


def test_one_file_may_serve_several_shots(folder: Folder) -> None:
    folder.put("goods.csv", GOODS)
    text = (
        'shots: [{id: "a-{{ row.sku }}", rows: goods.csv, prompt: "{{ row.name }}"},'
        ' {id: "b-{{ row.sku }}", rows: {file: goods.csv, where: row.sku == "2"}, prompt: x}]\n'
    )

    assert [shot.id for shot in folder.shots(text)] == ["a-1", "a-2", "b-2"]


def test_rows_that_are_bad_make_no_column_unknown(folder: Folder) -> None:
    folder.put("goods.csv", GOODS)

    assert folder.said(film("{file: goods.csv, delimiter: x}")) == [
        f"film.yaml:4:70 {codes.WRONG_VALUE}"
    ]
