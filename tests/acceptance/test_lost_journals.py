"""The journal is gone after a kill: the lockfile says so, and nothing is bought on a guess."""

import subprocess

import pytest

from ..workplace import Workplace, prompt_of


def git(place: Workplace, *arguments: str) -> None:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
    subprocess.run(
        ["git", *identity, *arguments], cwd=place.folder, check=True, capture_output=True
    )


def kill_and_clean(place: Workplace, *, committed: bool) -> None:
    """Kill a run that is buying, keep its lockfile in git, and clean all that git ignores."""
    place.reopen(render_s=(0.5, 0.5))
    place.write(2)
    git(place, "init")
    git(place, "add", "film.yaml")
    with place.start_run() as running:
        place.until(lambda meter: meter["creates"]["accepted"] == 2, "the second task")
        running.kill()
    git(place, "add", "film.lock.json")
    if committed:
        git(place, "commit", "-m", "Render the film")
    git(place, "clean", "-fdx")
    assert not (place.folder / ".omnibatch").exists()


@pytest.mark.parametrize("committed", [False, True], ids=["added", "committed"])
def test_a_cleaned_folder_is_no_second_purchase(place: Workplace, committed: bool) -> None:
    kill_and_clean(place, committed=committed)

    finished = place.run()

    assert finished.code == 7, finished.said
    assert "journal" in finished.err
    assert "--journal-lost" in finished.err
    assert place.posts == 2


def test_the_user_may_go_on_without_the_journal(place: Workplace) -> None:
    kill_and_clean(place, committed=False)

    finished = place.run("--journal-lost")

    assert finished.code == 0, finished.said
    assert set(place.states().values()) == {"collected"}
    assert place.sold == {prompt_of(1): 2, prompt_of(2): 2}, "the user has said so"


def test_a_finished_batch_needs_no_journal(place: Workplace) -> None:
    """A fresh clone has the lockfile and the clips, and no journal."""
    place.write(2)
    place.run()
    git(place, "init")
    git(place, "add", "film.yaml", "film.lock.json", "renders")
    git(place, "clean", "-fdx")

    finished = place.run()

    assert finished.code == 0, finished.said
    assert place.posts == 2


def test_a_kept_ledger_folder_outlives_a_cleaned_one(place: Workplace) -> None:
    place.reopen(render_s=(0.5, 0.5))
    place.write(2)
    volume = place.folder.parent / "volume"
    with place.start_run("--ledger", str(volume)) as running:
        place.until(lambda meter: meter["creates"]["accepted"] == 2, "the second task")
        running.until("created task", times=2)
        running.kill()
    git(place, "init")
    git(place, "add", "film.yaml")
    git(place, "clean", "-fdx")
    assert not place.lockfile.exists()

    finished = place.run("--ledger", str(volume))

    assert finished.code == 0, finished.said
    assert place.posts == 2


def test_a_lockfile_that_git_never_knew_is_swept_away_and_missed(place: Workplace) -> None:
    """The first run makes the lockfile, so `git clean` takes it together with the journal."""
    place.reopen(render_s=(0.5, 0.5))
    place.write(2)
    git(place, "init")
    git(place, "add", "film.yaml")
    with place.start_run() as running:
        place.until(lambda meter: meter["creates"]["accepted"] == 2, "the second task")
        running.kill()
    git(place, "clean", "-fdx")
    assert not place.lockfile.exists()

    finished = place.run()

    assert finished.code == 7, finished.said
    assert place.posts == 2


def test_what_a_lost_journal_knew_can_be_adopted_before_the_rest_is_bought(
    place: Workplace,
) -> None:
    kill_and_clean(place, committed=False)
    tasks = {task["prompt"]: task["task_id"] for task in place.meter()["tasks"]}

    adopted = [place.omnibatch("adopt", "film.yaml", f"s{n}", tasks[prompt_of(n)]) for n in (1, 2)]
    guarded = place.run()
    finished = place.run("--journal-lost")

    assert [each.code for each in adopted] == [0, 0]
    assert guarded.code == 7, "a decision does not account for the lost run"
    assert finished.code == 0, finished.said
    assert set(place.states().values()) == {"collected"}
    assert place.posts == 2


def test_going_on_without_the_journal_and_without_consent_changes_nothing(
    place: Workplace,
) -> None:
    kill_and_clean(place, committed=False)

    asked = place.omnibatch("run", "film.yaml", "--journal-lost")
    again = place.run()

    assert asked.code == 8, asked.said
    assert again.code == 7, again.said
    assert place.posts == 2
