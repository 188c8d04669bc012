"""docs/limits.md says what the code does: every code, and every figure of the table."""

import re
from pathlib import Path

import pytest

from omnibatch.checks.codes import Code
from omnibatch.providers import TABLE

PAGE = Path(__file__).parents[3] / "docs" / "limits.md"
ROW = re.compile(r"^\| `([^`]+)` \| (.+) \|$", re.MULTILINE)


def rows() -> dict[str, list[str]]:
    """The rows of all tables of the page whose first cell is `code`, by that cell."""
    found = ROW.findall(PAGE.read_text(encoding="utf-8"))
    assert len(found) == len(dict(found)), "two rows begin alike"
    return {first: [cell.strip() for cell in rest.split(" | ")] for first, rest in found}


def test_no_number_stands_for_two_codes() -> None:
    assert len(Code.__members__) == len(set(Code))


def test_the_page_lists_every_code_and_no_other() -> None:
    listed = [key for key in rows() if key.startswith("OB")]

    assert listed == sorted(code.value for code in Code)


@pytest.mark.parametrize("provider", TABLE.providers())
def test_the_page_gives_the_limits_of_the_table(provider: str) -> None:
    listed = rows()
    o1 = TABLE.row(provider, "kling-video-o1")
    omni = TABLE.row(provider, "kling-v3-omni")
    assert o1 is not None
    assert omni is not None

    for (name, of_o1), (_, of_omni) in zip(o1.limits.facts(), omni.limits.facts(), strict=True):
        assert listed[name][1:3] == [str(of_o1), str(of_omni)], name


def test_the_page_gives_the_prices_of_the_table() -> None:
    listed = rows()
    stated = {
        (f"{rate.mode}, sound: {rate.sound}", row.model): str(rate.per_second)
        for row in TABLE.rows
        for rate in row.rates
    }
    priced = [key for key in listed if ", sound: " in key]

    assert len(priced) == 6
    for key in priced:
        for model, cell in zip(("kling-video-o1", "kling-v3-omni"), listed[key], strict=True):
            assert cell == stated.pop((key, model), "unknown")
    assert stated == {}
