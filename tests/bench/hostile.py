"""What hostile manifests take: `python -m tests.bench.hostile [NAME]...`

For every bomb of tests/bombs.py, and every example of tests/examples/invalid, one run of
`omnibatch validate` from cold: seconds of the processor, megabytes of memory, exit code.
What is over two seconds, over 300 MB, or no exit 3, is marked.
"""

import sys
import tempfile
from pathlib import Path

from ..bombs import BOMBS
from ..measured import Measured, measured

INVALID = Path(__file__).parents[1] / "examples" / "invalid"
REPOSITORY = Path(__file__).parents[2]


def of_bomb(name: str) -> Measured:
    with tempfile.TemporaryDirectory() as folder:
        BOMBS[name][0](Path(folder))
        return measured(["validate", "film.yaml"], Path(folder), most_seconds=60)


def of_example(path: Path) -> Measured:
    arguments = ["validate", "--ref-root", str(REPOSITORY), path.name]
    return measured(arguments, path.parent, most_seconds=60)


def main() -> None:
    examples = {str(path.relative_to(INVALID)): path for path in INVALID.rglob("*.yaml")}
    examples = {
        name: path for name, path in examples.items() if "/" not in name or path.stem == "film"
    }
    chosen = sys.argv[1:] or [*BOMBS, *sorted(examples)]
    print(f"{'hostile input':55} {'CPU s':>7} {'MB':>5}  exit")
    slowest = largest = 0.0
    for name in chosen:
        took = of_bomb(name) if name in BOMBS else of_example(examples[name])
        slowest, largest = max(slowest, took.seconds), max(largest, took.megabytes)
        good = took.code == 3 and took.seconds < 2 and took.megabytes < 300
        mark = "" if good and "Traceback" not in took.said else "  <--"
        print(
            f"{name:55} {took.seconds:7.2f} {took.megabytes:5.0f}  {took.code:4}{mark}", flush=True
        )
    print(f"{len(chosen)} in all; the slowest took {slowest:.2f} s, the largest {largest:.0f} MB")


if __name__ == "__main__":
    main()
