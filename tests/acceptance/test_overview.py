"""The page of `omnibatch --help`, which is printed without loading click."""

import os
import subprocess
import sys

import pytest


def _printed(*arguments: str, columns: int) -> str:
    ran = subprocess.run(
        [sys.executable, "-m", "omnibatch", *arguments],
        env={**os.environ, "COLUMNS": str(columns)},
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout


@pytest.mark.parametrize("columns", [40, 79, 80, 200])
def test_help_is_the_page_that_click_makes(columns: int) -> None:
    # Given twice, the option goes to click on any terminal.
    by_click = _printed("--help", "--help", columns=columns)

    assert _printed("--help", columns=columns) == by_click
    assert _printed("-h", columns=columns) == by_click
    assert "rehearse" in by_click


def test_help_may_be_cut_off_by_its_reader() -> None:
    ran = subprocess.run(
        f"{sys.executable} -m omnibatch --help | true; echo ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        text=True,
    )

    assert (ran.stdout, ran.stderr) == ("0\n", "")
