"""From text to a checked batch with digests: ours beside the naive pipeline, in one run.

    python tests/bench/language.py            a table for docs/performance.md
    python tests/bench/language.py --quick    a thousand shots of each, for a look

Each measurement is a process of its own; the naive and our own run by turns, and the
median of the ratios counts. The naive pipeline is what one would write first: the whole
file by `yaml.safe_load`, `jsonschema` on each shot, `from_string` for each template of
each shot, JSON and SHA-256. It is linear, so it runs on a thousandth of the large sizes'
shots, and its time per shot is compared.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from manifests import listed, products

MAKERS = {"csv": products, "yaml": listed}
NAIVE_SHOTS = 300
SCHEMA = json.loads(
    (Path(__file__).parents[2] / "schemas" / "manifest.schema.json").read_text("utf-8")
)


def ours(manifest: Path) -> int:
    """Load and check; the number of shots with a digest."""
    from omnibatch.checks import check
    from omnibatch.manifest import load_manifest

    loaded = load_manifest(manifest)
    assert loaded.batch is not None, loaded.problems[:3]
    result = check(loaded.batch)
    assert result.batch is not None, result.problems[:3]
    return len({shot.digest for shot in result.batch.shots})


def naive(manifest: Path) -> int:
    """The same by the libraries' first pages."""
    import csv
    import hashlib

    import jinja2
    import yaml
    from jsonschema import Draft202012Validator

    data = yaml.safe_load(manifest.read_text("utf-8"))
    validator = Draft202012Validator({"$ref": "#/$defs/shot", "$defs": SCHEMA["$defs"]})
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
    digests = set()

    def one(shot: dict[str, object], names: dict[str, object]) -> None:
        written = {k: "off" if v is False else v for k, v in shot.items() if k != "rows"}
        errors = list(validator.iter_errors(written))
        assert not errors or shot.get("rows"), errors[0].message
        names = {**data["vars"], **names}
        rendered = {
            key: environment.from_string(value).render(names)
            if isinstance(value, str) and "{{" in value
            else value
            for key, value in shot.items()
            if key != "rows"
        }
        bought = {**data["defaults"], **rendered}
        text = json.dumps(bought, sort_keys=True, default=str)
        digests.add(hashlib.sha256(text.encode()).hexdigest())

    for shot in data["shots"]:
        if "rows" in shot:
            file = manifest.parent / shot["rows"]["file"]
            with file.open(newline="", encoding="utf-8") as rows:
                for row in csv.DictReader(rows):
                    one(shot, {"row": row})
        else:
            one(shot, {"shot": shot})
    return len(digests)


def measure(which: str, manifest: Path) -> tuple[float, float]:
    """Seconds and peak MB of one run in a process of its own."""
    command = [sys.executable, __file__, "--one", which, str(manifest)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, peak = done.stdout.split()
    return float(seconds), float(peak)


def one(which: str, manifest: Path) -> None:
    """Run once and print seconds and peak MB; of the processor, since others use it too; imports count."""
    start = time.process_time()
    {"ours": ours, "naive": naive}[which](manifest)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(time.process_time() - start, peak)


def table(sizes: list[int], rounds: int) -> None:
    print("| from | shots | seconds | us per shot | peak MB | naive us per shot | times |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for kind, make in MAKERS.items():
            small = Path(folder, f"{kind}-naive")
            small.mkdir()
            for size in sizes:
                large = Path(folder, f"{kind}-{size}")
                large.mkdir()
                manifest, sample = make(large, size), make(small, NAIVE_SHOTS)
                ratios, ours_us, naive_us, peaks, seconds = [], [], [], [], []
                for _ in range(rounds):
                    took, peak = measure("ours", manifest)
                    slow, _ = measure("naive", sample)
                    ours_us.append(took / size * 1e6)
                    naive_us.append(slow / NAIVE_SHOTS * 1e6)
                    ratios.append(naive_us[-1] / ours_us[-1])
                    peaks.append(peak)
                    seconds.append(took)
                middle = statistics.median
                print(
                    f"| {kind} | {size:,} | {middle(seconds):.1f} | {middle(ours_us):.0f}"
                    f" | {max(peaks):.0f} | {middle(naive_us):.0f} | {middle(ratios):.0f} |",
                    flush=True,
                )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--one", nargs=2)
    parser.add_argument("--quick", action="store_true")
    chosen = parser.parse_args()
    if chosen.one:
        one(chosen.one[0], Path(chosen.one[1]))
    elif chosen.quick:
        table([1_000], rounds=1)
    else:
        table([1_000, 10_000, 100_000], rounds=3)


if __name__ == "__main__":
    main()
