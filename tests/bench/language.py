"""From text to a checked batch with digests: ours beside the naive pipeline, in one run.

    python tests/bench/language.py            the tables of docs/performance.md, some minutes
    python tests/bench/language.py --quick    small sizes, once, for a look

Each measurement is a process of its own, ours and the naive one by turns, and medians
count. Time is that of the processor, since a machine is shared, and begins when the
libraries of either side have been imported. The naive pipeline is linear, as its own two
rows show; so it is not run on a hundred thousand shots, and times per shot are compared.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from manifests import listed, products

# What was made is not taken apart while the clock runs.
_KEPT: list[object] = []

KINDS = {"a CSV": products, "YAML": listed}


def ours(manifest: Path) -> list[str]:
    """Load and check; the digests."""
    from omnibatch.checks import check
    from omnibatch.manifest import load_manifest

    loaded = load_manifest(manifest)
    assert loaded.batch is not None, loaded.problems[:3]
    result = check(loaded.batch)
    assert result.batch is not None, result.problems[:3]
    assert not result.problems, result.problems[:3]
    _KEPT.append((loaded, result))
    return [shot.digest for shot in result.batch.shots]


def naive(manifest: Path) -> list[str]:
    """The same by the libraries' first pages."""
    from naive import digests

    data, found = digests(manifest)
    _KEPT.append(data)
    return found


def measure(which: str, make: str, shots: int) -> tuple[float, float]:
    """Microseconds per shot and peak MB of one run, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        manifest = KINDS[make](Path(folder), shots)
        command = [sys.executable, __file__, "--one", which, str(manifest)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    seconds, peak, count = done.stdout.split()
    assert int(count) == shots
    return float(seconds) / shots * 1e6, float(peak)


def one(which: str, manifest: Path) -> None:
    """Run once and print seconds, peak MB, and the number of digests."""
    import csv  # noqa: F401  # what either side imports, before the clock starts

    import jinja2.sandbox  # noqa: F401
    import jsonschema  # noqa: F401
    import naive as _  # noqa: F401
    import yaml  # noqa: F401

    import omnibatch.checks
    import omnibatch.manifest  # noqa: F401

    start = time.process_time()
    found = {"ours": ours, "naive": naive}[which](manifest)
    took = time.process_time() - start
    print(took, peak_mb(), len(found), flush=True)
    os._exit(0)


def peak_mb() -> float:
    """The most memory that this process has had."""
    status = Path("/proc/self/status")
    if status.exists():  # elsewhere the parent's share may be counted in
        return int(status.read_text().split("VmHWM:")[1].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def table(sizes: list[int], naive_sizes: list[int], rounds: int) -> None:
    """Print what each size takes, and how many times the naive pipeline takes."""
    print("| from | pipeline | shots | µs per shot | peak MB | naive / ours |")
    print("|---|---|---|---|---|---|")
    for kind in KINDS:
        runs: dict[tuple[str, int], list[tuple[float, float]]] = {}
        for _ in range(rounds):
            # By turns, so that a neighbour's load falls on both.
            for which, each in (("naive", naive_sizes), ("ours", sizes)):
                for shots in each:
                    runs.setdefault((which, shots), []).append(measure(which, kind, shots))
        slow = [run[0] for run in runs["naive", naive_sizes[-1]]]
        for (which, shots), measured in runs.items():
            took = statistics.median(run[0] for run in measured)
            peak = max(run[1] for run in measured)
            ratios = [theirs / run[0] for theirs, run in zip(slow, measured, strict=True)]
            times = f"{statistics.median(ratios):.1f}" if which == "ours" else ""
            print(
                f"| {kind} | {which} | {shots:,} | {took:.0f} | {peak:.0f} | {times} |", flush=True
            )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--one", nargs=2)
    parser.add_argument("--quick", action="store_true")
    chosen = parser.parse_args()
    if chosen.one:
        one(chosen.one[0], Path(chosen.one[1]))
    elif chosen.quick:
        table([1_000, 5_000], [300], rounds=1)
    else:
        table([1_000, 10_000, 100_000], [500, 2_000], rounds=3)


if __name__ == "__main__":
    main()
