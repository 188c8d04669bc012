"""docs/reliability.md names a test for each of its cases; here they are looked for."""

import re
from pathlib import Path

TESTS = Path(__file__).parent
PAGE = TESTS.parent / "docs" / "reliability.md"
CASES = 35
PROOFS = (
    "one kill",
    "two kills",
    "random kills",
    "soak",
    "rough disk",
    "rough wire",
    "a film's life",
    "git",
)
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
        assert not test or re.search(rf"^(async )?def {test}\(", text, re.MULTILINE), (
            f"{file}::{test}"
        )


def test_a_case_without_a_test_is_explained() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for number, tests in _ROW.findall(text):
        if not _NAMED.search(tests):
            assert f"\n- {number} (" in text.partition("Out of scope")[2]


def test_the_page_has_the_figures_of_every_proof() -> None:
    section = PAGE.read_text(encoding="utf-8").partition("### Figures")[2].partition("###")[0]
    head, _, *rows = [line for line in section.splitlines() if line.startswith("|")]
    names = [row.split("|")[1].strip() for row in rows]

    assert head == "| proof | run | points | schedules | kills | paid twice | lost |"
    for proof in PROOFS:
        assert any(name.startswith(proof) for name in names), proof
    for row in rows:
        *counts, twice, lost = [cell.strip().replace(",", "") for cell in row.split("|")[3:-1]]
        assert all(count.isdigit() for count in (twice, lost)), row
        assert all(count.isdigit() or not count for count in counts), row
