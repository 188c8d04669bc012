"""What a command takes before it does anything: beside a Python that does nothing at all.

    python tests/bench/starting.py [--quick]

Processor time of the whole process, user and system; medians of runs that take turns.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

SPECS = Path(__file__).parents[2] / "specs"
OMNIBATCH = str(Path(sys.executable).with_name("omnibatch"))

COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "omnibatch --help": [OMNIBATCH, "--help"],
    "omnibatch run --help": [OMNIBATCH, "run", "--help"],
    "omnibatch schema manifest": [OMNIBATCH, "schema", "manifest"],
    "omnibatch models": [OMNIBATCH, "models"],
    "omnibatch validate quickstart.yaml": [OMNIBATCH, "validate", "quickstart.yaml"],
    "omnibatch plan quickstart.yaml": [OMNIBATCH, "plan", "quickstart.yaml"],
}


def milliseconds(command: list[str], folder: Path) -> float:
    """Processor time of one run."""
    done = subprocess.Popen(
        command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(done.pid, 0)
    done.returncode = os.waitstatus_to_exitcode(status)
    assert done.returncode == 0, command
    return (used.ru_utime + used.ru_stime) * 1000


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    rounds = 5 if parser.parse_args().quick else 21
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "quickstart.yaml").write_bytes((SPECS / "quickstart.yaml").read_bytes())
        for _ in range(rounds):
            for name, command in COMMANDS.items():
                taken[name].append(milliseconds(command, place))
    bare = statistics.median(taken["python -c pass"])
    print("| command | ms | times `python -c pass` |")
    print("|---|---|---|")
    for name, each in taken.items():
        middle = statistics.median(each)
        print(f"| `{name}` | {middle:.0f} | {middle / bare:.1f} |")


if __name__ == "__main__":
    main()
