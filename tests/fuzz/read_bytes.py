"""Fuzz the YAML reader with atheris, which sees which lines of it were reached.

    python -m venv /tmp/fuzz && /tmp/fuzz/bin/pip install atheris pyyaml
    /tmp/fuzz/bin/python tests/fuzz/read_bytes.py FOLDER -max_total_time=300

FOLDER keeps what was interesting, from one time to the next; it begins with the example
manifests. What goes wrong is written beside as `crash-...`: make it small, put it into
tests/examples/invalid/ as `yaml-NAME.yaml`, and write what must be said of it into
`yaml-NAME.problems`. All options of libFuzzer are taken; -help=1 lists them.

No test: atheris has no wheels for some systems that this project runs on, and a fuzzer is
as good as the time it is given.
"""

import sys
from pathlib import Path

import atheris  # type: ignore[import-not-found]

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS.parent))

with atheris.instrument_imports():
    from oracle import check

_LONGEST = 4096  # most mistakes need less, and what follows the first is not read
_SLOWEST_S = 20
_MOST_MB = 1024


def main() -> None:
    """Run until told to stop, or until something goes wrong."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for example in sorted((TESTS / "examples").rglob("*.yaml")):
        if example.stat().st_size <= _LONGEST:
            (folder / f"example-{example.stem}").write_bytes(example.read_bytes())
    options = [
        *(f"-max_len={_LONGEST}", f"-timeout={_SLOWEST_S}", f"-rss_limit_mb={_MOST_MB}"),
        f"-artifact_prefix={folder.parent}/",
    ]
    atheris.Setup([sys.argv[0], str(folder), *options, *sys.argv[2:]], check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
