"""Codes of problems: each known once, and explained on its page."""

import re
from pathlib import Path

import pytest

from omnibatch import checks, manifest
from omnibatch.checks.codes import Code
from omnibatch.manifest import codes as of_manifest
from omnibatch.manifest.rows import codes as of_rows

REPOSITORY = Path(__file__).parent.parent
PAGE = (REPOSITORY / "docs" / "problems.md").read_text("utf-8")
PARAGRAPHS = dict(
    re.findall(r"^### (OB\d{3})\n\n(.*?)(?=\n\n#|\Z)", PAGE, re.MULTILINE | re.DOTALL)
)
MEANINGS = {**manifest.MEANINGS, **checks.MEANINGS}


def test_rooms_share_no_code() -> None:
    assert len(MEANINGS) == len(manifest.MEANINGS) + len(checks.MEANINGS)


def test_page_and_code_know_the_same_codes() -> None:
    assert list(PARAGRAPHS) == sorted(MEANINGS)


@pytest.mark.parametrize("code", sorted(MEANINGS))
def test_a_paragraph_says_what_it_means_and_what_to_do(code: str) -> None:
    meaning, _, cure = PARAGRAPHS[code].partition("\n")

    assert meaning.rstrip(".").lower() == MEANINGS[code].rstrip(".").lower()
    assert len(cure) > 10
    assert cure.rstrip().endswith(".")


def test_every_code_in_the_source_is_known() -> None:
    used = {
        code
        for path in (REPOSITORY / "omnibatch").rglob("*.py")
        for code in re.findall(r"\"(OB\d{3})\"", path.read_text("utf-8"))
    }

    assert used == set(MEANINGS)


def _names_in_code(code: str) -> set[str]:
    """How a code is spelt in Python: as it is, or by the name that its room gives it."""
    rooms = (of_manifest, of_rows)
    named = {
        f"codes.{word}" for room in rooms for word, value in vars(room).items() if value == code
    }
    return named | {f"Code.{each.name}" for each in Code if each == code} | {f'"{code}"'}


def _files(folder: str, *endings: str) -> str:
    found = [path for path in sorted((REPOSITORY / folder).rglob("*")) if path.suffix in endings]
    # Lists of codes name all of them, and raise and expect none.
    return "\n".join(
        path.read_text("utf-8")
        for path in found
        if path.name not in ("codes.py", "test_problem_codes.py")
    )


SOURCE = _files("omnibatch", ".py")
TESTS = _files("tests", ".py", ".problems")


@pytest.mark.parametrize("code", sorted(MEANINGS))
def test_every_code_is_raised_somewhere(code: str) -> None:
    assert [name for name in _names_in_code(code) if re.search(rf"{re.escape(name)}(?!\w)", SOURCE)]


@pytest.mark.parametrize("code", sorted(MEANINGS))
def test_every_code_is_expected_by_a_test(code: str) -> None:
    names = {*_names_in_code(code), code}

    assert [name for name in names if re.search(rf"{re.escape(name)}(?!\w)", TESTS)]
