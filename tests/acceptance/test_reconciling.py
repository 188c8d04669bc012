"""Lost sends and running tasks, looked up and asked about: here, elsewhere, late, and never."""

import json
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from omnibatch.emulator import Emulator, Fault, Settings

from ..workplace import KEY, Workplace, both, prompt_of, variables_of

DROPPED = Fault(on="create", do="drop_before", times=1)
LOST = Fault(on="create", do="drop_after", times=1)
HIDDEN = Fault(on="lookup", do="not_found")

exact = pytest.mark.parametrize("provider", ["exact"])
guess = pytest.mark.parametrize("provider", ["guess"])
mute = pytest.mark.parametrize("provider", ["mute"])


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[Emulator]:
    """Another gateway, which knows nothing of what was made at the workplace's."""
    with Emulator(tmp_path / "stranger", Settings(clip="small")) as emulator:
        yield emulator


def kill_while_rendering(place: Workplace, number: int = 1) -> None:
    """Leave so many paid tasks running, as a kill does."""
    place.reopen(render_s=(1.0, 1.0))
    place.write(number)
    with place.start_run() as running:
        running.until("created task", times=number)
        running.kill()


def kill_in_doubt(place: Workplace) -> None:
    """Leave one open send of which nobody knows; its task was made."""
    place.faults(Fault(on="create", do="delay", seconds=30))
    place.write(1)
    with place.start_run() as running:
        place.until(lambda meter: meter["creates"]["accepted"] == 1, "the task")
        running.kill()
    place.faults()


# Each row of the lookup table: authoritative, best effort, none.


@exact
def test_what_certainly_came_to_nothing_is_sent_again_and_paid_once(place: Workplace) -> None:
    place.faults(DROPPED)
    place.write(1)

    finished = place.run()

    assert finished.code == 0, finished.said
    assert "says that nothing came of a lost request" in finished.err
    assert place.states() == {"s1": "collected"}
    assert place.accepted == 1
    assert len(place.ledger()["attempts"]) == 1


@exact
def test_a_kill_before_the_provider_has_anything_is_no_decision(place: Workplace) -> None:
    """Case 1: rerun looks it up, finds none, and posts once."""
    place.faults(Fault(on="create", do="drop_before"))
    place.write(1)
    with place.start_run() as running:
        place.until(lambda meter: meter["creates"]["received"] >= 1, "the send")
        running.kill()
    place.faults()

    finished = place.run()

    assert finished.code == 0, finished.said
    assert place.accepted == 1


@pytest.mark.parametrize("provider", ["exact", "guess"])
def test_a_kill_after_the_task_was_made_is_found_again_and_paid_once(place: Workplace) -> None:
    """Case 2."""
    kill_in_doubt(place)

    finished = place.run()

    assert finished.code == 0, finished.said
    assert "found again: task" in finished.err
    assert place.posts == 1


@guess
def test_not_found_that_proves_nothing_is_a_decision(place: Workplace) -> None:
    place.faults(LOST, HIDDEN)
    place.write(1)

    finished = place.run()

    assert finished.code == 4, finished.said
    assert place.states() == {"s1": "unconfirmed"}
    assert place.posts == 1


@guess
def test_where_the_provider_can_be_asked_again_that_is_a_way_out_too(place: Workplace) -> None:
    place.faults(LOST, HIDDEN)
    place.write(1)

    asked = place.run().out.splitlines()[-4:]
    planned = place.omnibatch("plan", "film.yaml").out.splitlines()[-4:]

    assert [line[:6] for line in asked] == ["next: ", *["  or: "] * 3]
    by_run = "omnibatch run film.yaml   (free: asks the provider about 1 whose reply was lost)"
    assert asked[-1] == f"  or: {by_run}", "it was asked a moment ago"
    assert planned[0] == f"next: {by_run}"
    assert {line[6:] for line in planned} == {line[6:] for line in asked}


@mute
def test_where_nobody_can_be_asked_a_run_is_no_way_out(place: Workplace) -> None:
    place.faults(LOST)
    place.write(1)

    ways = place.run().out.splitlines()[-3:]

    assert [line[6:].split()[1] for line in ways] == ["adopt", "abandon", "retry"]


@guess
def test_a_task_that_shows_up_before_it_is_bought_again_is_not_bought_again(
    place: Workplace,
) -> None:
    place.faults(LOST, HIDDEN)
    place.write(1)
    assert place.run().code == 4
    assert place.omnibatch("retry", "film.yaml", "s1").code == 0
    place.faults()

    finished = place.run()

    assert finished.code == 0, finished.said
    assert "found again: task" in finished.err
    assert place.states() == {"s1": "collected"}
    assert place.posts == 1


@mute
def test_a_task_that_shows_up_after_it_was_bought_again_is_adopted_and_collected(
    place: Workplace,
) -> None:
    place.faults(LOST)
    place.write(1)
    assert place.run().code == 4
    (lost,) = place.task_ids()
    assert place.omnibatch("retry", "film.yaml", "s1").code == 0
    assert place.run().code == 0

    adopted = place.omnibatch("adopt", "film.yaml", "s1", lost)
    finished = place.run()

    assert adopted.code == 0, adopted.said
    assert finished.code == 0, finished.said
    assert place.posts == 2
    assert len(place.clips()) == 2


@mute
def test_a_grant_beside_a_clip_is_taken_back_by_abandon(place: Workplace) -> None:
    place.write(1)
    place.run()
    assert place.omnibatch("retry", "film.yaml", "s1").code == 0

    taken_back = place.omnibatch("abandon", "film.yaml", "s1")
    finished = place.run()

    assert "the grant is taken back; its clip is kept" in taken_back.out
    assert finished.code == 0, finished.said
    assert place.posts == 1
    assert place.states() == {"s1": "collected"}


@mute
@pytest.mark.parametrize(
    ("word", "code", "ends_as", "posts"),
    [("adopt", 0, "collected", 1), ("retry", 0, "collected", 2), ("abandon", 0, "abandoned", 1)],
)
def test_where_nothing_can_be_looked_up_each_of_three_decisions_ends_it(
    place: Workplace, word: str, code: int, ends_as: str, posts: int
) -> None:
    """Case 3: unconfirmed, exit 4, never posted again by itself; all three ways out work."""
    kill_in_doubt(place)
    undecided = place.run()

    more = place.task_ids()[:1] if word == "adopt" else []
    decided = place.omnibatch(word, "film.yaml", "s1", *more)
    finished = place.run()

    assert undecided.code == 4, undecided.said
    assert decided.code == 0, decided.said
    assert finished.code == code, finished.said
    assert place.states() == {"s1": ends_as}
    assert place.posts == posts


@exact
@pytest.mark.parametrize("moved", ["key", "endpoint"])
def test_not_found_elsewhere_is_no_proof_whatever_the_row_says(
    place: Workplace, stranger: Emulator, moved: str
) -> None:
    """A task exists; asked with another key, or at another endpoint, nobody knows of it."""
    kill_in_doubt(place)
    key, endpoint = variables_of("exact")
    elsewhere = {key: "another-key"} if moved == "key" else {endpoint: stranger.url}

    asked_there = place.run(**elsewhere)
    planned = place.actions(**elsewhere)
    back = place.run()

    assert asked_there.code == 4, asked_there.said
    assert "1 clip was made " in asked_there.err
    assert "not found here is not lost" in asked_there.err
    assert planned == {"s1": "reconcile"}
    assert back.code == 0, back.said
    assert place.posts == 1
    with urllib.request.urlopen(f"{stranger.url}/_meter", timeout=10) as reply:
        assert json.load(reply)["creates"]["received"] == 0


# Running tasks, asked about elsewhere.


@both
def test_a_task_that_another_endpoint_knows_is_collected_from_there(place: Workplace) -> None:
    """One emulator under two addresses, as a gateway that has moved."""
    kill_while_rendering(place)
    _, endpoint = variables_of(place.provider)
    old, new = place.url, place.url.replace("127.0.0.1", "localhost")

    planned = place.plan(**{endpoint: new})
    finished = place.run(**{endpoint: new})

    assert f"made at {old}, asked about at {new}" in planned["shots"][0]["reason"]
    assert finished.code == 0, finished.said
    assert finished.err.count(f"1 clip was made at {old}, asked about at {new}") == 1
    assert place.states() == {"s1": "collected"}
    assert place.posts == 1


@both
def test_a_task_that_another_endpoint_does_not_know_is_not_lost(
    place: Workplace, stranger: Emulator
) -> None:
    kill_while_rendering(place)
    _, endpoint = variables_of(place.provider)

    elsewhere = place.run(**{endpoint: stranger.url})
    still = place.states()
    back = place.run()

    assert elsewhere.code == 1, elsewhere.said
    assert "set endpoint and key back, or adopt, or abandon it" in elsewhere.err
    assert still == {"s1": "running"}
    assert back.code == 0, back.said
    assert place.states() == {"s1": "collected"}
    assert place.posts == 1


@both
def test_a_replaced_key_of_the_same_account_goes_on(place: Workplace) -> None:
    """The emulator takes each key for an account of its own, so it does not know the task."""
    kill_while_rendering(place)
    key, _ = variables_of(place.provider)

    elsewhere = place.run(**{key: "another-key"})
    back = place.run()

    assert elsewhere.code == 1, elsewhere.said
    assert "made with another key (account " in elsewhere.err
    assert back.code == 0, back.said
    assert place.posts == 1


@both
def test_a_real_task_is_not_asked_about_on_this_machine(place: Workplace) -> None:
    kill_while_rendering(place)
    place.run()
    (place.folder / ".omnibatch" / "film.journal").unlink()
    text = place.lockfile.read_text(encoding="utf-8")
    text = text.replace(place.url, "https://real.example").replace('"collected"', '"running"')
    text = re.sub(r',"output":\{[^}]*\}', "", text)
    place.lockfile.write_text(text, encoding="utf-8")
    queries = place.meter()["queries"]

    finished = place.run()

    assert finished.code == 1, finished.said
    assert place.actions() == {"s1": "blocked"}
    assert place.meter()["queries"] == queries
    assert place.posts == 1


# Several hits, age, and odd answers.


@guess
def test_two_tasks_of_one_send_are_both_collected_and_the_extra_is_told(place: Workplace) -> None:
    """Case 12: a provider that made two tasks under one external id."""
    place.reopen(duplicate="accept")
    kill_in_doubt(place)
    attempt_id = place.meter()["tasks"][0]["external_task_id"]
    body = {
        "prompt": prompt_of(1),
        "model_name": "kling-video-o1",
        "mode": "std",
        "duration": "5",
        "aspect_ratio": "16:9",
        "external_task_id": attempt_id,
    }
    request = urllib.request.Request(
        f"{place.url}/kling/v1/videos/omni-video",
        json.dumps(body).encode(),
        {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as reply:
        assert reply.status == 200
    first, second = sorted(place.meter()["tasks"], key=lambda task: task["created_at"])
    rows = [
        {
            "task_id": task["task_id"],
            "created_at": int(task["created_at"] * 1000),
            "external_task_id": attempt_id,
        }
        for task in (second, first)
    ]
    answer = json.dumps({"code": 0, "data": rows})
    place.faults(Fault(on="lookup", do="answer", status=200, body=answer))

    finished = place.run()

    assert finished.code == 0, finished.said
    assert f"found again: task {first['task_id']}, and 1 more ({second['task_id']})" in finished.err
    assert "paid more than once" in finished.err
    assert len(place.clips()) == 2
    assert place.posts == 2
    assert place.run().code == 0
    assert place.posts == 2


def grow_old(place: Workplace, since: str) -> None:
    """Move all that is on record back to a day long gone."""
    (place.folder / ".omnibatch" / "film.journal").unlink()
    text = re.sub(r'"20\d\d-[^"]*Z"', f'"{since}"', place.lockfile.read_text(encoding="utf-8"))
    place.lockfile.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("provider", ["cometapi"])
def test_a_clip_past_its_days_is_lost_with_the_reason_and_never_bought_by_itself(
    place: Workplace,
) -> None:
    """Case 20: Kling clears clips after 30 days."""
    place.write(1)
    place.run()
    grow_old(place, "2026-01-01T00:00:00Z")
    (place.folder / "renders/film/s1.mp4").unlink()
    place.faults(Fault(on="query", do="not_found"))

    planned = place.plan()["shots"][0]
    gone = place.run("--failed", "--stale")
    place.faults()
    there_after_all = place.run()

    assert planned["action"] == "lost"
    assert "cometapi keeps clips for 30" in planned["reason"]
    assert gone.code == 1, gone.said
    assert "its clip can no longer be had: expired" in gone.err
    assert there_after_all.code == 0, there_after_all.said
    assert place.clips() == ["s1.mp4"]
    assert place.posts == 1


@both
def test_a_task_that_renders_for_ever_is_left_and_can_be_resumed(place: Workplace) -> None:
    """Case 23: a deadline of ours is never the task's failure."""
    place.write([{"id": "s1", "prompt": "[[slow]] A boat."}], run={"stalled_after": "1s"})

    first = place.run()
    again = place.run("--failed")

    for finished in (first, again):
        assert finished.code == 1, finished.said
        assert "left for a later run: still" in finished.err
    assert place.actions() == {"s1": "resume"}
    assert place.posts == 1


@both
def test_odd_answers_are_asked_again_with_one_warning(place: Workplace) -> None:
    """Case 24: not known right after the create, then a state that no page names."""
    place.write(1)
    place.faults(
        Fault(on="query", do="not_found", times=2),
        Fault(on="query", do="unknown_state", times=4),
    )

    finished = place.run()

    assert finished.code == 0, finished.said
    assert finished.err.count("warning:") == 1, finished.err
    assert place.posts == 1
