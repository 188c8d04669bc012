"""A run's journal is gone: what it has bought is asked for, where the provider can be asked."""

import json
import shutil

import pytest

from omnibatch.emulator import Fault

from ..workplace import Document, Workplace, prompt_of

askable = pytest.mark.parametrize("provider", ["exact", "guess"])
exact = pytest.mark.parametrize("provider", ["exact"])
guess = pytest.mark.parametrize("provider", ["guess"])
mute = pytest.mark.parametrize("provider", ["mute"])

SLOW_TO_REPLY = Fault(on="create", do="delay", seconds=30)
PROFILES = {"draft": {"mode": "std"}, "final": {"mode": "pro"}}
CHAIN: tuple[Document, ...] = (
    {"id": "a", "prompt": prompt_of(1)},
    {"id": "b", "prompt": prompt_of(2), "first_frame": {"shot": "a"}},
    {"id": "c", "prompt": prompt_of(3), "first_frame": {"shot": "b"}},
)


def lose_the_journal(place: Workplace) -> None:
    """Delete journal and lock, and whatever clips are here."""
    shutil.rmtree(place.folder / ".omnibatch")
    shutil.rmtree(place.folder / "renders", ignore_errors=True)


def kill_a_run(place: Workplace, bought: int, *options: str) -> None:
    """Kill a run as soon as so many tasks were made, and lose its journal."""
    with place.start_run(*options) as running:
        place.until(lambda meter: meter["creates"]["accepted"] == bought, f"{bought} tasks")
        running.kill()
    lose_the_journal(place)


def kill_in_the_first_send(place: Workplace, shots: int) -> None:
    """The first send goes alone: its task is made, and nothing is known of it here."""
    place.faults(SLOW_TO_REPLY)
    place.write(shots)
    kill_a_run(place, 1)
    place.faults()


def lookups(place: Workplace) -> int:
    asked: int = place.meter()["lookups"]
    return asked


def _lost_sends(place: Workplace, shot: str) -> list[str]:
    """What a lost run may have sent for a shot, and is counted for it."""
    return [
        send
        for attempt in place.ledger()["attempts"]
        if attempt["shot"] == shot
        for send, state in attempt.get("sends", {}).items()
        if send.startswith("1@lost-") and state == "in_doubt"
    ]


@askable
def test_what_was_bought_is_found_and_collected_without_a_decision(place: Workplace) -> None:
    place.reopen(render_s=(0.3, 0.3))
    place.write(3, prices={place.provider: "0.0633 USD/s"})
    kill_a_run(place, 3)
    assert place.run().code == 7, "the user has not given the journal up yet"

    finished = place.run("--journal-lost")

    assert finished.code == 0, finished.said
    assert "asked about 3 shots that the run of 20" in finished.out
    assert finished.out.count("3 found\n") == 1
    assert place.sold == {prompt_of(n): 1 for n in (1, 2, 3)}
    assert place.states() == {"s1": "collected", "s2": "collected", "s3": "collected"}
    assert place.status()["summary"]["spent"] == "0.9495 USD"
    assert place.run().code == 0, "all is answered for, so the mark is gone"
    assert place.posts == 3


@mute
def test_where_nobody_can_be_asked_each_is_a_decision(place: Workplace) -> None:
    place.reopen(render_s=(0.3, 0.3))
    place.write(2)
    kill_a_run(place, 2)

    status = place.omnibatch("status", "film.yaml")
    finished = place.run("--journal-lost")

    assert "--journal-lost film.yaml   (free)" not in status.out
    assert finished.code == 4, finished.said
    assert "asked about" not in finished.said
    assert lookups(place) == 0
    assert place.posts == 2


@askable
def test_what_is_not_found_stays_a_decision(place: Workplace) -> None:
    """The one that was sent is found; of the other nobody can say with which key it was sent."""
    kill_in_the_first_send(place, 2)

    finished = place.run("--journal-lost")
    marked = place.run()
    granted = place.omnibatch("retry", "film.yaml", "s2")
    last = place.run("--journal-lost")

    assert finished.code == 4, finished.said
    assert "1 found; that the rest was not found does not prove" in finished.out
    assert place.posts == 2, "and one was bought after `retry`"
    assert marked.code == 7, "the mark stays as long as something is undecided"
    assert granted.code == 0, granted.said
    assert last.code == 0, last.said
    assert place.sold == {prompt_of(1): 1, prompt_of(2): 1}
    assert place.states() == {"s1": "collected", "s2": "collected"}


@askable
def test_what_was_granted_is_asked_about_once_more_before_it_is_bought(place: Workplace) -> None:
    kill_in_the_first_send(place, 2)
    place.omnibatch("retry", "film.yaml", "--select", "*")

    finished = place.run("--journal-lost")
    sends = {shot: len(_lost_sends(place, shot)) for shot in ("s1", "s2")}

    assert finished.code == 0, finished.said
    assert sends == {"s1": 0, "s2": 1}, "what was found is in doubt no more, nor counted twice"
    assert place.sold == {prompt_of(1): 1, prompt_of(2): 1}
    assert place.states() == {"s1": "collected", "s2": "collected"}
    asked = lookups(place)
    assert place.run().code == 0
    assert lookups(place) == asked, "nobody is asked about what carries the decisions"


@askable
def test_a_film_that_was_edited_since_is_no_proof(place: Workplace) -> None:
    kill_in_the_first_send(place, 1)
    place.write([{"id": "s1", "prompt": "Something else."}])

    edited = place.run("--journal-lost", "--stale", "--failed")
    place.write(1)
    taken_back = place.run("--journal-lost")

    assert edited.code == 4, edited.said
    assert "0 found" in edited.out
    assert taken_back.code == 0, taken_back.said
    assert place.states() == {"s1": "collected"}
    assert place.posts == 1


@exact
def test_another_key_or_endpoint_is_no_proof(place: Workplace) -> None:
    """Each has ids of its own, so that an authoritative "not found" says nothing either."""
    kill_in_the_first_send(place, 1)

    elsewhere = place.run("--journal-lost", EXACT_KEY="omnibatch-canary-of-someone-else")
    here = place.run("--journal-lost")

    assert elsewhere.code == 4, elsewhere.said
    assert here.code == 0, here.said
    assert place.posts == 1


@guess
def test_other_profiles_are_asked_about_too(place: Workplace) -> None:
    place.reopen(render_s=(0.3, 0.3))
    place.write(1, profiles=PROFILES, profile="draft")
    kill_a_run(place, 1, "--profile", "final")

    finished = place.run("--journal-lost")

    assert finished.code == 4, "whether the draft was bought is still open"
    assert "asked about 2 shots" in finished.out
    assert place.states("--profile", "final") == {"s1": "collected"}
    assert place.posts == 1


@guess
def test_every_take_is_asked_about(place: Workplace) -> None:
    place.reopen(render_s=(0.3, 0.3))
    place.write([{"id": "s1", "prompt": prompt_of(1), "takes": 3}])
    kill_a_run(place, 3)

    finished = place.run("--journal-lost")

    assert finished.code == 0, finished.said
    assert place.sold == {prompt_of(1): 3}
    assert len(place.clips()) == 3


@askable
def test_a_chain_is_found_link_by_link(place: Workplace) -> None:
    """What a shot with a frame of another's clip was bought as, only that clip can tell."""
    place.reopen(render_s=(0.2, 0.2))
    place.write(CHAIN)
    kill_a_run(place, 3)

    finished = place.run("--journal-lost")

    assert finished.code == 0, finished.said
    assert "asked about 3 shots" in finished.out
    assert place.sold == {prompt_of(n): 1 for n in (1, 2, 3)}
    assert place.clips() == ["a.mp4", "b.mp4", "c.mp4"]
    assert place.run().code == 0


@guess
def test_what_was_bought_after_what_was_found_is_found_too(place: Workplace) -> None:
    """The lockfile is older than two runs: one bought a clip, the other one more by `retry`."""
    place.write(2)
    place.run("--select", "s1")
    older = place.lockfile.read_text()
    place.run()
    place.omnibatch("retry", "film.yaml", "s2")
    kill_a_run(place, 3)
    mark = json.dumps(place.ledger()["open"], separators=(",", ":"))
    place.lockfile.write_text(older.replace('"open":null', f'"open":{mark}'))

    finished = place.run("--journal-lost")

    assert finished.code == 0, finished.said
    assert finished.err.count("s2: found again") == 2
    assert place.sold == {prompt_of(1): 1, prompt_of(2): 2}
    assert len(place.clips()) == 3
    assert place.posts == 3


@guess
def test_a_stale_shot_that_was_bought_again_is_found(place: Workplace) -> None:
    place.write(1)
    place.run()
    place.write([{"id": "s1", "prompt": prompt_of(9)}])
    kill_a_run(place, 2, "--stale")

    finished = place.run("--journal-lost")

    assert finished.code == 0, finished.said
    assert place.states() == {"s1": "collected"}
    assert place.sold == {prompt_of(1): 1, prompt_of(9): 1}
    assert place.run("--stale").code == 0
    assert place.posts == 2


@guess
def test_a_task_that_was_given_to_another_shot_is_not_taken_from_it(place: Workplace) -> None:
    kill_in_the_first_send(place, 2)
    (task,) = place.task_ids(prompt_of(1))
    place.omnibatch("adopt", "film.yaml", "s2", task, "--unchecked")

    finished = place.run("--journal-lost")
    found_wrong = place.states()
    place.omnibatch("retry", "film.yaml", "s2")
    mended = place.run("--journal-lost", "--limit", "0")

    assert finished.code == 4, finished.said
    assert f"s1: warning: task {task} was made for it, and was adopted for s2" in finished.err
    assert found_wrong == {"s1": "unsent", "s2": "collected"}
    assert mended.code == 9, mended.said
    assert place.states()["s1"] == "collected"
    assert place.posts == 1


@guess
def test_nobody_is_asked_by_a_plan_a_status_or_a_broken_film(place: Workplace) -> None:
    kill_in_the_first_send(place, 1)

    plan, status = place.omnibatch("plan", "film.yaml"), place.omnibatch("status", "film.yaml")
    place.write([{"id": "s1", "prompt": "{{ nothing }}"}])
    broken = place.run("--journal-lost")

    assert [plan.code, status.code, broken.code] == [7, 0, 3]
    assert "lost 1: omnibatch run --journal-lost film.yaml   (free)" in status.out
    assert lookups(place) == 0
    assert place.posts == 1


@guess
def test_a_provider_that_is_away_is_asked_another_time(place: Workplace) -> None:
    kill_in_the_first_send(place, 9)
    place.shut()

    away = place.run("--journal-lost")
    place.open()
    finished = place.run("--journal-lost")

    assert away.code == 4, away.said
    assert away.err.count("guess does not answer") == 1
    assert "asked about" not in away.out
    assert "asked about 9 shots" in finished.out
    assert place.states()["s1"] == "collected"
    assert place.posts == 1


@askable
def test_a_batch_whose_name_is_lost_too_is_no_proof(place: Workplace) -> None:
    """Without lockfile and journal only git's folder has the mark, and ids cannot be known."""
    (place.folder / ".git").mkdir()
    kill_in_the_first_send(place, 1)
    place.lockfile.unlink()
    assert place.run().code == 7

    codes = [place.run("--journal-lost").code for _ in range(2)]

    assert codes == [4, 4]
    assert place.posts == 1


@pytest.mark.slow
@pytest.mark.parametrize("provider", ["cometapi"])
def test_at_cometapi_a_film_is_found_again(place: Workplace) -> None:
    """Slow: CometAPI is asked again until ten seconds have passed."""
    kill_in_the_first_send(place, 1)

    finished = place.run("--journal-lost")

    assert finished.code == 0, finished.said
    assert place.states() == {"s1": "collected"}
    assert place.posts == 1
