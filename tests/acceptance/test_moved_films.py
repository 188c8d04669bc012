"""Films that are renamed or moved after a killed run: what it left in git's folder goes with them."""

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from ..repository import Repository
from ..workplace import Workplace, prompt_of

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture
def here(place: Workplace, home: Path) -> Repository:
    return Repository(place.folder, home)


def typed(said: str) -> str:
    """The commands in a refusal, as a user copies them."""
    return next(line for line in said.splitlines() if " mv " in line).partition(": ")[2]


def marks(here: Repository) -> list[str]:
    return sorted(path.name for path in (here.tree / ".git").glob("omnibatch/*"))


def kill_while_rendering(place: Workplace) -> None:
    place.reopen(render_s=(1.0, 1.0))
    place.write(1)
    with place.start_run() as running:
        running.until("created task")
        running.kill()
    place.reopen(render_s=(0.02, 0.06))


def move_all(place: Workplace, to: str) -> None:
    """Rename the film, its lockfile and its journal; `to` may lie in another folder."""
    target = place.folder / to
    (target.parent / ".omnibatch").mkdir(parents=True, exist_ok=True)
    place.manifest.rename(target)
    place.lockfile.rename(target.with_name(f"{target.stem}.lock.json"))
    journal = place.folder / ".omnibatch" / "film.journal"
    journal.rename(target.parent / ".omnibatch" / f"{target.stem}.journal")


@pytest.mark.parametrize("to", ["movie.yaml", "specs/film.yaml"])
def test_a_mark_of_a_killed_run_is_not_held_against_the_next_film_of_that_name(
    place: Workplace, here: Repository, to: str
) -> None:
    kill_while_rendering(place)
    left = marks(here)
    move_all(place, to)

    finished = place.omnibatch("run", to, "--yes")
    after = marks(here)
    place.write([{"id": "other", "prompt": "Another film."}])
    another = place.run()

    assert len(left) == 1
    assert finished.code == 0, finished.said
    assert after == []
    assert another.code == 0, another.said
    assert place.sold == {prompt_of(1): 1, "Another film.": 1}


def test_the_mark_of_a_film_that_nobody_has_finished_says_where_it_may_be_finished(
    place: Workplace, here: Repository
) -> None:
    kill_while_rendering(place)
    move_all(place, "movie.yaml")
    place.write([{"id": "other", "prompt": "Another film."}])

    refused = place.run()
    finished = place.omnibatch("run", "movie.yaml", "--yes")
    another = place.run()

    assert refused.code == 7, refused.said
    assert (
        "if the film was renamed or moved, `omnibatch run` it once where it is now" in refused.err
    )
    assert finished.code == 0, finished.said
    assert another.code == 0, another.said
    assert marks(here) == []


def test_the_mark_of_another_films_killed_run_stays(place: Workplace, here: Repository) -> None:
    kill_while_rendering(place)
    (place.folder / "other.yaml").write_text(
        place.manifest.read_text("utf-8").replace(prompt_of(1), "Another film."), "utf-8"
    )

    finished = place.omnibatch("run", "other.yaml", "--yes")

    assert finished.code == 0, finished.said
    assert len(marks(here)) == 1


@pytest.mark.parametrize("is_known_to_git", [True, False])
def test_the_commands_that_a_renamed_manifest_is_told_work_as_they_are_printed(
    place: Workplace, here: Repository, is_known_to_git: bool
) -> None:
    """After a first run that was killed, whose lockfile nobody has added yet."""
    kill_while_rendering(place)
    if is_known_to_git:
        here.commit()
    place.manifest.rename(place.folder / "movie.yaml")

    refused = place.omnibatch("run", "movie.yaml", "--yes")
    line = refused.err.partition("rename it, too: ")[2].splitlines()[0].rstrip(") ")
    subprocess.run(["sh", "-c", line], cwd=place.folder, check=True)
    finished = place.omnibatch("run", "movie.yaml", "--yes")

    assert refused.code == 7, refused.said
    assert [shlex.split(part)[0] for part in line.split(" && ")] == ["mv", "mv"]
    assert finished.code == 0, finished.said
    assert place.posts == 1
    assert marks(here) == []


@pytest.mark.parametrize("to", ["specs/film.yaml", "more films/deep/movie.yaml", "../film.yaml"])
@pytest.mark.parametrize("with_journal", [True, False])
def test_a_film_that_was_moved_without_its_ledger_is_told_how_to_bring_it(
    place: Workplace, home: Path, to: str, with_journal: bool
) -> None:
    Repository(place.folder.parent, home)
    place.write(2)
    assert place.run().code == 0
    if not with_journal:
        shutil.rmtree(place.folder / ".omnibatch")
    target = place.folder / to
    target.parent.mkdir(parents=True, exist_ok=True)
    place.manifest.rename(target)
    before = place.listing()

    planned = place.omnibatch("plan", to)
    refused = place.omnibatch("run", to, "--yes")
    unchanged = place.listing() == before
    subprocess.run(["sh", "-c", typed(refused.err)], cwd=place.folder, check=True)
    finished = place.omnibatch("run", to, "--yes")

    assert (planned.code, refused.code) == (7, 7), planned.said + refused.said
    assert unchanged
    assert finished.code == 0, finished.said
    assert place.posts == 2


def test_a_film_of_the_same_name_in_another_folder_is_its_own(
    place: Workplace, here: Repository
) -> None:
    """Its manifest is still there; and one that is gone was of other shots."""
    place.write(1)
    (place.folder / "twin").mkdir()
    shutil.copy(place.manifest, place.folder / "twin" / "film.yaml")
    assert place.run().code == 0

    twin = place.omnibatch("run", "twin/film.yaml", "--yes")
    place.write([{"id": "s1", "prompt": "Another film."}])
    shutil.rmtree(place.folder / "twin" / "renders")
    (place.folder / "twin" / "film.yaml").rename(place.folder / "gone.yaml")
    (place.folder / "third").mkdir()
    place.manifest.rename(place.folder / "third" / "film.yaml")
    third = place.omnibatch("run", "third/film.yaml", "--yes")

    assert twin.code == 0, twin.said
    assert third.code == 0, third.said
    assert place.sold == {prompt_of(1): 2, "Another film.": 1}


@pytest.mark.parametrize("first", ["film.yaml", "today.yaml", "links/film.yaml"])
def test_a_link_to_a_manifest_is_not_another_film(place: Workplace, first: str) -> None:
    place.write(1)
    (place.folder / "today.yaml").symlink_to("film.yaml")
    (place.folder / "links").mkdir()
    (place.folder / "links" / "film.yaml").symlink_to("../film.yaml")
    assert place.omnibatch("run", first, "--yes").code == 0

    names = ["film.yaml", "today.yaml", "links/film.yaml"]
    runs = {name: place.omnibatch("run", name, "--yes") for name in names if name != first}

    if first != "links/film.yaml":
        assert {run.code for run in runs.values()} == {7}, [run.said for run in runs.values()]
        assert place.posts == 1
    assert place.sold[prompt_of(1)] <= 2
    if first == "film.yaml":
        assert all("omnibatch run film.yaml" in run.err for run in runs.values())


def test_a_lockfile_that_a_pull_made_newer_goes_to_the_new_name_beside_the_journal(
    place: Workplace, here: Repository
) -> None:
    """The manifest and the journal were renamed; the lockfile knows more than the journal."""
    place.write(1)
    (place.folder / ".gitignore").write_text(".omnibatch/\nrenders/\n")
    assert place.run().code == 0
    journal = place.folder / ".omnibatch" / "film.journal"
    older = journal.read_bytes()
    place.write(2)
    assert place.run().code == 0
    journal.with_name("wave film.journal").write_bytes(older)
    journal.unlink()
    place.manifest.rename(place.folder / "wave film.yaml")

    refused = place.omnibatch("run", "wave film.yaml", "--yes")
    subprocess.run(["sh", "-c", typed(refused.err)], cwd=place.folder, check=True)
    finished = place.omnibatch("run", "wave film.yaml", "--yes")

    assert refused.code == 7, refused.said
    assert finished.code == 0, finished.said
    assert place.posts == 2


@pytest.mark.parametrize("is_known_to_git", [True, False])
def test_two_lockfiles_of_one_ledger_are_joined_as_it_is_printed(
    place: Workplace, here: Repository, is_known_to_git: bool
) -> None:
    place.write(1)
    (place.folder / ".gitignore").write_text(".omnibatch/\nrenders/\n")
    assert place.run().code == 0
    older = place.lockfile.read_bytes()
    place.write(2)
    assert place.run().code == 0
    if is_known_to_git:
        here.commit()
    shutil.rmtree(place.folder / ".omnibatch")
    place.manifest.rename(place.folder / "wave.yaml")
    (place.folder / "wave.lock.json").write_bytes(older)

    refused = place.omnibatch("run", "wave.yaml", "--yes")
    line = next(row for row in refused.err.splitlines() if "join the two: " in row)
    parts = [shlex.split(part) for part in line.partition("join the two: ")[2].split(" && ")]
    joined = place.omnibatch(*parts[0][1:])
    subprocess.run(parts[1], cwd=place.folder, check=True)
    finished = place.omnibatch("run", "wave.yaml", "--yes")

    assert refused.code == 7, refused.said
    assert joined.code == 0, joined.said
    assert finished.code == 0, finished.said
    assert place.posts == 2
