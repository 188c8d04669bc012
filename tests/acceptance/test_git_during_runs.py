"""What git does to a lockfile while a run is buying, and between runs.

Nothing is bought twice and no task id is lost, whatever is checked out, stashed, reset,
merged, cleaned or renamed meanwhile; and the lockfile is canonical in the end.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from omnibatch.emulator import Fault
from omnibatch.ledger import encode_lockfile, parse_lockfile

from ..figures import Figures
from ..repository import Repository
from ..workplace import Document, Workplace, prompt_of

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

Action = Callable[[Workplace, Repository], None]


def shots(*numbers: int) -> list[Document]:
    return [{"id": f"s{n}", "prompt": prompt_of(n)} for n in numbers]


@pytest.fixture
def film(place: Workplace, home: Path) -> Repository:
    """Branch `other` has bought s1 and s3, `main` s1 and s2; s4 and s5 are to be bought."""
    git = Repository(place.folder, home)
    place.write(shots(1))
    assert place.omnibatch("init").code == 0
    assert place.run().code == 0
    git.commit("s1")
    git.must("checkout", "--quiet", "-b", "other")
    place.write(shots(1, 3))
    assert place.run().code == 0
    git.commit("s3")
    git.must("checkout", "--quiet", "main")
    # As on a machine of its own: the journal of this one would know of s3.
    (place.folder / ".omnibatch" / "film.journal").unlink()
    place.write(shots(1, 2))
    assert place.run().code == 0
    git.commit("s2")
    place.write(shots(1, 2, 4, 5))
    git.commit("s4 and s5 are written")
    return git


def checkout(place: Workplace, git: Repository) -> None:
    git.must("checkout", "--quiet", "--force", "other")


def checkout_of_the_past(place: Workplace, git: Repository) -> None:
    git.must("checkout", "--quiet", "--force", "HEAD~2")


def bisect(place: Workplace, git: Repository) -> None:
    git.must("stash", "--quiet")
    git.must("bisect", "start", "HEAD", "HEAD~2")


def stash(place: Workplace, git: Repository) -> None:
    git.must("stash", "--quiet")


def reset(place: Workplace, git: Repository) -> None:
    git.must("reset", "--quiet", "--hard", "HEAD~2")


def restore(place: Workplace, git: Repository) -> None:
    git.must("checkout", "--quiet", "--", "film.lock.json")


def commit_and_merge(place: Workplace, git: Repository) -> None:
    git.commit("half-way")
    git.run("merge", "--quiet", "-X", "ours", "other")


def commit_and_conflict(place: Workplace, git: Repository) -> None:
    git.must("config", "--remove-section", "merge.omnibatch")
    git.commit("half-way")
    git.run("merge", "--quiet", "other")
    assert "=======" in place.lockfile.read_text()


def remove(place: Workplace, git: Repository) -> None:
    git.must("rm", "--quiet", "--force", "film.lock.json")


def clean(place: Workplace, git: Repository) -> None:
    git.must("rm", "--quiet", "--cached", "film.lock.json")
    git.must("clean", "--quiet", "-fd")
    assert not place.lockfile.exists()


def link(place: Workplace, git: Repository) -> None:
    elsewhere = place.folder.parent / "elsewhere.json"
    place.lockfile.rename(elsewhere)
    place.lockfile.symlink_to(elsewhere)


def remove_the_mark(place: Workplace, git: Repository) -> None:
    (mark,) = (place.folder / ".git" / "omnibatch").iterdir()
    mark.unlink()
    mark.parent.rmdir()


HARMLESS: list[Action] = [
    checkout,
    checkout_of_the_past,
    bisect,
    stash,
    reset,
    restore,
    commit_and_merge,
    commit_and_conflict,
    remove,
    clean,
    link,
    remove_the_mark,
]


def buy_and(place: Workplace, git: Repository, act: Action, *, kill: bool = False) -> int:
    """Buy s4 and s5, and `act` while both are waited for; return the exit code."""
    place.faults(Fault(on="query", do="drop_before"))
    with place.start_run() as running:
        running.until("created task", times=2)
        act(place, git)
        if kill:
            running.kill()
            running.wait()
        place.faults()
        return running.wait().code


def everything_is_kept(place: Workplace) -> None:
    text = place.lockfile.read_text(encoding="utf-8")
    assert text == encode_lockfile(parse_lockfile(text))
    known = {task["task_id"] for a in place.ledger()["attempts"] for task in a["tasks"]}
    missing = {
        task["prompt"] for task in place.meter()["tasks"] if task["task_id"] not in known
    } - {prompt_of(3)}
    assert missing == set(), "of s3 only the other branch knows"
    assert place.ledger()["open"] is None


def nothing_is_bought_again(place: Workplace) -> None:
    place.write(shots(1, 2, 4, 5))
    again = place.run()
    assert again.code == 0, again.said
    assert set(place.sold.values()) == {1}
    assert {"s1", "s2", "s4", "s5"} <= {
        shot for shot, state in place.states().items() if state == "collected"
    }
    everything_is_kept(place)


@pytest.mark.parametrize("act", HARMLESS, ids=lambda act: act.__name__)
def test_a_run_goes_on_through_it(
    place: Workplace, film: Repository, act: Action, figures: Figures
) -> None:
    code = buy_and(place, film, act)

    assert code == 0
    everything_is_kept(place)
    nothing_is_bought_again(place)
    figures.report("git during a run", schedules=1, kills=0, duplicates=0, lost=0)


@pytest.mark.parametrize("act", HARMLESS, ids=lambda act: act.__name__)
def test_a_run_that_is_killed_after_it_buys_nothing_again(
    place: Workplace, film: Repository, act: Action, figures: Figures
) -> None:
    buy_and(place, film, act, kill=True)

    nothing_is_bought_again(place)
    figures.report("git during a run", schedules=1, kills=1, duplicates=0, lost=0)


@pytest.mark.parametrize(
    "act", [reset, checkout_of_the_past, restore, remove, clean], ids=lambda act: act.__name__
)
def test_between_runs_it_makes_the_next_one_write_the_lockfile_whole(
    place: Workplace, film: Repository, act: Action
) -> None:
    assert place.run().code == 0

    act(place, film)

    nothing_is_bought_again(place)


def swept(place: Workplace, git: Repository) -> None:
    git.must("rm", "--quiet", "--cached", "film.lock.json")
    git.must("clean", "--quiet", "-fdx", "--exclude=renders")
    assert not place.lockfile.exists()
    assert not (place.folder / ".omnibatch").exists()


def test_a_sweep_of_all_that_git_ignores_stops_the_next_run_after_a_kill(
    place: Workplace, film: Repository
) -> None:
    """Lockfile and journal are gone; a mark in git's own folder is what is left."""
    buy_and(place, film, swept, kill=True)
    posts = place.posts

    again = place.run()

    assert again.code == 7, again.said
    assert place.posts == posts


def test_a_run_that_outlives_a_sweep_leaves_a_whole_lockfile(
    place: Workplace, film: Repository
) -> None:
    buy_and(place, film, swept)

    nothing_is_bought_again(place)


def a_folder(place: Workplace, git: Repository) -> None:
    place.lockfile.unlink()
    place.lockfile.mkdir()


@pytest.mark.parametrize("kill", [False, True], ids=["whole", "killed"])
def test_a_folder_in_its_place_stops_the_run_and_loses_nothing(
    place: Workplace, film: Repository, kill: bool
) -> None:
    code = buy_and(place, film, a_folder, kill=kill)
    assert kill or code == 7
    refused = place.run()
    assert refused.code == 7
    assert "film.lock.json" in refused.err

    place.lockfile.rmdir()

    nothing_is_bought_again(place)


def move(place: Workplace, git: Repository) -> None:
    git.must("mv", "film.yaml", "port.yaml")
    git.must("mv", "film.lock.json", "port.lock.json")


def test_a_film_that_is_renamed_during_a_run_is_joined_again(
    place: Workplace, film: Repository
) -> None:
    """The run goes on under the name it began with, and writes its lockfile beside the other."""
    assert buy_and(place, film, move) == 0
    posts = place.posts
    refused = place.omnibatch("run", "port.yaml", "--yes")
    assert refused.code == 7
    assert "film.lock.json is of the same ledger as port.lock.json" in refused.err
    line = next(line for line in refused.err.splitlines() if "merge-lock" in line)
    words = line.strip().removeprefix("join the two: ").split(" && ")[0].split()

    assert place.omnibatch(*words[1:]).code == 0
    film.must("add", "-A")
    film.must("rm", "--quiet", "--force", "film.lock.json")
    again = place.omnibatch("run", "port.yaml", "--yes")

    assert again.code == 0, again.said
    assert place.posts == posts


def test_a_rename_that_git_took_for_two_files_buys_nothing_twice(
    place: Workplace, film: Repository
) -> None:
    """One branch renames the film, the other has bought so much that git sees no likeness."""
    film.must("checkout", "--quiet", "other")
    move(place, film)
    film.commit("rename")
    film.must("checkout", "--quiet", "main")
    assert place.run().code == 0
    film.commit("s4 and s5")

    # What such a merge leaves, made here by hand: what git likens is its own affair.
    film.must("checkout", "--quiet", "other", "--", "port.yaml", "port.lock.json")
    film.must("rm", "--quiet", "film.yaml")
    assert {"film.lock.json", "port.lock.json"} <= set(os.listdir(place.folder))
    place.write(shots(1, 2, 3, 4, 5)).rename(place.folder / "port.yaml")
    posts = place.posts
    refused = place.omnibatch("run", "port.yaml", "--yes")
    assert refused.code == 7, refused.said
    joined = place.omnibatch("merge-lock", "port.lock.json", "port.lock.json", "film.lock.json")
    assert joined.code == 0
    place.lockfile.unlink()
    again = place.omnibatch("run", "port.yaml", "--yes")

    assert again.code == 0, again.said
    assert place.posts == posts
