"""A lockfile that changes under a run, by git pull, and brings what another machine has bought.

What became known is not bought again: not while the run waits for an answer, nor while a
shot waits for its turn.
"""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from omnibatch.emulator import Fault

from ..repository import Repository
from ..workplace import Workplace, prompt_of, variables_of
from .test_terminals import at_a_terminal

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
KEYS = ["the same key", "another key"]


def shared(place: Workplace, home: Path) -> tuple[Repository, Workplace, Repository]:
    """A film in git of which s1 is bought, and a clone of it on another machine."""
    here = Repository(place.folder, home)
    place.write(1)
    assert place.omnibatch("init").code == 0
    assert place.run().code == 0
    place.write(4, run={"in_flight": 1})
    here.commit("s1 is bought, s2 to s4 are written")
    clone = place.folder.parent / "clone"
    here.must("clone", "--quiet", str(place.folder), str(clone))
    machine = replace(place, folder=clone, environment=dict(place.environment))
    there = Repository(clone, home)
    assert machine.omnibatch("init").code == 0
    return here, machine, there


def buys(machine: Workplace, there: Repository, *shots: str, key: str = KEYS[0]) -> None:
    """The other machine renders, and commits."""
    variable, _ = variables_of(machine.provider)
    keys = {} if key == KEYS[0] else {variable: "of-another-member-of-the-team"}
    selected = [word for shot in shots for word in ("--select", shot)]
    bought = machine.run(*selected, **keys)
    assert bought.code == 0, bought.said
    there.commit("bought there")


def pull(here: Repository, machine: Workplace) -> None:
    """As somebody types it in the middle of a run."""
    here.git("stash", "--quiet")
    here.must("pull", "--quiet", str(machine.folder), "main")
    here.git("stash", "pop", "--quiet")


def nothing_is_bought_twice(place: Workplace) -> None:
    assert set(place.sold.values()) == {1}
    assert place.ledger()["open"] is None


@pytest.mark.parametrize("key", KEYS)
def test_a_pull_at_the_question_is_planned_with_and_asked_about_again(
    place: Workplace, home: Path, key: str
) -> None:
    here, machine, there = shared(place, home)
    with at_a_terminal(place, "run", "film.yaml") as terminal:
        terminal.until("0.9495 USD for 3 clips")
        terminal.until("[y/N]")
        buys(machine, there, "s2", key=key)
        pull(here, machine)
        terminal.type("y\r")
        terminal.until("planned again")
        terminal.until("0.633 USD for 2 clips")
        terminal.type("y\r")
        code = terminal.wait()

    assert code == (0 if key == KEYS[0] else 1), terminal.shown
    assert sorted(place.sold) == [prompt_of(n) for n in range(1, 5)]
    nothing_is_bought_twice(place)


def test_a_pull_that_changes_no_purchase_asks_nothing_again(place: Workplace, home: Path) -> None:
    _, machine, _ = shared(place, home)
    machine.write([{"id": "extra", "prompt": "A pier."}])
    with at_a_terminal(place, "run", "film.yaml") as terminal:
        terminal.until("[y/N]")
        assert machine.run().code == 0
        place.lockfile.write_bytes(machine.lockfile.read_bytes())
        terminal.type("y\r")
        code = terminal.wait()

    assert terminal.shown.count("[y/N]") == 1
    assert code == 0, terminal.shown
    nothing_is_bought_twice(place)


def test_a_run_that_another_machine_has_not_ended_is_not_bought_beside(
    place: Workplace, home: Path
) -> None:
    """Its lockfile says so when it comes, as it would at the start."""
    _, machine, _ = shared(place, home)
    with at_a_terminal(place, "run", "film.yaml") as terminal:
        terminal.until("[y/N]")
        place.faults(Fault(on="query", do="drop_before"))
        with machine.start_run("--select", "s2") as running:
            running.until("created task")
            place.lockfile.write_bytes(machine.lockfile.read_bytes())
            terminal.type("y\r")
            code = terminal.wait()
            place.faults()
            assert running.wait().code == 0

    assert code == 7, terminal.shown
    assert place.posts == 2


def test_a_pull_before_the_first_send_is_planned_with_where_all_is_agreed_to(
    place: Workplace, home: Path
) -> None:
    """Here it comes while a lost reply is asked about."""
    place.provider = "cometapi"
    place.reopen()
    here, machine, there = shared(place, home)
    place.faults(
        Fault(on="create", do="drop_after", prompt=prompt_of(2)), Fault(on="lookup", do="html")
    )
    assert place.run("--select", "s2").code == 4
    place.faults(Fault(on="lookup", do="delay", seconds=6, times=1))
    with place.start_run() as running:
        place.until(lambda meter: meter["lookups"] >= 1, "the question about s2")
        buys(machine, there, "s3")
        pull(here, machine)
        finished = running.wait()

    assert "planned again" in finished.err
    assert place.sold.get(prompt_of(3)) == 1, finished.said
    nothing_is_bought_twice(place)


@pytest.mark.parametrize("key", KEYS)
def test_a_shot_that_waits_for_its_turn_is_not_bought_where_a_pull_brings_it(
    place: Workplace, home: Path, key: str
) -> None:
    here, machine, there = shared(place, home)
    place.faults(Fault(on="query", do="drop_before", prompt=prompt_of(2)))
    with place.start_run() as running:
        running.until("s2: created task")
        buys(machine, there, "s4", key=key)
        pull(here, machine)
        place.faults()
        finished = running.wait()

    assert "s4: not bought" in finished.err
    assert "BUG" not in finished.err
    nothing_is_bought_twice(place)
    if key == KEYS[0]:
        assert place.states()["s4"] == "collected"
        assert "s4.mp4" in place.clips()
