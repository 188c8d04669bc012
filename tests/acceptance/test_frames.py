"""Continuity: shots that begin with a frame of another shot's clip, from end to end."""

import json
import signal

import pytest

from omnibatch.emulator import Fault

from ..workplace import Document, Workplace, both


def link(name: str, source: str | None = None, **keys: object) -> Document:
    """A shot whose prompt is its name, perhaps with the last frame of another one's clip."""
    frame = {} if source is None else {"first_frame": {"shot": source}}
    return {"id": name, "prompt": f"Shot {name}.", **frame, **keys}


CHAIN = (link("a"), link("b", "a"), link("c", "b"))
SOLD = {"Shot a.": 1, "Shot b.": 1, "Shot c.": 1}


@both
def test_a_chain_is_bought_in_one_run_and_never_again(place: Workplace) -> None:
    place.write(CHAIN)

    planned = place.plan()
    first, second = place.run(), place.run("--stale", "--failed")

    assert [(each["shot"], each["action"], each["waits_for"]) for each in planned["shots"]] == [
        ("a", "submit", []),
        ("b", "submit", ["a@1"]),
        ("c", "submit", ["b@1"]),
    ]
    assert [first.code, second.code] == [0, 0], first.said
    assert place.sold == SOLD
    assert place.clips() == ["a.mp4", "b.mp4", "c.mp4"]
    assert "nothing to do" in second.out
    assert [row["note"] for row in place.status()["shots"]] == ["", "", ""]


def test_nobody_is_asked_again_for_what_waits(place: Workplace) -> None:
    place.write(CHAIN)

    finished = place.omnibatch("run", "film.yaml")

    assert finished.code == 8, finished.said
    assert "this would buy 0.9495 USD for 3 clips" in finished.err
    assert place.posts == 0


def test_the_ledger_holds_the_clip_and_the_moment_and_expand_names_them(place: Workplace) -> None:
    place.write(CHAIN[:2])
    place.run()

    body = json.loads(place.omnibatch("expand", "film.yaml", "b", "--body").out.split("\n", 1)[1])
    requests = place.ledger()["requests"].values()
    (frame,) = [request["first_frame"] for request in requests if "first_frame" in request]
    (clip,) = [
        task["output"]["sha256"]
        for attempt in place.ledger()["attempts"]
        for task in attempt["tasks"]
        if attempt["shot"] == "a"
    ]

    assert body["image_list"] == [{"image_url": "(the last frame of a)", "type": "first_frame"}]
    assert frame == {"clip": f"sha256:{clip}", "frame": "last"}


@pytest.mark.parametrize(
    ("failpoint", "actions"),
    [
        ("clip.renamed:1", ["collect", "submit", "submit"]),
        ("create.verdict:2", ["keep", "decide", "blocked"]),
        ("create.recorded:2", ["keep", "resume", "submit"]),
        ("clip.renamed:2", ["keep", "collect", "submit"]),
    ],
)
def test_a_run_killed_between_source_and_dependent_goes_on_where_it_was(
    place: Workplace, failpoint: str, actions: list[str]
) -> None:
    place.write(CHAIN)

    killed = place.run(OMNIBATCH_FAILPOINT=failpoint)
    left = list(place.actions().values())
    if "decide" in actions:
        assert place.run().code == 4
        place.omnibatch("adopt", "film.yaml", "b", place.task_ids("Shot b.")[0])
    finished = place.run()

    assert killed.was_killed
    assert left == actions
    assert finished.code == 0, finished.said
    assert place.sold == SOLD


def test_a_source_that_fails_blocks_the_rest_until_it_is_bought_again(place: Workplace) -> None:
    place.write(CHAIN)
    place.faults(Fault(on="create", do="fail_task", times=1))

    failed = place.run()
    blocked = place.actions()
    finished = place.run("--failed")

    assert failed.code == 1, failed.said
    assert blocked == {"a": "failed", "b": "blocked", "c": "blocked"}
    assert finished.code == 0, finished.said
    assert place.sold == {**SOLD, "Shot a.": 2}


def test_a_chain_goes_on_after_a_doubt_about_its_source_is_decided(place: Workplace) -> None:
    place.write(CHAIN)
    place.faults(Fault(on="create", do="drop_after", times=1))
    doubtful = place.run()

    place.omnibatch("adopt", "film.yaml", "a", place.task_ids()[0])
    finished = place.run()

    assert (doubtful.code, finished.code) == (4, 0), finished.said
    assert place.sold == SOLD


def test_a_source_rendered_anew_makes_the_next_shot_stale_and_buys_it_on_demand(
    place: Workplace,
) -> None:
    place.write(CHAIN)
    place.run()
    place.write([{**link("a"), "prompt": "Edited."}, *CHAIN[1:]])

    edited = place.run("--stale")
    actions = place.actions()
    again = [place.run("--stale").code for _ in range(3)]

    assert edited.code == 0, edited.said
    assert actions == {"a": "keep", "b": "stale", "c": "keep"}
    assert again == [0, 0, 0]
    assert place.actions() == {"a": "keep", "b": "keep", "c": "keep"}
    assert place.sold == {"Shot a.": 1, "Edited.": 1, "Shot b.": 2, "Shot c.": 2}


def test_a_note_or_a_rename_of_the_source_is_no_change(place: Workplace) -> None:
    place.write(CHAIN[:2])
    place.run()
    place.write([{**link("dock"), "prompt": "Shot a.", "was": "a"}, link("b", "dock")])

    assert place.actions() == {"dock": "keep", "b": "keep"}
    assert place.run().code == 0
    assert place.posts == 2


def test_a_source_that_was_edited_on_the_disk_is_named_and_nothing_is_bought(
    place: Workplace,
) -> None:
    place.write([CHAIN[0]])
    place.run()
    (place.folder / "renders/film/a.mp4").write_bytes(b"cut by hand")
    place.write(CHAIN)

    finished = place.run()

    assert finished.code == 1, finished.said
    assert "renders/film/a.mp4 is not the clip that was collected" in finished.err
    assert place.posts == 1


def test_a_source_that_is_gone_is_fetched_again_and_then_used(place: Workplace) -> None:
    place.write([CHAIN[0]])
    place.run()
    (place.folder / "renders/film/a.mp4").unlink()
    place.write(CHAIN)

    finished = place.run()

    assert finished.code == 0, finished.said
    assert place.sold == SOLD


def test_selecting_a_dependent_alone_buys_nothing(place: Workplace) -> None:
    place.write(CHAIN)

    finished = place.run("--select", "b")

    assert finished.code == 1, finished.said
    assert "needs a frame of a, which this run does not buy" in finished.out
    assert place.posts == 0


@pytest.mark.parametrize(
    ("options", "code"), [(["--limit", "2"], 9), (["--max-cost", "0.70 USD"], 6)]
)
def test_limits_count_what_waits(place: Workplace, options: list[str], code: int) -> None:
    place.write(CHAIN)

    stopped = place.run(*options)
    finished = place.run()

    assert (stopped.code, finished.code) == (code, 0), stopped.said
    assert place.sold == SOLD


def test_a_soft_stop_while_a_shot_waits_leaves_it_for_the_next_run(place: Workplace) -> None:
    place.write(CHAIN)
    place.reopen(render_s=(0.5, 0.6))
    with place.start_run() as running:
        place.until(lambda meter: bool(meter["creates"]["accepted"]), "the first task")
        running.signal(signal.SIGINT)
        stopped = running.wait()

    finished = place.run()

    assert (stopped.code, finished.code) == (130, 0), stopped.said + finished.said
    assert place.sold == SOLD


def test_frames_at_a_time_and_at_the_end_of_a_clip(place: Workplace) -> None:
    film = [
        link("a"),
        link("b", first_frame={"shot": "a", "frame": "2.5s"}, end_frame={"shot": "c"}),
        link("c", first_frame={"shot": "a", "frame": "first"}),
    ]
    place.write(film)

    finished = place.run()

    assert finished.code == 0, finished.said
    assert place.sold == SOLD


def test_a_film_with_frames_is_rehearsed(place: Workplace) -> None:
    place.write(CHAIN)

    first = place.omnibatch("rehearse", "film.yaml", "--small")

    assert first.code == 0, first.said
    assert "film: 3 of 3 collected" in first.out


def test_a_task_is_adopted_for_a_dependent_once_its_source_is_collected(place: Workplace) -> None:
    place.write(CHAIN)
    place.run()
    task_id = place.task_ids("Shot b.")[0]
    for path in (place.lockfile, *(place.folder / ".omnibatch").iterdir()):
        path.unlink()

    too_early = place.omnibatch("adopt", "film.yaml", "b", task_id)
    place.omnibatch("adopt", "film.yaml", "a", place.task_ids("Shot a.")[0])
    place.run("--select", "a")
    adopted = place.omnibatch("adopt", "film.yaml", "b", task_id)
    finished = place.run("--select", "b")

    assert (too_early.code, adopted.code, finished.code) == (2, 0, 0), finished.said
    assert "whose clip is not collected" in too_early.err
    assert place.actions() == {"a": "keep", "b": "keep", "c": "submit"}
    assert place.posts == 3
