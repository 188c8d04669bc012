"""`was` and `locked` from end to end: what was paid for stays with its shot, and is not bought again."""

import pytest

from omnibatch.emulator import Fault

from ..workplace import Document, Workplace, both, prompt_of


def shot(name: str, number: int = 1, **keys: object) -> Document:
    return {"id": name, "prompt": prompt_of(number), **keys}


@both
def test_a_renamed_shot_keeps_its_clip_where_it_is_and_buys_nothing(place: Workplace) -> None:
    place.write(2)
    place.run()
    before = place.listing()
    place.write([shot("dock", was="s1"), shot("s2", 2)])

    finished = place.run("--stale", "--failed")

    assert finished.code == 0, finished.said
    assert "nothing to do, nothing to pay: 2 collected" in finished.out
    assert place.actions() == {"dock": "keep", "s2": "keep"}
    assert place.posts == 2
    changed = {n for n, b in place.listing().items() if before.get(n) != b}
    assert changed <= {"film.yaml"}, "not one byte of ledger or clips"


def test_status_shows_a_renamed_shot_once_under_its_new_name(place: Workplace) -> None:
    place.write(1)
    place.run()
    place.write([shot("dock", was="s1")])

    (row,) = place.status()["shots"]

    assert (row["shot"], row["state"], row["output"]) == (
        "dock",
        "collected",
        "renders/film/s1.mp4",
    )
    assert row["note"] == "bought as s1"


def test_a_renamed_shot_that_changed_is_bought_once_after_its_former_clip(place: Workplace) -> None:
    place.write(1)
    place.run()
    old = (place.folder / "renders/film/s1.mp4").read_bytes()
    place.write([{"id": "dock", "was": "s1", "prompt": "Edited."}])

    waiting = place.run()
    first, second = place.run("--stale"), place.run("--stale")

    assert [waiting.code, first.code, second.code] == [0, 0, 0], first.said
    assert place.sold == {prompt_of(1): 1, "Edited.": 1}
    assert place.clips() == ["dock.mp4", "s1.mp4"]
    assert (place.folder / "renders/film/s1.mp4").read_bytes() == old
    before, after = place.ledger()["attempts"][::-1]
    assert (after["shot"], after["after"], before["shot"]) == ("dock", before["id"], "s1")


@both
def test_a_task_under_way_is_collected_for_the_renamed_shot(place: Workplace) -> None:
    place.write(1, run={"stalled_after": "0.3s"})
    place.faults(Fault(on="create", do="stuck", times=1))
    stuck = place.run()
    place.write([shot("dock", was="s1")], run={"stalled_after": "0.3s"})

    again = place.run()

    assert [stuck.code, again.code] == [1, 1], again.said
    assert place.actions() == {"dock": "resume"}
    assert "dock: left for a later run" in again.err
    assert place.posts == 1


def test_a_renamed_shots_doubt_is_decided_under_its_new_name(place: Workplace) -> None:
    place.write(1)
    place.faults(Fault(on="create", do="drop_after", times=1))
    place.run()
    place.write([shot("dock", was="s1")])

    doubtful = place.run("--stale", "--failed")
    by_old_name = place.omnibatch("adopt", "film.yaml", "s1", place.task_ids()[0])
    adopted = place.omnibatch("adopt", "film.yaml", "dock", place.task_ids()[0])
    finished = place.run()

    assert doubtful.code == 4, doubtful.said
    assert "adopt film.yaml dock TASK_ID" in doubtful.out
    assert (by_old_name.code, "it is dock now" in by_old_name.err) == (2, True), by_old_name.said
    assert [adopted.code, finished.code] == [0, 0], finished.said
    assert place.actions() == {"dock": "keep"}
    assert place.posts == 1


def test_cometapi_is_asked_for_a_renamed_shots_lost_task(place: Workplace) -> None:
    place.shut()
    place.provider = "cometapi"
    place.open(Fault(on="create", do="drop_after", times=1), Fault(on="lookup", do="drop_before"))
    place.write(1)
    lost = place.run()
    place.faults()
    place.write([shot("dock", was="s1")])

    finished = place.run()

    assert (lost.code, finished.code) == (4, 0), lost.said + finished.said
    assert place.actions() == {"dock": "keep"}
    assert place.accepted == 1


@pytest.mark.parametrize("word", ["retry", "abandon"])
def test_a_decision_about_a_renamed_shot_holds_for_it(place: Workplace, word: str) -> None:
    place.write(1)
    place.faults(Fault(on="create", do="drop_after", times=1))
    place.run()
    place.write([shot("dock", was="s1")])

    decided = place.omnibatch(word, "film.yaml", "dock")
    first, second = place.run(), place.run()

    assert [decided.code, first.code, second.code] == [0, 0, 0], first.said
    assert place.posts == (2 if word == "retry" else 1)


def test_without_was_the_task_of_the_old_name_is_awaited_and_its_clip_kept(
    place: Workplace,
) -> None:
    place.write(1)
    place.faults(Fault(on="create", do="drop_after", times=1))
    place.run()
    place.write([shot("dock")])

    held_back = place.run()
    place.omnibatch("adopt", "film.yaml", "s1", place.task_ids()[0])
    finished, idle = place.run(), place.run()

    assert held_back.code == 4, held_back.said
    assert "the same request as s1, which may still become a clip" in held_back.out
    assert [finished.code, idle.code] == [0, 0], finished.said
    assert place.actions() == {"dock": "keep"}
    assert place.posts == 1


def test_a_renamed_shots_takes_keep_theirs_and_a_new_one_is_bought(place: Workplace) -> None:
    place.write([shot("s1", takes=2)])
    place.run()
    place.write([shot("dock", was="s1", takes=3)])

    finished = place.run()

    assert finished.code == 0, finished.said
    assert place.clips() == ["dock@3.mp4", "s1.mp4", "s1@2.mp4"]
    assert place.posts == 3


@both
def test_a_locked_shot_is_kept_whatever_changes_and_says_so(place: Workplace) -> None:
    place.write([shot("s1", locked=True)])
    place.run()
    place.write([{"id": "s1", "locked": True, "prompt": "Edited."}])

    planned = place.omnibatch("plan", "film.yaml", "--stale")
    finished = place.run("--stale", "--failed")

    assert (planned.code, finished.code) == (0, 0), finished.said
    assert "s1: locked, although prompt" in finished.out
    assert "nothing to buy" in planned.out
    assert "locked, although prompt" in planned.out
    (row,) = place.status()["shots"]
    assert row["note"] == place.plan()["shots"][0]["reason"], "the same words"
    assert row["drift"] == []
    assert place.posts == 1


def test_retry_is_refused_for_a_locked_shot_that_has_its_clip(place: Workplace) -> None:
    place.write([shot("s1", locked=True)])
    place.run()
    before = place.ledger()

    refused = place.omnibatch("retry", "film.yaml", "s1")

    assert refused.code == 2, refused.said
    assert "take `locked` out first (film.yaml:" in refused.err
    assert place.ledger() == before
    assert place.run().code == 0
    assert place.posts == 1


def test_a_shot_locked_after_it_was_granted_another_clip_is_not_bought(place: Workplace) -> None:
    place.write(1)
    place.run()
    place.omnibatch("retry", "film.yaml", "s1")
    place.write([shot("s1", locked=True)])

    finished = place.run()

    assert finished.code == 0, finished.said
    assert place.posts == 1


def test_a_locked_clip_that_is_gone_is_fetched_again_for_free(place: Workplace) -> None:
    place.write([shot("s1", locked=True)])
    place.run()
    (place.folder / "renders/film/s1.mp4").unlink()
    place.write([{"id": "s1", "locked": True, "prompt": "Edited."}])

    finished = place.run("--stale")

    assert finished.code == 0, finished.said
    assert place.clips() == ["s1.mp4"]
    assert place.posts == 1
