"""Figures that tests report: read by `prove.py`, and printed where a test runs by itself."""

import json
import os
import time
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["FOLDER", "PROVE", "Figures"]

PROVE = "OMNIBATCH_PROVE"
"""The environment variable under which tests marked `prove` run; `make prove` sets it."""

FOLDER = "OMNIBATCH_FIGURES"
"""The environment variable that names the folder where figures are gathered."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The fixture `figures`: what one test has counted, a line of JSON for each report."""

    test: str
    began: float = field(default_factory=time.monotonic)

    def report(self, proof: str, /, **counted: float) -> None:
        """Report, under the name of a `proof`, what was counted, such as `kills=57`.

        `seconds` since the test began are added. `make prove` prints one row for each
        proof and adds up what is reported under one name.
        """
        line = {"proof": proof, "test": self.test, **counted}
        line["seconds"] = round(time.monotonic() - self.began, 1)
        text = json.dumps(line)
        print(text)
        if folder := os.environ.get(FOLDER):
            with open(Path(folder, f"{os.getpid()}.jsonl"), "a", encoding="utf-8") as file:
                file.write(text + "\n")
