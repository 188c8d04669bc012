"""A workplace: a folder with a manifest, an emulator, and the command line between them."""

import json
import os
import time
import urllib.request
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from omnibatch.emulator import Emulator, Fault, Settings

from .canary import KEY
from .gateways import GATEWAYS, install_gateways, variables_of_gateway
from .launching import Finished, Launcher, Running

__all__ = ["KEY", "Document", "Workplace", "both", "prompt_of", "variables_of"]

both = pytest.mark.parametrize("provider", ["cometapi", "apimodels"])
"""Runs a test at each of the two providers."""

_VARIABLES = {
    "cometapi": ("COMETAPI_KEY", "COMETAPI_BASE_URL"),
    "apimodels": ("APIMODELS_API_KEY", "APIMODELS_BASE_URL"),
    **{name: variables_of_gateway(name) for name in GATEWAYS.values()},
}
_QUICK: Mapping[str, Any] = {"render_s": (0.02, 0.06), "queue_s": 0.0, "clip": "small"}
_RUN = {"poll_first": 0.03, "poll_longest": 0.2, "patience": 1}

Document = dict[str, Any]  # a JSON or YAML mapping


def variables_of(provider: str) -> tuple[str, str]:
    """The names of a provider's key variable and endpoint variable."""
    return _VARIABLES[provider]


def prompt_of(number: int) -> str:
    """The prompt of the plain shot `s1`, `s2`, ..."""
    return f"Harbour, view {number}."


@dataclass(slots=True, kw_only=True)
class Workplace:
    """`folder` holds `film.yaml`; the emulator's own state lies outside of it."""

    folder: Path
    state: Path
    home: Path
    launcher: Launcher
    provider: str = "apimodels"
    settings: Mapping[str, Any] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    emulator: Emulator | None = None
    port: int = 0

    @property
    def manifest(self) -> Path:
        return self.folder / "film.yaml"

    @property
    def lockfile(self) -> Path:
        return self.folder / "film.lock.json"

    @property
    def url(self) -> str:
        assert self.emulator is not None
        return self.emulator.url

    def open(self, *faults: Fault, **settings: Any) -> None:
        """Start the emulator, at the port it had before, and point the environment at it."""
        self.settings = {**_QUICK, **self.settings, **settings}
        self.emulator = Emulator(self.state, Settings(**self.settings), faults, port=self.port)
        self.emulator.start()
        self.port = int(self.url.rpartition(":")[2])
        key, endpoint = variables_of(self.provider)
        self.environment |= {key: KEY, endpoint: self.url}
        if self.provider in GATEWAYS.values():
            self.environment |= install_gateways(self.state / "packages")

    def shut(self) -> None:
        """Stop the emulator: its port refuses connections then."""
        if self.emulator is not None:
            self.emulator.stop()
            self.emulator = None

    def reopen(self, *faults: Fault, **settings: Any) -> None:
        """Start the emulator anew, with the same tasks and other settings."""
        self.shut()
        self.open(*faults, **settings)

    def write(
        self,
        shots: int | Sequence[Document] = 3,
        *,
        run: Mapping[str, Any] | None = None,
        **keys: Any,
    ) -> Path:
        """Write the manifest: so many plain shots, s1, s2, ..., or these."""
        if isinstance(shots, int):
            shots = [{"id": f"s{n}", "prompt": prompt_of(n)} for n in range(1, shots + 1)]
        document = {
            "version": 1,
            "name": "film",
            "provider": self.provider,
            "defaults": {"duration": 5, "aspect_ratio": "16:9"},
            "run": {**_RUN, **(run or {})},
            **keys,
            "shots": list(shots),
        }
        text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True)
        self.manifest.write_text(text, encoding="utf-8")
        return self.manifest

    def start(self, *arguments: str, cold: bool = False, **variables: str) -> Running:
        """Start a command line in the folder, with the environment and `variables`."""
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "PYTHONUTF8": "1",
            **self.environment,
            **variables,
        }
        return self.launcher.start(
            arguments, folder=self.folder, environment=environment, cold=cold
        )

    def omnibatch(self, *arguments: str, cold: bool = False, **variables: str) -> Finished:
        """Run a command line to its end."""
        with self.start(*arguments, cold=cold, **variables) as running:
            return running.wait()

    def run(self, *options: str, cold: bool = False, **variables: str) -> Finished:
        """`omnibatch run film.yaml --yes` to its end."""
        return self.omnibatch("run", "film.yaml", "--yes", *options, cold=cold, **variables)

    def start_run(self, *options: str, **variables: str) -> Running:
        """Start `omnibatch run film.yaml --yes`."""
        return self.start("run", "film.yaml", "--yes", *options, **variables)

    def meter(self) -> Document:
        """What the emulator has counted."""
        with urllib.request.urlopen(f"{self.url}/_meter", timeout=10) as reply:
            meter: Document = json.load(reply)
        return meter

    @property
    def posts(self) -> int:
        """How many creates the emulator has received."""
        received: int = self.meter()["creates"]["received"]
        return received

    @property
    def accepted(self) -> int:
        """How many creates have become tasks, and were charged."""
        accepted: int = self.meter()["creates"]["accepted"]
        return accepted

    @property
    def sold(self) -> dict[str, int]:
        """How many tasks each prompt was sold; more than 1 is a duplicate."""
        sold: dict[str, int] = self.meter()["accepted_by_prompt"]
        return sold

    def faults(self, *faults: Fault) -> None:
        """Put these faults in force at the emulator, and no others."""
        body = json.dumps([fault.as_json() for fault in faults]).encode()
        with urllib.request.urlopen(f"{self.url}/_faults", body, timeout=10) as reply:
            assert reply.status == 200

    def until(self, is_so: Callable[[Document], bool], what: str = "it") -> Document:
        """Read the meter until `is_so` of it; fail after 20 seconds."""
        end = time.monotonic() + 20
        while not is_so(meter := self.meter()):
            assert time.monotonic() < end, f"{what} never came: {meter}"
            time.sleep(0.02)
        return meter

    def ledger(self) -> Document:
        """The lockfile."""
        document: Document = json.loads(self.lockfile.read_text(encoding="utf-8"))
        return document

    def states(self, *options: str) -> dict[str, str]:
        """The state word of each shot, as `status --json` gives it."""
        return {shot["shot"]: shot["state"] for shot in self.status(*options)["shots"]}

    def status(self, *options: str) -> Document:
        """The document of `status --json`."""
        finished = self.omnibatch("status", "film.yaml", "--json", *options)
        assert finished.code == 0, finished.said
        document: Document = json.loads(finished.out)
        return document

    def plan(self, *options: str, **variables: str) -> Document:
        """The document of `plan --json`."""
        finished = self.omnibatch("plan", "film.yaml", "--json", *options, **variables)
        document: Document = json.loads(finished.out)
        return document

    def actions(self, *options: str, **variables: str) -> dict[str, str]:
        """What a plan would do with each shot."""
        return {shot["shot"]: shot["action"] for shot in self.plan(*options, **variables)["shots"]}

    def listing(self) -> dict[str, bytes]:
        """Every file under the folder, with its bytes."""
        return {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
        }

    def clips(self) -> list[str]:
        """The names of all clips under the folder, finished or not."""
        names = (path.name for path in self.folder.rglob("*.mp4*"))
        return sorted(names)

    def task_ids(self, prompt: str | None = None) -> list[str]:
        """The ids of all tasks at the emulator, or of those with this prompt."""
        tasks: Iterable[Document] = self.meter()["tasks"]
        return [task["task_id"] for task in tasks if prompt in (None, task["prompt"])]
