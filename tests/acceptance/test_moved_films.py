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
