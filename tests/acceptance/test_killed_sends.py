"""A run that is killed around its one paid request: what the next run does, by kind of lookup."""

import signal

import pytest

from ..workplace import Workplace, prompt_of

SENT_NOTHING = "create.send"  # the open send is durable, and no byte has left
SENT_ALL = "create.replied"  # the provider has answered, and the id is nowhere yet

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL here")


def kill_at(place: Workplace, point: str) -> None:
    place.write(1)
    killed = place.run(OMNIBATCH_FAILPOINT=point)
    assert killed.was_killed, killed.said


def charged(place: Workplace) -> str:
    text: str = place.meter()["charged"]
    return text


@pytest.mark.parametrize("provider", ["exact"])
def test_a_kill_before_the_request_left_is_asked_about_and_sent_once(place: Workplace) -> None:
    kill_at(place, SENT_NOTHING)
    assert place.posts == 0

    finished = place.run()

    assert finished.code == 0, finished.said
    assert place.meter()["lookups"] + place.meter()["queries"] > 1
    assert place.posts == place.accepted == 1
    assert charged(place) == "0.3165 USD"


@pytest.mark.parametrize("provider", ["guess", "mute", "apimodels"])
def test_a_kill_before_the_request_left_is_a_doubt_where_nobody_can_be_believed(
    place: Workplace,
) -> None:
    kill_at(place, SENT_NOTHING)

    finished = [place.run(), place.run()]

    assert [run.code for run in finished] == [4, 4], finished[0].said
    assert place.posts == 0
    assert place.states() == {"s1": "unconfirmed"}


@pytest.mark.parametrize("provider", ["exact", "guess"])
def test_a_kill_after_the_task_was_made_is_found_by_its_external_id(place: Workplace) -> None:
    kill_at(place, SENT_ALL)
    assert place.accepted == 1

    finished = place.run()

    assert finished.code == 0, finished.said
    assert "found again" in finished.said
    assert place.states() == {"s1": "collected"}
    assert place.posts == 1
    assert charged(place) == "0.3165 USD"


@pytest.mark.parametrize("provider", ["mute", "apimodels"])
@pytest.mark.parametrize("decision", ["adopt", "retry", "abandon"])
def test_a_kill_after_the_task_was_made_is_decided_where_nobody_can_be_asked(
    place: Workplace, decision: str
) -> None:
    kill_at(place, SENT_ALL)
    undecided = place.run()
    assert undecided.code == 4, undecided.said
    assert place.states() == {"s1": "unconfirmed"}
    assert place.posts == 1

    ids = place.task_ids(prompt_of(1)) if decision == "adopt" else []
    decided = place.omnibatch(decision, "film.yaml", "s1", *ids)
    finished = place.run()

    assert decided.code == finished.code == 0, decided.said + finished.said
    expected = {"adopt": (1, "collected"), "retry": (2, "collected"), "abandon": (1, "abandoned")}
    assert (place.posts, place.states()["s1"]) == expected[decision]


@pytest.mark.parametrize("provider", ["exact", "guess"])
def test_the_answer_of_another_account_is_not_believed(place: Workplace) -> None:
    """With another key the provider knows nothing of the task, and says so."""
    kill_at(place, SENT_ALL)
    place.environment[f"{place.provider.upper()}_KEY"] = "another-canary-not-a-key"

    finished = place.run()

    assert finished.code == 4, finished.said
    assert place.posts == 1


def test_a_cap_holds_for_shots_that_are_sent_at_once(place: Workplace) -> None:
    """Ten dollars, shots at 3.10, five under way at once: three are sent, by two processes, too."""
    prices = {"apimodels": "0.62 USD/s"}
    place.write(5, prices=prices, budget="10 USD", run={"in_flight": 5})
    with place.start_run() as first, place.start_run() as second:
        codes = {first.wait().code, second.wait().code}

    again = place.run()

    assert codes <= {6, 7}
    assert 6 in codes
    assert again.code == 6, again.said
    assert place.posts == 3


def test_a_cap_counts_what_nobody_knows(place: Workplace) -> None:
    """Three at 3.10 fit into ten dollars; one that was killed around its send is one of them."""
    prices = {"apimodels": "0.62 USD/s"}
    place.write(5, prices=prices, budget="10 USD", run={"in_flight": 5})
    assert place.run(OMNIBATCH_FAILPOINT=SENT_NOTHING).was_killed

    finished = place.run()

    assert finished.code == 6, finished.said
    assert place.posts == 2
    assert sorted(place.states().values()) == [*["collected"] * 2, "unconfirmed", *["unsent"] * 2]
