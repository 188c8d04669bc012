"""The journal is gone after a kill: the lockfile says so, and nothing is bought on a guess."""

import json
import shlex
import shutil
import subprocess
from typing import Any

import pytest

from omnibatch.emulator import Fault

from ..launching import Finished
from ..workplace import Workplace, prompt_of

PROFILES = {"draft": {"mode": "std"}, "final": {"mode": "pro"}}


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


def test_going_on_without_the_journal_buys_nothing_that_may_have_been_bought(
    place: Workplace,
) -> None:
    kill_and_clean(place, committed=False)

    finished = place.run("--journal-lost", "--stale", "--failed")

    assert finished.code == 4, finished.said
    assert "s1" in finished.out
    assert "may have bought it" in finished.out
    assert place.posts == 2
    assert place.run().code == 7, "the mark stays as long as something is undecided"


def test_what_the_user_has_granted_is_bought_without_the_journal(place: Workplace) -> None:
    kill_and_clean(place, committed=False)

    granted = place.omnibatch("retry", "film.yaml", "--select", "*")
    finished = place.run("--journal-lost")

    assert granted.code == 0, granted.said
    assert "2 attempts granted, for 0.633 USD" in granted.out
    assert granted.out.splitlines()[-1].startswith("next: omnibatch run --journal-lost film.yaml")
    assert finished.code == 0, finished.said
    assert set(place.states().values()) == {"collected"}
    assert place.sold == {prompt_of(1): 2, prompt_of(2): 2}, "the user has said so"
    assert place.clips() == ["s1.mp4", "s2.mp4"]
    assert place.run().code == 0, "all is answered for, so the mark is gone"
    assert place.posts == 4


def test_each_shot_is_answered_for_in_its_own_way(place: Workplace) -> None:
    """One is adopted, one granted, one let go of; the mark stays until the last."""
    place.reopen(render_s=(0.5, 0.5))
    place.write(3)
    git(place, "init")
    git(place, "add", "film.yaml")
    with place.start_run() as running:
        place.until(lambda meter: meter["creates"]["accepted"] == 3, "the third task")
        running.kill()
    git(place, "add", "film.lock.json")
    git(place, "clean", "-fdx")

    place.omnibatch("adopt", "film.yaml", "s1", place.task_ids(prompt_of(1))[0])
    place.omnibatch("retry", "film.yaml", "s2")
    halfway = place.run("--journal-lost")
    marked = place.run()
    abandoned = place.omnibatch("abandon", "film.yaml", "s3")
    finished = place.run("--journal-lost")

    assert halfway.code == 4, halfway.said
    assert marked.code == 7, marked.said
    assert abandoned.code == 0, abandoned.said
    assert finished.code == 0, finished.said
    assert place.states() == {"s1": "collected", "s2": "collected", "s3": "abandoned"}
    assert place.sold == {prompt_of(1): 1, prompt_of(2): 2, prompt_of(3): 1}
    assert place.run().code == 0


def lose_a_run_of_two_profiles(place: Workplace, *options: str, **keys: Any) -> None:
    """A run of one shot in a film of two profiles is killed, and its journal lost."""
    place.reopen(render_s=(0.5, 0.5))
    place.write(1, **{"profiles": PROFILES, "profile": "draft", **keys})
    with place.start_run(*options) as running:
        place.until(lambda meter: meter["creates"]["accepted"] == 1, "the task")
        running.kill()
    shutil.rmtree(place.folder / ".omnibatch")


def type_next(place: Workplace, said: Finished, *more: str) -> Finished:
    """Type the last command that was named, as it is printed."""
    line = said.out.rpartition("next: ")[2].splitlines()[-1].partition("   (")[0]
    program, *words = shlex.split(line.removeprefix("  or: "))
    assert program == "omnibatch"
    return place.omnibatch(*words, *more)


@pytest.mark.parametrize("word", ["retry", "abandon"])
def test_another_profile_is_answered_for_too(place: Workplace, word: str) -> None:
    """The lost run does not say which profile it was for."""
    lose_a_run_of_two_profiles(place, "--profile", "final")

    place.omnibatch("retry", "film.yaml", "s1")
    draft = place.run("--journal-lost")
    plain = place.run()
    final = place.run("--profile", "final", "--journal-lost")
    decided = type_next(place, draft) if word == "retry" else None
    if decided is None:
        decided = place.omnibatch("abandon", "--profile", "final", "film.yaml", "s1")
    last = type_next(place, decided, "--yes")
    again = place.run()

    assert draft.code == 4, draft.said
    assert "of profile final: the run that began at" in draft.out
    assert "  or: omnibatch abandon --profile final film.yaml s1   (free)" in draft.out
    assert plain.code == 7, "the mark stays as long as anything is undecided"
    assert final.code == 4, final.said
    assert "of profile draft" not in final.out, "that was granted, and bought"
    assert decided.code == 0, decided.said
    assert "next: omnibatch run --journal-lost --profile final film.yaml" in decided.out
    assert last.code == 0, last.said
    assert again.code == 0, again.said
    bought = 3 if word == "retry" else 2
    assert place.sold == {prompt_of(1): bought}, "the lost one, the draft, and the final if granted"


def test_what_is_adopted_in_one_profile_leaves_the_other_undecided(place: Workplace) -> None:
    lose_a_run_of_two_profiles(place)

    adopted = place.omnibatch("adopt", "film.yaml", "s1", *place.task_ids())
    finished = place.run("--journal-lost")
    decided = place.omnibatch("abandon", "--profile", "final", "film.yaml", "s1")
    again = place.run("--journal-lost")
    plain = place.run()

    assert "omnibatch abandon --profile final film.yaml s1" in adopted.out
    assert finished.code == 4, finished.said
    assert [decided.code, again.code, plain.code] == [0, 0, 0], again.said
    assert place.clips() == ["s1.mp4"]
    assert place.posts == 1


def test_a_profile_with_problems_is_named_as_long_as_it_keeps_the_mark(place: Workplace) -> None:
    broken = {"draft": {"mode": "std"}, "final": {"mode": "pro", "duration": 99}}
    lose_a_run_of_two_profiles(place, profiles=broken)

    place.omnibatch("adopt", "film.yaml", "s1", *place.task_ids())
    finished = place.run("--journal-lost")
    idle = place.run("--journal-lost")
    named = type_next(place, finished)
    place.write(1, profiles={"draft": {"mode": "std"}}, profile="draft")
    mended = place.run("--journal-lost")
    plain = place.run()

    for each in (finished, idle):
        assert each.code == 4, each.said
        assert "profile final has problems, and the run of 20" in each.err
        assert "next: omnibatch validate --profile final film.yaml   (free" in each.out
    assert named.code == 3, named.said
    assert "99 s" in named.said
    assert [mended.code, plain.code] == [0, 0], mended.said
    assert place.posts == 1


def test_what_a_selection_leaves_out_is_undecided_too(place: Workplace) -> None:
    kill_and_clean(place, committed=False)

    place.omnibatch("adopt", "film.yaml", "s1", *place.task_ids(prompt_of(1)))
    finished = place.run("--journal-lost", "--select", "s1")

    assert finished.code == 4, finished.said
    assert "omnibatch abandon film.yaml s2" in finished.out
    assert place.states()["s1"] == "collected"


def test_a_grant_of_before_the_lost_run_may_have_been_used_by_it(place: Workplace) -> None:
    place.reopen(render_s=(0.5, 0.5))
    place.write(1)
    place.run()
    place.omnibatch("retry", "film.yaml", "s1")
    git(place, "init")
    git(place, "add", "film.yaml", "film.lock.json", "renders")
    git(place, "commit", "-m", "A clip that is not liked")
    with place.start_run() as running:
        place.until(lambda meter: meter["creates"]["accepted"] == 2, "the second task")
        running.kill()
    git(place, "checkout", "film.lock.json")
    git(place, "clean", "-fdx")
    assert place.run().code == 7, "the mark in git's own folder"

    undecided = place.run("--journal-lost")
    place.omnibatch("retry", "film.yaml", "s1")
    finished = place.run("--journal-lost")

    assert undecided.code == 4, undecided.said
    assert finished.code == 0, finished.said
    assert place.posts == 3


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
    place.omnibatch("retry", "film.yaml", "s1")

    asked = place.omnibatch("run", "film.yaml", "--journal-lost")
    again = place.run()

    assert asked.code == 4, "one is to be decided, and the other to be agreed to"
    assert "nobody is here to agree" in asked.err
    assert again.code == 7, again.said
    assert place.posts == 2


def test_a_run_that_ended_is_not_missed_and_forgets_no_grant(place: Workplace) -> None:
    """It bought while another was missed; git's folder and the lockfile name that one alone."""
    place.reopen(render_s=(0.5, 0.5))
    place.write(4)
    git(place, "init")
    with place.start_run() as running:
        place.until(lambda meter: meter["creates"]["accepted"] == 4, "all tasks")
        running.kill()
    shutil.rmtree(place.folder / ".omnibatch")
    lost = place.ledger()["open"]

    place.omnibatch("adopt", "film.yaml", "s1", *place.task_ids(prompt_of(1)))
    place.omnibatch("retry", "film.yaml", "s2", "s4")
    first = place.run("--journal-lost", "--limit", "1")
    marks = [json.loads(path.read_text()) for path in place.folder.glob(".git/omnibatch/*.open")]
    second = place.run("--journal-lost")

    assert first.code == 4, first.said
    assert [place.ledger()["open"], *marks] == [lost, lost]
    assert second.code == 4, second.said
    assert f"the run that began at {lost['since']} may have bought it" in second.out
    assert "s4" not in second.out, "it was granted, and is bought"
    assert place.sold == {prompt_of(1): 1, prompt_of(2): 2, prompt_of(3): 1, prompt_of(4): 2}


def test_a_mark_that_came_with_the_lockfile_goes_with_it(place: Workplace) -> None:
    """A clone that bought what it was granted meanwhile, and the other machine then finishes."""
    place.reopen(render_s=(0.5, 0.5))
    place.write(2)
    git(place, "init")
    with place.start_run() as running:
        running.until("created task", times=2)
        running.kill()
    marked, journal = place.lockfile.read_text(), place.folder / ".omnibatch"
    shutil.copytree(journal, place.folder.parent / "kept")
    shutil.rmtree(journal)
    shutil.rmtree(place.folder / ".git")
    git(place, "init")

    place.omnibatch("retry", "film.yaml", "s1")
    undecided = place.run("--journal-lost")
    left = list(place.folder.glob(".git/omnibatch/*"))
    finished = place.lockfile.read_text().replace(
        marked[marked.index('"open":{') :].split("}")[0] + "}", '"open":null'
    )
    place.lockfile.write_text(finished)
    plain = place.run("--limit", "0")

    assert undecided.code == 4, undecided.said
    assert left == []
    assert plain.code == 9, plain.said


LOST = "0.9495 USD"


def lose_three(place: Workplace, **keys: Any) -> None:
    """Three shots are bought, and all that is known of them is lost but that a run began."""
    place.reopen(render_s=(0.3, 0.3))
    place.write(3, **keys)
    with place.start_run() as running:
        place.until(lambda meter: meter["creates"]["accepted"] == 3, "all tasks")
        running.kill()
    shutil.rmtree(place.folder / ".omnibatch")


def spent(place: Workplace) -> Any:
    return place.status()["summary"]["spent"]


def test_what_was_granted_in_the_face_of_a_lost_run_counts_twice(place: Workplace) -> None:
    lose_three(place, budget="1.00 USD")

    place.omnibatch("retry", "film.yaml", "--select", "*")
    granted = spent(place)
    refused = place.run("--journal-lost")
    place.write(3, budget="3.00 USD")
    finished = place.run("--journal-lost")

    assert granted == LOST
    assert refused.code == 6, refused.said
    assert finished.code == 0, finished.said
    assert spent(place) == place.meter()["charged"] == "1.899 USD"
    assert place.clips() == ["s1.mp4", "s2.mp4", "s3.mp4"]
    assert place.run().code == 0
    assert place.posts == 6


def test_what_is_let_go_of_in_the_face_of_a_lost_run_stays_counted(place: Workplace) -> None:
    lose_three(place, budget="1.00 USD")

    told = place.omnibatch("abandon", "film.yaml", "--select", "*")
    again = place.omnibatch("abandon", "film.yaml", "--select", "*")
    finished = place.run("--journal-lost")
    abandoned = spent(place)
    place.omnibatch("retry", "film.yaml", "s1")
    over = place.run()

    assert told.out.count("its price stays counted as spent") == 3
    assert again.out.count("abandoned already") == 3
    assert [finished.code, over.code] == [0, 6], over.said
    assert abandoned == LOST
    assert place.posts == 3


@pytest.mark.parametrize("word", ["retry", "abandon"])
def test_a_task_that_turns_up_after_a_decision_counts_once(place: Workplace, word: str) -> None:
    lose_three(place)

    place.omnibatch(word, "film.yaml", "--select", "*")
    for n in (1, 2, 3):
        place.omnibatch("adopt", "film.yaml", f"s{n}", *place.task_ids(prompt_of(n)))
    finished = place.run("--journal-lost")

    assert finished.code == 0, finished.said
    assert spent(place) == LOST
    assert place.clips() == ["s1.mp4", "s2.mp4", "s3.mp4"]
    assert place.run().code == 0
    assert place.posts == 3


def test_a_task_that_turns_up_after_the_grant_was_used_is_collected_and_counts_once(
    place: Workplace,
) -> None:
    lose_three(place)
    lost = {n: place.task_ids(prompt_of(n)) for n in (1, 2, 3)}
    place.omnibatch("retry", "film.yaml", "--select", "*")
    place.run("--journal-lost")

    adopted = [place.omnibatch("adopt", "film.yaml", f"s{n}", *lost[n]).code for n in (1, 2, 3)]
    finished = place.run()

    assert adopted == [0, 0, 0]
    assert finished.code == 0, finished.said
    assert spent(place) == "1.899 USD"
    assert len(place.clips()) == 6
    assert place.run().code == 0
    assert place.posts == 6


def test_what_is_undecided_is_reserved_in_the_budget(place: Workplace) -> None:
    lose_three(place, budget="1.20 USD")

    place.omnibatch("retry", "film.yaml", "s1")
    told = place.omnibatch("status", "film.yaml")
    over = place.run("--journal-lost")
    place.omnibatch("adopt", "film.yaml", "s2", *place.task_ids(prompt_of(2)))
    place.omnibatch("abandon", "film.yaml", "s3")
    still_over = place.run("--journal-lost")

    assert (
        "spent: 0.3165 USD (by list prices); a lost run may have spent 0.633 USD more" in told.out
    )
    assert over.code == 6, over.said
    assert "the budget of 1.20 USD, of which a lost run may have spent 0.633 USD" in over.err
    assert still_over.code == 6, still_over.said
    assert place.posts == 3


def test_a_failed_shot_that_was_granted_in_the_face_of_a_lost_run_counts(place: Workplace) -> None:
    place.faults(Fault(on="create", do="answer", status=400, body='{"error": {"message": "no"}}'))
    place.write(1)
    assert place.run().code == 1
    place.faults()
    place.reopen(render_s=(0.3, 0.3))
    with place.start_run("--failed") as running:
        place.until(lambda meter: meter["creates"]["accepted"] == 1, "the task")
        running.kill()
    shutil.rmtree(place.folder / ".omnibatch")

    place.omnibatch("retry", "film.yaml", "s1")
    granted = spent(place)
    finished = place.run("--journal-lost")
    details = place.omnibatch("status", "film.yaml", "s1")

    assert granted == "0.3165 USD"
    assert finished.code == 0, finished.said
    assert spent(place) == "0.633 USD"
    assert "may have bought it, and its journal is lost; counted as spent" in details.out
    assert place.clips() == ["s1.mp4"]
    assert place.run().code == 0
    assert place.sold == {prompt_of(1): 2}
