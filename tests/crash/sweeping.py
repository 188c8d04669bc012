"""Schedules of kills, run side by side: each in a folder of its own, at a worker's own emulator.

Between schedules the emulator's meter is set to zero, so that what it shows belongs to one.
"""

import shutil
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from pathlib import Path
from threading import Lock

import certifi

from ..launching import Launcher
from ..workplace import Workplace
from .films import Kind
from .oracle import Kills, Tally

__all__ = ["Row", "Schedule", "Site", "Sweep", "pairs", "singles"]

_WORKERS = 5
_MOST_FAILURES = 8

Schedule = Callable[[Workplace, Kills], None]
"""What is done at a place: command lines that are killed, then an oracle."""

Row = Iterator[tuple[int, ...]]
"""Kills by their numbers, in an order in which they come later and later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where a sweep works."""

    folder: Path
    home: Path
    launcher: Launcher
    kind: Kind

    def place(self, name: str) -> Workplace:
        """A workplace whose emulator is up."""
        folder = self.folder / name
        folder.mkdir()
        place = Workplace(
            folder=folder,
            state=self.folder / f"{name}-emulator",
            home=self.home,
            launcher=self.launcher,
            provider=self.kind.provider,
        )
        # A lookup finds a task only after a while, well within what the gateways promise.
        place.open(lookup_lag_s=0.1)
        # Reading a whole bundle takes a fifth of a run, and nothing here is asked by https.
        place.environment["SSL_CERT_FILE"] = str(self._one_certificate())
        return place

    def _one_certificate(self) -> Path:
        file = self.folder / "one.pem"
        if not file.exists():
            bundle = Path(certifi.where()).read_text(encoding="utf-8")
            begin = bundle.index("-----BEGIN")
            file.write_text(bundle[begin : bundle.index("-----BEGIN", begin + 1)])
        return file


def singles(stride: int = 1) -> Iterator[Row]:
    """A kill at the first failpoint, at the second, ..., or at every `stride`-th."""
    return (iter([(number,)]) for number in count(1, stride))


def pairs(stride: int = 1, *, firsts: Iterable[int] | None = None) -> Iterator[Row]:
    """For each first kill, a second one at every failpoint of the rerun, or every `stride`-th.

    With `firsts` for those first kills alone.
    """
    return (
        ((first, second) for second in count(1 + first % stride, stride))
        for first in (count(1) if firsts is None else firsts)
    )


Traces = tuple[tuple[str, int], ...]
"""What a kill has left: each file with its size, and what the meter counted."""


def traces_of(place: Workplace) -> Traces:
    """The traces of a place. Names by chance and times differ, and are of one length each."""
    files = [
        (str(path.relative_to(place.folder)), -1 if path.is_dir() else path.stat().st_size)
        for path in place.folder.rglob("*")
        if not path.name.endswith("-by")  # names a process, whose number may be longer
    ]
    return (*sorted(files), *sorted(place.meter()["creates"].items()))


@dataclass(slots=True)
class Sweep:
    """Works through rows of kills, until the first kill of one comes too late for its run.

    A row ends where one of its kills comes too late. Some failures are let pass, so that
    one can see where the others are.

    Where a kill leaves the same files, and the same at the provider, as the one before it,
    what follows is the same, too: a schedule may ask `Kills.repeats`, and end there.
    """

    site: Site
    schedule: Schedule
    rows: Iterable[Row]
    tally: Tally = field(default_factory=Tally)
    points: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)
    _is_over: bool = False
    _seen: dict[tuple[int, ...], dict[Traces, int]] = field(default_factory=dict)

    def run(self) -> "Sweep":
        """Do it all; return itself."""
        self.rows = iter(self.rows)
        with ThreadPoolExecutor(_WORKERS) as pool:
            for done in [pool.submit(self._work, worker) for worker in range(_WORKERS)]:
                done.result()
        return self

    @property
    def figures(self) -> dict[str, int]:
        """What a table shows: points by name, schedules, kills, and the oracle's counts."""
        names = ("schedules", "kills", "duplicates", "lost", "decisions")
        return {"points": len(self.points), **{name: self.tally[name] for name in names}}

    def _work(self, worker: int) -> None:
        home = self.site.place(f"worker-{worker}")
        try:
            while (row := self._next_row()) is not None:
                for nth, numbers in enumerate(row):
                    kills = Kills(numbers)
                    kills.repeats = partial(self._repeats, numbers, kills, begins=nth == 0)
                    self._one(home, kills)
                    if len(kills.points) < len(numbers) or self._has_failed:
                        self._is_over = self._is_over or not kills.points
                        break
        finally:
            home.shut()

    @property
    def _has_failed(self) -> bool:
        return len(self.failures) >= _MOST_FAILURES

    def _next_row(self) -> Row | None:
        with self._lock:
            return None if self._is_over or self._has_failed else next(iter(self.rows), None)

    def _repeats(
        self, numbers: tuple[int, ...], kills: Kills, place: Workplace, *, begins: bool
    ) -> bool:
        """Whether the same traces were left when the last of these kills was another.

        A row is judged where it `begins`: its first kills are the same all along.
        """
        if len(kills.points) < len(numbers) and not begins:
            return False
        before, traces = numbers[: len(kills.points) - 1], traces_of(place)
        with self._lock:
            seen = self._seen.setdefault(before, {})
            first = seen.setdefault(traces, numbers[len(before)])
            is_old = first != numbers[len(before)]
            self.tally["repeats"] += is_old
        return is_old

    def _one(self, home: Workplace, kills: Kills) -> None:
        """One schedule, in a folder of its own."""
        numbers = kills.numbers
        folder = home.folder / "-".join(map(str, numbers))
        place = replace(home, folder=folder, environment=dict(home.environment))
        place.folder.mkdir()
        place.faults()
        with urllib.request.urlopen(f"{place.url}/_reset", b"", timeout=10):
            pass
        failures = []
        try:
            self.schedule(place, kills)
        except AssertionError as error:
            failures = [f"killed {numbers} at {kills.points}: {error}"]
        else:
            shutil.rmtree(place.folder)
        with self._lock:
            self.failures += failures
            self.tally += kills.tally + Tally(kills=len(kills.points), schedules=1)
            self.points.update(kills.points)
