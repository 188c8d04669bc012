"""Two machines that bought for one shot before they met: both clips are kept, every doubt can be decided."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from omnibatch.emulator import Fault

from ..workplace import Workplace, prompt_of

HOUR_BEFORE = {"TESTS_CLOCK_S": "-3600"}


@pytest.fixture
def met(place: Workplace, tmp_path: Path) -> Workplace:
    """A machine with the clip of s1, where another one's doubt about s1 was merged in."""
    folder = tmp_path / "other"
    folder.mkdir()
    other = replace(place, folder=folder, environment=dict(place.environment))
    for machine in (place, other):
        machine.write(1)
    place.faults(Fault(on="create", do="drop_after", times=1))
    assert other.run(**HOUR_BEFORE).code == 4
    assert place.run().code == 0
    ours, theirs = place.lockfile.read_text(), other.lockfile.read_text()
    place.lockfile.write_text(f"<<<<<<< HEAD\n{ours}=======\n{theirs}>>>>>>> other\n")
    assert place.run().code == 4
    return place


def test_the_other_machines_task_is_adopted_and_both_clips_are_kept(met: Workplace) -> None:
    (known,) = (task["task_id"] for task in met.ledger()["attempts"][-1]["tasks"])
    (lost,) = set(met.task_ids()) - {known}

    adopted = met.omnibatch("adopt", "film.yaml", "s1", lost)
    finished = met.run()

    assert adopted.code == 0, adopted.said
    assert finished.code == 0, finished.said
    assert met.clips() == ["s1.mp4", "s1.v2.mp4"]
    assert met.posts == 2


def test_the_other_machines_doubt_is_abandoned_and_the_clip_stays(met: Workplace) -> None:
    abandoned = met.omnibatch("abandon", "film.yaml", "s1")
    finished = met.run()

    assert abandoned.code == 0, abandoned.said
    assert finished.code == 0, finished.said
    assert met.actions() == {"s1": "keep"}
    assert met.posts == 2


def test_a_retry_lets_go_of_the_doubt_and_buys_one_clip_more(met: Workplace) -> None:
    granted = met.omnibatch("retry", "film.yaml", "s1")
    finished, again = met.run(), met.run()

    assert granted.code == 0, granted.said
    assert [finished.code, again.code] == [0, 0], finished.said
    assert met.clips() == ["s1.mp4", "s1.v2.mp4"]
    assert met.posts == 3


def test_a_second_task_of_one_attempt_is_collected_though_the_shot_has_a_clip(
    place: Workplace, tmp_path: Path
) -> None:
    """Two machines that start from one commit mean one attempt, and each makes a task for it."""
    other = replace(place, folder=tmp_path / "other", environment=dict(place.environment))
    other.folder.mkdir()
    for machine in (place, other):
        machine.write(2)
    place.run("--select", "s2")
    other.lockfile.write_bytes(place.lockfile.read_bytes())
    assert place.run().code == 0
    with other.start_run() as running:
        running.until("created task")
        running.kill()
    assert running.wait().was_killed
    journal = Path(".omnibatch", "film.journal")
    (place.folder / journal).write_bytes((other.folder / journal).read_bytes())

    finished, again = place.run(), place.run()

    assert [finished.code, again.code] == [0, 0], finished.said
    assert place.clips() == ["s1.mp4", "s1.v2.mp4", "s2.mp4"]
    assert "nothing to do" in again.out
    assert place.sold == {prompt_of(1): 2, prompt_of(2): 1}


def test_where_the_ledger_knows_more_takes_than_the_film_the_take_is_named(
    place: Workplace,
) -> None:
    place.write([{"id": "s1", "prompt": prompt_of(1), "takes": 2}], run={"in_flight": 1})
    place.faults(Fault(on="create", do="drop_after", times=1))
    place.run()
    place.write(1)

    said = place.run().out

    assert "omnibatch abandon film.yaml s1@1   (free)" in said
    assert place.omnibatch("abandon", "film.yaml", "s1@1").code == 0
    assert place.run().code == 0


@pytest.fixture
def beside(place: Workplace, tmp_path: Path) -> Workplace:
    """A machine with the clip of s1, and another one's lost reply to the very same attempt."""
    other = replace(place, folder=tmp_path / "other", environment=dict(place.environment))
    other.folder.mkdir()
    for machine in (place, other):
        machine.write(2)
    place.run("--select", "s2")
    other.lockfile.write_bytes(place.lockfile.read_bytes())
    hidden = Fault(on="lookup", do="not_found")
    place.reopen(Fault(on="create", do="drop_after", times=1), hidden, duplicate="accept")
    assert other.run("--select", "s1").code == 4
    assert place.run("--select", "s1").code == 0
    ours, theirs = place.lockfile.read_text(), other.lockfile.read_text()
    place.lockfile.write_text(f"<<<<<<< HEAD\n{ours}=======\n{theirs}>>>>>>> other\n")
    return place


def test_a_reply_lost_beside_the_clip_of_its_attempt_is_told_and_holds_nothing_up(
    beside: Workplace,
) -> None:
    finished = beside.run()
    status = beside.omnibatch("status", "film.yaml")

    assert finished.code == 0, finished.said
    for said in (finished.err, status.err):
        assert "s1: another machine sent it, too, and lost the reply" in said
    assert beside.status()["summary"]["spent"] == "0.9495 USD"
    assert beside.actions() == {"s1": "keep", "s2": "keep"}
    assert beside.posts == 3


@pytest.mark.parametrize("word", ["adopt", "abandon"])
def test_a_reply_lost_beside_the_clip_of_its_attempt_is_ended_by_either_word(
    beside: Workplace, word: str
) -> None:
    beside.run()
    known = [t["task_id"] for a in beside.ledger()["attempts"] for t in a.get("tasks", ())]
    (lost,) = set(beside.task_ids()) - set(known)

    more = [lost] if word == "adopt" else []
    decided = beside.omnibatch(word, "film.yaml", "s1", *more)
    finished, again = beside.run(), beside.run()

    assert decided.code == 0, decided.said
    assert [finished.code, again.code] == [0, 0], finished.said
    assert "lost the reply" not in again.err
    assert "nothing to do" in again.out
    assert beside.clips() == ["s1.mp4", *(["s1.v2.mp4"] if more else []), "s2.mp4"]
    assert beside.status()["summary"]["spent"] == "0.9495 USD"
    assert beside.posts == 3


@pytest.mark.parametrize("provider", ["guess"])
def test_a_task_whose_reply_was_lost_beside_a_clip_is_found_and_collected(
    beside: Workplace,
) -> None:
    tasks = [t for t in beside.meter()["tasks"] if t["prompt"] == prompt_of(1)]
    keys = ("task_id", "external_task_id")
    rows = [{**{k: t[k] for k in keys}, "created_at": int(t["created_at"] * 1000)} for t in tasks]
    answer = json.dumps({"code": 0, "data": rows})
    beside.faults(Fault(on="lookup", do="answer", status=200, body=answer))

    finished, again = beside.run(), beside.run()

    assert len({t["external_task_id"] for t in tasks}) == 1, "both machines meant one attempt"
    assert [finished.code, again.code] == [0, 0], finished.said
    assert "found again: task" in finished.err
    assert "lost the reply" not in again.err
    assert beside.clips() == ["s1.mp4", "s1.v2.mp4", "s2.mp4"]
    assert beside.posts == 3
