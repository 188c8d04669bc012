"""The whole proof of "never pay twice, never lose a paid clip", and its figures.

    python tests/prove.py [PYTEST OPTION ...]

Runs every test marked `prove`, then prints what they counted: a row for each proof, a
column for each figure. The exit code is pytest's. `-k WORD` proves a part.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from subprocess import run

from figures import FOLDER, PROVE

TESTS = Path(__file__).parent
PYTEST = ("-m", "pytest", str(TESTS), "-m", "prove", "-q", "--numprocesses", "auto")

Row = dict[str, float]


def main(options: Sequence[str]) -> int:
    """Run the proofs with `options` for pytest; print the table; return the exit code."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="omnibatch-figures-") as folder:
        environment = {**os.environ, PROVE: "1", FOLDER: folder}
        try:
            code = run(
                [sys.executable, *PYTEST, *options], cwd=TESTS.parent, env=environment
            ).returncode
        except KeyboardInterrupt:  # what has been counted by now is shown all the same
            code = 130
        lines = [line for file in Path(folder).iterdir() for line in file.open(encoding="utf-8")]
    print("\n".join(table(summed(lines))))
    print(f"in all {time.monotonic() - began:.0f} s on {os.cpu_count()} processors")
    return code


def summed(lines: Iterable[str]) -> dict[str, Row]:
    """Add up the reports of each proof."""
    rows: dict[str, Row] = {}
    for line in lines:
        report = json.loads(line)
        row = rows.setdefault(report.pop("proof"), {})
        del report["test"]
        for name, number in report.items():
            # The points by name are the same ones in each part of a proof.
            row[name] = (
                max(row.get(name, 0), number)
                if name == "points"
                else round(row.get(name, 0) + number, 1)
            )
    return rows


def table(rows: dict[str, Row]) -> list[str]:
    """One line for each proof, by name, under a head; seconds last."""
    names = dict.fromkeys(name for row in rows.values() for name in row)
    columns = [*(name for name in names if name != "seconds"), *("seconds",) * ("seconds" in names)]
    width = max((len(proof) for proof in rows), default=0)
    head = [f"{'proof':<{width}}", *columns]
    lines = ["  ".join(head)]
    for proof, row in sorted(rows.items()):
        cells = [f"{row.get(name, ''):{'>' + str(len(name))}}" for name in columns]
        lines.append("  ".join([f"{proof:<{width}}", *cells]))
    return lines


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
