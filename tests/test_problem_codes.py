"""Codes of problems: each known once, and explained on its page."""

import re
from pathlib import Path

import pytest

from omnibatch import checks, manifest

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
