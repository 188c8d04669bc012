"""docs/reliability.md names a test for each of its cases; here they are looked for."""

import re
from pathlib import Path

TESTS = Path(__file__).parent
PAGE = TESTS.parent / "docs" / "reliability.md"
CASES = 35
_ROW = re.compile(r"^\| (\d+) [^|]+ \| ([^|]+) \|$", re.MULTILINE)
_NAMED = re.compile(r"`([\w/]+\.py)(?:::(\w+))?`")


def test_every_case_has_its_row() -> None:
    numbers = [int(number) for number, _ in _ROW.findall(PAGE.read_text(encoding="utf-8"))]

    assert numbers == list(range(1, CASES + 1))


def test_every_test_that_the_page_names_is_there() -> None:
    rows = _ROW.findall(PAGE.read_text(encoding="utf-8"))
    named = [test for _, tests in rows for test in _NAMED.findall(tests)]

    assert len(named) > CASES
    for file, test in named:
        text = (TESTS / file).read_text(encoding="utf-8")
        assert not test or f"def {test}(" in text, f"{file}::{test}"


def test_a_case_without_a_test_is_explained() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for number, tests in _ROW.findall(text):
        if not _NAMED.search(tests):
            assert f"\n- {number} (" in text.partition("Out of scope")[2]


def test_the_page_has_its_figures() -> None:
    rows = re.findall(
        r"^\| .+ \| (\d+) \| (\d+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )

    assert len(rows) > 5
    assert set(rows) == {("0", "0")}
