"""A film's life: edits, runs, kills, lost replies, merges and mistakes, in any order.

A state machine draws the steps. After each one the meters of the emulators are held against
the ledgers, the clips and what the user agreed to; at the end the product's own cures are
followed until nothing is open. What does not depend on what happened is drawn, since real
processes never do just the same twice.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    get_state_machine_test,
    initialize,
    rule,
)

from omnibatch.emulator import Fault

from ..figures import Figures
from ..gateways import GATEWAYS
from ..launching import Finished, Launcher
from .deciding import adopt_any, adopt_right, decide, unknown_sales
from .ending import follow_all_cures
from .film import PROFILES, Shot
from .watching import Options, holds, watched_run
from .world import Gateways, Machine, World

LIVES = 20
machines = st.integers(0, 1)
numbers = st.integers(0, 7)
options = st.builds(
    Options,
    yes=st.sampled_from([True, True, True, True, False]),
    stale=st.booleans(),
    failed=st.booleans(),
    limit=st.sampled_from([None, None, None, 0, 1, 2]),
    max_cost=st.sampled_from([None, None, None, "0.32 USD", "1 USD"]),
)
kills = st.one_of(st.integers(1, 30), st.integers(1, 150))
LOST = [
    Fault(on="create", do="drop_after", times=1),
    Fault(on="create", do="reset_after", times=1),
    Fault(on="create", do="answer_after", times=1, status=500, body="oops"),
    Fault(on="create", do="answer_after", times=1, status=504, body="<html>late</html>"),
    Fault(on="create", do="answer_after", times=1, status=200, body="{}"),
    Fault(on="create", do="garbage", times=1),
    Fault(on="create", do="truncate", times=1),
    Fault(on="create", do="drop_before", times=1),
]
REFUSED = [
    Fault(on="create", do="rate_limit", times=1),
    Fault(on="create", do="answer", times=1, status=402, body='{"code": 402, "msg": "no"}'),
    Fault(on="create", do="answer", times=1, status=400, body='{"code": 400, "msg": "no"}'),
    Fault(on="create", do="redirect", times=1, location="http://127.0.0.1:9/"),
    Fault(on="create", do="fail_task", times=1),
    Fault(on="create", do="stuck", times=1),
]
LATER = [
    Fault(on="query", do="drop_before", times=2),
    Fault(on="query", do="not_found", times=2),
    Fault(on="query", do="garbage", times=1),
    Fault(on="query", do="unknown_state", times=1),
    Fault(on="download", do="expire", times=1),
    Fault(on="download", do="truncate", times=1),
    Fault(on="download", do="wrong_length", times=1),
    Fault(on="download", do="html", times=1),
    Fault(on="download", do="not_found"),
]


def some_faults(*kinds: list[Fault]) -> st.SearchStrategy[tuple[Fault, ...]]:
    """At most one of each kind, perhaps not for the first request of a run."""
    return st.tuples(*(st.sampled_from([None, *kind]) for kind in kinds)).map(
        lambda drawn: tuple(fault for fault in drawn if fault is not None)
    )


class FilmLife(RuleBasedStateMachine):
    """The rules. `counted` adds up over all examples."""

    counted: Counter[str]

    def __init__(
        self, gateways: Gateways, launcher: Launcher, home: Path, provider: str, counted: Counter
    ) -> None:
        super().__init__()
        self.world = World(gateways, launcher, home, provider)
        self.counted = counted
        counted["lives"] += 1

    def _machine(self, number: int) -> Machine:
        self.counted["steps"] += 1
        return self.world.machines[number]

    def _attempt(self, machine: Machine, number: int):
        attempts = sorted(machine.known.attempts.items())
        return attempts[number % len(attempts)][1] if attempts else None

    @initialize(shots=st.integers(1, 3))
    def begin(self, shots: int) -> None:
        anna, ben = self.world.machines
        for _ in range(shots):
            name = f"s{next(self.world.names)}"
            anna.film.shots[name] = Shot(id=name, prompt=self.world.prompt())
        ben.film = anna.film.copy()

    # The film is edited.

    @rule(
        which=machines,
        number=numbers,
        what=st.sampled_from(["new", "new", "copy", "old", "[[policy]]", "[[refuse]]"]),
        takes=st.sampled_from([1, 1, 2]),
    )
    def add(self, which: int, number: int, what: str, takes: int) -> None:
        machine, world = self._machine(which), self.world
        if len(machine.film.shots) >= 5:
            return
        if what == "copy" and (shot := machine.film.nth(number)):
            prompt = shot.prompt
        elif what == "old":
            prompt = world.prompts[number % len(world.prompts)]
        else:
            prompt = world.prompt(what if what.startswith("[") else "")
        name = f"s{next(world.names)}"
        machine.film.shots[name] = Shot(id=name, prompt=prompt, takes=takes)
        world.note(f"{machine.name}: adds {name}, {prompt!r}, takes {takes}")

    @rule(which=machines, number=numbers, back=st.booleans())
    def edit_prompt(self, which: int, number: int, back: bool) -> None:
        machine, world = self._machine(which), self.world
        prompt = world.prompts[number % len(world.prompts)] if back else world.prompt()
        world.edit(machine, number, prompt=prompt)

    @rule(
        which=machines,
        number=numbers,
        change=st.sampled_from(
            [
                {"mode": "std"},
                {"mode": "pro"},
                {"skip": True},
                {"skip": False},
                {"locked": True},
                {"locked": False},
                {"takes": 1},
                {"takes": 2},
                {"takes": 3},
            ]
        ),
    )
    def edit_another_key(self, which: int, number: int, change: dict[str, object]) -> None:
        self.world.edit(self._machine(which), number, **change)

    @rule(which=machines, number=numbers)
    def remove(self, which: int, number: int) -> None:
        machine = self._machine(which)
        if len(machine.film.shots) > 1 and (shot := machine.film.nth(number)):
            del machine.film.shots[shot.id]
            self.world.note(f"{machine.name}: removes {shot.id}")

    @rule(which=machines, number=numbers, told=st.booleans())
    def rename(self, which: int, number: int, told: bool) -> None:
        self.world.rename(self._machine(which), number, told=told)

    @rule(
        which=machines,
        profile=st.sampled_from(PROFILES),
        budget=st.sampled_from([None, None, "0.9 USD", "2 USD"]),
    )
    def switch_profile(self, which: int, profile: str, budget: str | None) -> None:
        machine = self._machine(which)
        machine.film.profile, machine.film.budget = profile, budget
        self.world.note(f"{machine.name}: profile {profile}, budget {budget}")

    # The surroundings change.

    @rule(
        which=machines,
        key=st.integers(0, 1),
        endpoint=st.integers(0, 1),
        ahead_s=st.sampled_from([-864000, -3600, -1, 0, 3600, 3456000]),
    )
    def change_key_endpoint_and_clock(
        self, which: int, key: int, endpoint: int, ahead_s: int
    ) -> None:
        machine = self._machine(which)
        machine.key, machine.endpoint, machine.clock_s = key, endpoint, ahead_s

    # Things are bought, and go wrong.

    def _run(self, which: int, asked: Options, faults: tuple[Fault, ...] = ()) -> Finished:
        machine = self._machine(which)
        finished = watched_run(self.world, machine, asked, faults)
        self.counted["runs"] += 1
        self.counted["kills"] += finished.was_killed
        return finished

    @rule(which=machines, asked=options)
    def run(self, which: int, asked: Options) -> None:
        self._run(which, asked)

    @rule(which=machines, asked=options, faults=some_faults(LOST))
    def run_and_lose_a_reply(self, which: int, asked: Options, faults: tuple[Fault, ...]) -> None:
        self._run(which, asked, faults)

    @rule(which=machines, asked=options, faults=some_faults(REFUSED, LATER))
    def run_in_bad_weather(self, which: int, asked: Options, faults: tuple[Fault, ...]) -> None:
        self._run(which, asked, faults)

    @rule(which=machines, asked=options, kill=kills, faults=some_faults(LOST))
    def run_and_be_killed(
        self, which: int, asked: Options, kill: int, faults: tuple[Fault, ...]
    ) -> None:
        self._run(which, replace(asked, kill=kill, yes=True, limit=None), faults)

    @rule(which=machines)
    def run_twice(self, which: int) -> None:
        machine = self._machine(which)
        first = self._run(which, Options())
        if first.code in (0, 4):
            before, bill = machine.place.listing(), self.world.gateways.bill()
            second = self._run(which, Options())
            self.world.require(second.code == first.code, "the same run ends otherwise")
            after = machine.place.listing()
            changed = {n for n in {*before, *after} if before.get(n) != after.get(n)}
            self.world.require(not changed, f"a run with nothing to do changed {changed}")
            received = self.world.gateways.bill().received
            self.world.require(received == bill.received, "a run with nothing to do sent a POST")

    @rule(which=machines, asked=options)
    def run_without_its_journal(self, which: int, asked: Options) -> None:
        self._run(which, replace(asked, journal_lost=True))

    # Files are moved about.

    @rule(which=machines)
    def pull(self, which: int) -> None:
        machine = self._machine(which)
        self.world.pull(self.world.other(machine), machine)
        holds(self.world)

    @rule(which=machines, number=numbers, what=st.sampled_from(["journal", "lockfile", "commits"]))
    def lose_a_file(self, which: int, number: int, what: str) -> None:
        machine, world = self._machine(which), self.world
        if what == "commits":
            world.check_out(machine, number)
            return
        file = machine.journal if what == "journal" else machine.place.lockfile
        file.unlink(missing_ok=True)
        world.note(f"{machine.name}: loses the {what}")
        world.forgive()

    @rule(which=machines)
    def copy_the_machine(self, which: int) -> None:
        machine = self._machine(which)
        self.world.copy_whole(machine, self.world.other(machine))

    @rule(which=machines, number=numbers, edited=st.booleans())
    def touch_a_clip(self, which: int, number: int, edited: bool) -> None:
        machine = self._machine(which)
        if clips := sorted(machine.clips):
            path = machine.place.folder / clips[number % len(clips)]
            path.write_bytes(path.read_bytes() + b"edited") if edited else path.unlink()
            self.world.note(f"{machine.name}: {'edits' if edited else 'deletes'} {path.name}")

    # The user decides.

    @rule(
        which=machines,
        number=numbers,
        word=st.sampled_from(["retry", "abandon"]),
        kill=st.sampled_from([0, 0, 0, 2, 4, 8]),
    )
    def decide(self, which: int, number: int, word: str, kill: int) -> None:
        machine = self._machine(which)
        if attempt := self._attempt(machine, number):
            decide(self.world, machine, word, attempt, kill=kill)
            holds(self.world)

    @rule(which=machines, number=numbers, kill=st.sampled_from([0, 0, 0, 2, 4, 8]))
    def adopt_the_right_task(self, which: int, number: int, kill: int) -> None:
        machine = self._machine(which)
        if unknown := unknown_sales(self.world, machine):
            sale = unknown[number % len(unknown)]
            self.counted["adopted"] += adopt_right(self.world, machine, sale, kill) is True

    @rule(which=machines, number=numbers, task=st.integers(0, 20))
    def adopt_any_task(self, which: int, number: int, task: int) -> None:
        machine = self._machine(which)
        sales = [sale.task_id for sale in self.world.gateways.bill().sales]
        ids = [*sales, "123456789012345678"]
        if attempt := self._attempt(machine, number):
            adopt_any(self.world, machine, attempt, ids[task % len(ids)])

    def teardown(self) -> None:
        try:
            if not self.world.is_broken:
                follow_all_cures(self.world)
                self.counted["posts"] += self.world.gateways.bill().received
                self.counted["sold"] += len(self.world.gateways.bill().sales)
        finally:
            self.world.close()


@pytest.fixture(scope="module")
def gateways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateways]:
    with Gateways(tmp_path_factory.mktemp("gateways")) as gateways:
        yield gateways


def live(
    gateways: Gateways,
    launcher: Launcher,
    home: Path,
    provider: str,
    asked: settings,
    number: int | None = None,
) -> Counter[str]:
    """Live through many lives; return what they came to."""
    counted: Counter[str] = Counter()
    test = get_state_machine_test(
        lambda: FilmLife(gateways, launcher, home, provider, counted), settings=asked
    )
    (test if number is None else seed(number)(test))()
    return counted


quick = settings(
    max_examples=9,
    stateful_step_count=12,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
providers = pytest.mark.parametrize("provider", ["apimodels", *GATEWAYS.values()])


@pytest.mark.slow
@pytest.mark.parametrize("provider", ["apimodels", GATEWAYS["authoritative"]])
def test_nothing_is_bought_twice_in_a_films_life(
    gateways: Gateways, launcher: Launcher, home: Path, figures: Figures, provider: str
) -> None:
    """Slow: some hundred command lines."""
    counted = live(gateways, launcher, home, provider, quick)

    figures.report("a film's life", **counted, duplicates=0)
    assert counted["kills"]


@pytest.mark.prove
@pytest.mark.parametrize("number", range(3))
@providers
def test_nothing_is_bought_twice_in_many_lives(
    gateways: Gateways,
    launcher: Launcher,
    home: Path,
    figures: Figures,
    provider: str,
    number: int,
) -> None:
    """Another seed for each `number`; what fails is told as a story, and with its steps."""
    many = settings(quick, max_examples=LIVES, stateful_step_count=25, derandomize=False)

    counted = live(gateways, launcher, home, provider, many, number)

    figures.report("a film's life", **counted, duplicates=0)
