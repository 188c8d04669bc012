"""Decisions made on two copies of a ledger, or one after the other: the later one counts, and none is a trap."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from omnibatch.emulator import Fault

from ..launching import Finished
from ..workplace import Workplace, prompt_of

LATER = {"TESTS_CLOCK_S": "60"}


@pytest.fixture
def doubtful(place: Workplace) -> Workplace:
    """One shot, whose reply was lost."""
    place.write(1)
    place.faults(Fault(on="create", do="drop_after", times=1))
    assert place.run().code == 4
    return place


@pytest.fixture
def rendering(place: Workplace) -> Workplace:
    """One shot, whose run was killed while its task rendered."""
    place.reopen(render_s=(1.5, 1.5))
    place.write(1)
    with place.start_run() as running:
        running.until("created task")
        running.kill()
    return place


def copied(place: Workplace, folder: Path) -> Workplace:
    """Another machine with the same lockfile, and no journal."""
    shutil.copytree(place.folder, folder, ignore=shutil.ignore_patterns(".omnibatch"))
    return replace(place, folder=folder, environment=dict(place.environment))


def merge(place: Workplace, other: Workplace) -> Finished:
    ours = str(place.lockfile)
    return place.omnibatch("merge-lock", ours, ours, str(other.lockfile))


@pytest.mark.parametrize("decision", ["abandon", "retry"])
def test_what_was_adopted_later_is_neither_let_go_of_nor_bought_again(
    doubtful: Workplace, tmp_path: Path, decision: str
) -> None:
    other = copied(doubtful, tmp_path / "other")
    (task,) = doubtful.task_ids()
    assert doubtful.omnibatch(decision, "film.yaml", "s1").code == 0
    assert other.omnibatch("adopt", "film.yaml", "s1", task, **LATER).code == 0

    merged = merge(doubtful, other)
    finished = doubtful.run()

    assert merged.code == 0, merged.said
    assert finished.code == 0, finished.said
    assert doubtful.states() == {"s1": "collected"}
    assert doubtful.posts == 1


@pytest.mark.parametrize(
    ("earlier", "later", "posts"), [("retry", "abandon", 1), ("abandon", "retry", 2)]
)
def test_of_a_grant_and_an_abandonment_the_later_counts(
    doubtful: Workplace, tmp_path: Path, earlier: str, later: str, posts: int
) -> None:
    other = copied(doubtful, tmp_path / "other")
    assert doubtful.omnibatch(earlier, "film.yaml", "s1").code == 0
    assert other.omnibatch(later, "film.yaml", "s1", **LATER).code == 0

    merge(doubtful, other)
    finished = doubtful.run()

    assert finished.code == 0, finished.said
    assert doubtful.posts == posts


@pytest.mark.parametrize("provider", ["guess"])
def test_what_was_found_later_is_not_bought_again_for_an_older_grant(
    place: Workplace, tmp_path: Path
) -> None:
    place.faults(Fault(on="create", do="drop_after", times=1), Fault(on="lookup", do="not_found"))
    place.write(1)
    assert place.run().code == 4
    other = copied(place, tmp_path / "other")
    assert place.omnibatch("retry", "film.yaml", "s1").code == 0
    place.faults()
    assert other.run(**LATER).code == 0

    merge(place, other)
    finished = place.run()

    assert finished.code == 0, finished.said
    assert place.posts == 1


def test_a_grant_beside_a_rendering_task_is_taken_back_and_the_task_stays(
    rendering: Workplace,
) -> None:
    granted = rendering.omnibatch("retry", "film.yaml", "s1")
    taken_back = rendering.omnibatch("abandon", "film.yaml", "s1")
    finished = rendering.run()

    assert "beside the task that is rendering, which is collected, too" in granted.out
    assert "the grant is taken back; its task renders on, and is collected" in taken_back.out
    assert finished.code == 0, finished.said
    assert rendering.states() == {"s1": "collected"}
    assert rendering.posts == 1


def test_a_rendering_task_that_was_let_go_of_is_taken_up_again_for_free(
    rendering: Workplace,
) -> None:
    (task,) = rendering.task_ids()
    let_go = rendering.omnibatch("abandon", "film.yaml", "s1")
    idle = rendering.run()
    adopted = rendering.omnibatch("adopt", "film.yaml", "s1", task)
    again = rendering.omnibatch("adopt", "film.yaml", "s1", task)
    finished = rendering.run()

    assert f"`omnibatch adopt s1 {task}` takes it up again, for free" in let_go.out
    assert "nothing to do" in idle.out
    assert f"task {task} taken up again" in adopted.out
    assert "its own already; nothing changed" in again.out
    assert finished.code == 0, finished.said
    assert rendering.states() == {"s1": "collected"}
    assert rendering.posts == 1


def test_retry_of_a_task_that_was_let_go_of_names_the_way_that_is_free(
    rendering: Workplace,
) -> None:
    (task,) = rendering.task_ids()
    rendering.omnibatch("abandon", "film.yaml", "s1")

    granted = rendering.omnibatch("retry", "film.yaml", "s1")

    assert f"(`omnibatch adopt s1 {task}` does that alone, for free)" in granted.out


def test_two_tasks_adopted_for_one_shot_and_let_go_of_find_their_shots(place: Workplace) -> None:
    place.write(2, run={"in_flight": 1})
    place.faults(Fault(on="create", do="drop_after", times=2))
    assert place.run().code == 4
    (first,), (second,) = place.task_ids(prompt_of(1)), place.task_ids(prompt_of(2))
    for task in (second, first):
        assert place.omnibatch("adopt", "film.yaml", "s1", task).code == 0
    assert place.omnibatch("abandon", "film.yaml", "s1").code == 0

    moved = place.omnibatch("adopt", "film.yaml", "s2", second)
    taken_up = place.omnibatch("adopt", "film.yaml", "s1", first)
    finished = place.run()

    assert (moved.code, taken_up.code) == (0, 0), moved.said + taken_up.said
    assert finished.code == 0, finished.said
    assert place.states() == {"s1": "collected", "s2": "collected"}
    assert place.posts == 2
