"""Two machines, two gateways, one film: everything that the state machine plays with.

Each step runs the real command line and is then held against the meters and the files, see
`watching`. What the user destroys himself (a journal, a decision that is wrong) is forgiven,
as far as it goes.
"""

import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

from omnibatch.emulator import Emulator, Fault, Settings
from omnibatch.ledger import Ledger, LedgerPlace
from omnibatch.ledger.join import join_ledgers

from ..gateways import GATEWAYS, install_gateways
from ..launching import Finished, Launcher
from ..workplace import KEY, Workplace, variables_of
from .facts import Bill, doubts, known_ids, read_bill, read_known, set_faults
from .film import Film, Request

__all__ = ["Gateways", "Machine", "World"]

_RUN = {"poll_first": 0.03, "poll_longest": 0.2, "patience": 1, "stalled_after": "1s"}
_QUIET_S = 0.03
_MARKER = "<<<<<<< "
_numbers = count(1)


class Gateways:
    """The emulators of all worlds, one after the other: each begins with empty meters."""

    def __init__(self, folder: Path, number: int = 2) -> None:
        self.emulators = tuple(
            Emulator(
                folder / f"gateway-{seed}",
                Settings(seed=seed, render_s=(0.02, 0.06), queue_s=0.0, clip="small"),
            )
            for seed in range(number)
        )

    def __enter__(self) -> "Gateways":
        for emulator in self.emulators:
            emulator.start()
        return self

    def __exit__(self, *exception: object) -> None:
        for emulator in self.emulators:
            emulator.stop()

    def bill(self) -> Bill:
        """What the meters say."""
        return read_bill(self.emulators)

    def quiet_bill(self) -> Bill:
        """What they say once nothing is under way any more: a killed run's last request."""
        bill = self.bill()
        while True:
            time.sleep(_QUIET_S)
            if (later := self.bill()).received == bill.received:
                return later
            bill = later

    def disturb(self, faults: Iterable[Fault]) -> None:
        """Put these faults in force everywhere, and no others."""
        faults = tuple(faults)
        for emulator in self.emulators:
            set_faults(emulator, faults)

    def reset(self) -> None:
        """Begin a new world."""
        self.disturb(())
        for emulator in self.emulators:
            urllib.request.urlopen(f"{emulator.url}/_reset", b"", timeout=10).close()


@dataclass(slots=True)
class Machine:
    """One user's machine: a folder with the film, a key, an endpoint and a clock."""

    name: str
    place: Workplace
    film: Film = field(default_factory=Film)
    key: int = 0
    endpoint: int = 0
    clock_s: int = 0
    # The lockfile's text when this machine last met the other one; git's merge base.
    base: str = ""
    # What its lockfile has said over time, as git keeps it.
    commits: list[str] = field(default_factory=list)

    @property
    def ledger_place(self) -> LedgerPlace:
        return LedgerPlace.beside(self.place.manifest)

    @property
    def journal(self) -> Path:
        return self.ledger_place.journal

    @property
    def known(self) -> Ledger:
        """Journal and lockfile together."""
        return read_known(self.ledger_place)

    @property
    def lockfile_text(self) -> str:
        path = self.place.lockfile
        return path.read_text(encoding="utf-8") if path.exists() else ""

    @property
    def clips(self) -> dict[str, bytes]:
        """Every finished clip in the folder, with its bytes."""
        return {
            path.relative_to(self.place.folder).as_posix(): path.read_bytes()
            for path in sorted(self.place.folder.rglob("*.mp4"))
        }

    def write_film(self) -> None:
        """Write the manifest."""
        self.place.write(self.film.documents(), run=_RUN, **self.film.keys())


class World:
    """All that one example plays with, and what it has to remember."""

    def __init__(self, gateways: Gateways, launcher: Launcher, home: Path, provider: str) -> None:
        self.gateways = gateways
        self.provider = provider
        self.folder = Path(tempfile.mkdtemp(prefix="omnibatch-life-"))
        self.prefix = f"World {next(_numbers)}"
        self.machines = tuple(self._machine(name, launcher, home) for name in ("anna", "ben"))
        self.story: list[str] = []
        self.prompts: list[str] = []
        # Task ids that have stood in some ledger and that nobody has thrown away.
        self.remembered: set[str] = set()
        # How many tasks of a request the user himself has made unknown.
        self.forgiven: Counter[Request] = Counter()
        self.names = count(1)
        self.is_broken = False
        gateways.reset()

    def _machine(self, name: str, launcher: Launcher, home: Path) -> Machine:
        folder = self.folder / name
        folder.mkdir()
        place = Workplace(
            folder=folder, state=folder, home=home, launcher=launcher, provider=self.provider
        )
        if self.provider in GATEWAYS.values():
            place.environment |= install_gateways(self.folder / "packages")
        return Machine(name, place)

    def close(self) -> None:
        """Leave nothing behind."""
        shutil.rmtree(self.folder)

    def prompt(self, mark: str = "") -> str:
        """A prompt that no shot had before."""
        text = f"{self.prefix}, view {len(self.prompts) + 1}. {mark}".strip()
        self.prompts.append(text)
        return text

    @property
    def joined(self) -> Ledger:
        """What all machines know together."""
        first, second = (machine.known for machine in self.machines)
        return join_ledgers(first, second)

    def note(self, text: str) -> None:
        """Go on with the story, which is told where something does not hold."""
        self.story.append(text)

    def require(self, holds: object, message: str) -> None:
        """Fail with the whole story unless it holds."""
        if not holds:
            self.is_broken = True
            raise AssertionError("\n".join([message, "The story:", *self.story]))

    def command(
        self, machine: Machine, *arguments: str, kill: int = 0, faults: Sequence[Fault] = ()
    ) -> Finished:
        """Run a command line on `machine`, killed at the `kill`-th failpoint if there is one."""
        machine.write_film()
        key, endpoint = variables_of(self.provider)
        variables = {
            key: f"{KEY}-{machine.key}",
            endpoint: self.gateways.emulators[machine.endpoint].url,
        }
        if machine.clock_s:
            variables["TESTS_CLOCK_S"] = str(machine.clock_s)
        if kill:
            variables["OMNIBATCH_FAILPOINT"] = f"*:{kill}"
        self.gateways.disturb(faults)
        command, *rest = arguments
        began = time.monotonic()
        finished = machine.place.omnibatch(command, "film.yaml", *rest, **variables)
        took_s = time.monotonic() - began
        if (text := machine.lockfile_text) not in ("", *machine.commits[-1:]):
            machine.commits.append(text)
        told = "".join(f" {fault.on}:{fault.do}:{fault.status}" for fault in faults)
        self.note(
            f"{machine.name}: {' '.join(arguments)} [key {machine.key}, endpoint "
            f"{machine.endpoint}, clock {machine.clock_s}, kill {kill}{told}] -> {finished.code}, {took_s:.1f} s"
        )
        self.note(f"    {finished.said.strip()}".replace("\n", "\n    "))
        return finished

    def excess(self) -> Counter[Request]:
        """How many sold tasks of each request nobody knows, and no doubt stands for."""
        joined = self.joined
        known = known_ids([joined])
        unknown = Counter(
            sale.request for sale in self.gateways.bill().sales if sale.task_id not in known
        )
        return unknown - doubts(joined)

    def forgive(self) -> None:
        """The user has thrown something away: what nobody knows now is his own affair."""
        self.remembered &= known_ids([self.joined])
        self.forgiven |= self.excess()

    def pull(self, source: Machine, to: Machine) -> None:
        """Bring lockfile and film over as git does: fast-forward, or a merge with conflicts left."""
        theirs, ours = source.lockfile_text, to.lockfile_text
        if _MARKER in theirs or _MARKER in ours:
            self.note(f"{to.name}: has to run before it can merge again")
            return
        if theirs and theirs not in (ours, to.base):
            if ours in ("", to.base):
                merged = theirs
            else:
                merged = self._merge(ours, to.base, theirs)
            to.place.lockfile.write_text(merged, encoding="utf-8")
        # From now on either may take what the other makes of this as it is.
        to.base = source.base = theirs or to.base
        to.film = source.film.copy()
        self.note(f"{to.name}: pulls from {source.name}")

    def _merge(self, ours: str, base: str, theirs: str) -> str:
        files = [self.folder / name for name in ("ours", "base", "theirs")]
        for file, text in zip(files, (ours, base, theirs), strict=True):
            file.write_text(text, encoding="utf-8")
        labels = [word for name in ("HEAD", "base", "theirs") for word in ("-L", name)]
        done = subprocess.run(
            ["git", "merge-file", "-p", *labels, *map(str, files)], capture_output=True, text=True
        )
        assert 0 <= done.returncode < 128, done.stderr
        return done.stdout

    def check_out(self, machine: Machine, number: int) -> None:
        """Put the lockfile back to what it was some commits ago."""
        if machine.commits:
            back = number % len(machine.commits)
            text = machine.commits[-1 - back]
            machine.place.lockfile.write_text(text, encoding="utf-8")
            # What the other machine makes of this is no longer a step on from what is here.
            machine.base = self.other(machine).base = ""
            self.note(f"{machine.name}: checks out the lockfile of {back} commits ago")
            self.forgive()

    def copy_whole(self, source: Machine, to: Machine) -> None:
        """Make `to` a copy of `source`, journal and all, where it has nothing of its own."""
        known = source.known
        if join_ledgers(known, to.known) == known:
            shutil.rmtree(to.place.folder)
            shutil.copytree(source.place.folder, to.place.folder)
            to.film, to.base, to.commits = source.film.copy(), source.base, [*source.commits]
            self.note(f"{to.name}: becomes a copy of {source.name}")

    def other(self, machine: Machine) -> Machine:
        first, second = self.machines
        return second if machine is first else first

    def rename(self, machine: Machine, number: int, *, told: bool) -> None:
        """Give a shot a new id."""
        if shot := machine.film.nth(number):
            name = f"s{next(self.names)}"
            machine.film.rename(shot, name, told=told)
            self.note(f"{machine.name}: renames {shot.id} to {name}{' (was)' if told else ''}")

    def edit(self, machine: Machine, number: int, **changes: object) -> None:
        """Change keys of a shot."""
        if shot := machine.film.nth(number):
            machine.film.shots[shot.id] = replace(shot, **changes)  # type: ignore[arg-type]
            self.note(f"{machine.name}: {shot.id} gets {changes}")
