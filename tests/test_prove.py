"""The figures of `make prove`: gathered from many tests, and summed for each proof."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .figures import FOLDER, PROVE, Figures

PROOF = Path(__file__).with_name("prove.py")


def test_reports_of_one_proof_are_added_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER, str(tmp_path))

    Figures("one").report("pairs, none", kills=2, lost=0)
    Figures("two").report("pairs, none", kills=3, lost=0)

    (file,) = tmp_path.iterdir()
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [line["kills"] for line in lines] == [2, 3]
    asked = (
        "import prove, sys; print('\\n'.join(prove.table(prove.summed(open(sys.argv[1])))))",
        str(file),
    )
    said = subprocess.run(
        [sys.executable, "-c", *asked], cwd=PROOF.parent, capture_output=True, text=True
    )
    assert said.returncode == 0, said.stderr
    assert [line.split() for line in said.stdout.splitlines()] == [
        ["proof", "kills", "lost", "seconds"],
        ["pairs,", "none", "5", "0", "0.0"],
    ]


@pytest.mark.prove
def test_the_whole_proof_runs_only_where_it_is_asked_for() -> None:
    assert os.environ.get(PROVE)
