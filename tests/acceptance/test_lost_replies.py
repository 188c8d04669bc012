"""A create whose reply is lost or says nothing: never sent again on a guess."""

import json

import pytest

from omnibatch.emulator import Fault

from ..workplace import Workplace, both, prompt_of

HTML = "<html><body>Gateway time-out</body></html>"
LOST = {
    "dropped": Fault(on="create", do="drop_after", times=1),
    "reset": Fault(on="create", do="reset_after", times=1),
    "500": Fault(on="create", do="answer_after", times=1, status=500, body="oops"),
    "502": Fault(on="create", do="answer_after", times=1, status=502, body=HTML),
    "504": Fault(on="create", do="answer_after", times=1, status=504, body=HTML),
    "524": Fault(on="create", do="answer_after", times=1, status=524, body=HTML),
    "200 with HTML": Fault(on="create", do="html", times=1),
    "200 with {}": Fault(on="create", do="answer_after", times=1, status=200, body="{}"),
    "200 with half a JSON": Fault(
        on="create", do="answer_after", times=1, status=200, body='{"code": 200, "data": {"task'
    ),
    "200 with no id": Fault(
        on="create",
        do="answer_after",
        times=1,
        status=200,
        body='{"code": 200, "data": {"taskId": null, "task_id": null}}',
    ),
    "200 with 10 MB": Fault(
        on="create", do="answer_after", times=1, status=200, body="[" + "0," * 5_000_000 + "0]"
    ),
    "200 cut off": Fault(on="create", do="truncate", times=1),
    "200 with noise": Fault(on="create", do="garbage", times=1),
}
lost = pytest.mark.parametrize("fault", LOST.values(), ids=LOST.keys())


def lose_first_reply(place: Workplace) -> None:
    place.write(2)
    place.faults(LOST["dropped"])
    finished = place.run()
    assert finished.code == 4, finished.said
    assert place.states() == {"s1": "unconfirmed", "s2": "collected"}


@lost
def test_without_a_lookup_a_lost_reply_is_unconfirmed(place: Workplace, fault: Fault) -> None:
    place.write(1)
    place.faults(fault)

    finished = place.run()

    assert finished.code == 4, finished.said
    assert place.states() == {"s1": "unconfirmed"}
    assert place.posts == 1


@lost
@pytest.mark.parametrize("provider", ["cometapi"])
def test_with_a_lookup_a_lost_reply_is_found_and_collected(place: Workplace, fault: Fault) -> None:
    place.write(1)
    place.faults(fault)

    finished = place.run()

    assert finished.code == 0, finished.said
    assert place.states() == {"s1": "collected"}
    assert place.posts == 1


@pytest.mark.parametrize(
    ("fault", "words"),
    [(LOST["504"], "Gateway time-out"), (LOST["200 with half a JSON"], '"data": {"task')],
    ids=["504", "half a JSON"],
)
def test_a_reply_that_nobody_can_read_is_kept_for_who_decides(
    place: Workplace, fault: Fault, words: str
) -> None:
    place.write(1)
    place.faults(fault)

    finished = place.run()

    (kept,) = (place.folder / ".omnibatch").glob("film.reply-ob-*.txt")
    assert f"the whole reply is kept in .omnibatch/{kept.name}" in finished.said
    text = kept.read_text(encoding="utf-8")
    assert text.startswith(f"HTTP {fault.status}\n")
    assert words in text


def test_of_a_reply_of_megabytes_a_part_is_kept(place: Workplace) -> None:
    place.write(1)
    endless = {"code": 200, "data": {"task_id": None, "padding": "x" * 5_000_000}}
    place.faults(
        Fault(on="create", do="answer_after", times=1, status=200, body=json.dumps(endless))
    )

    place.run()

    (kept,) = (place.folder / ".omnibatch").glob("film.reply-ob-*.txt")
    assert 60_000 < kept.stat().st_size < 70_000


def test_an_unconfirmed_shot_is_named_with_its_three_ways_out(place: Workplace) -> None:
    place.write(2)
    place.faults(LOST["dropped"])

    ways_out = "\n".join(place.run().out.splitlines()[-3:])

    assert "omnibatch adopt film.yaml s1 TASK_ID   (free" in ways_out
    assert "omnibatch retry film.yaml s1   (0.3165 USD" in ways_out
    assert "omnibatch abandon film.yaml s1   (free" in ways_out


def test_reruns_never_send_an_unconfirmed_shot_again(place: Workplace) -> None:
    lose_first_reply(place)

    for _ in range(3):
        assert place.run().code == 4
        assert place.run("--failed", "--stale").code == 4

    assert place.posts == 2


def test_an_adopted_task_is_collected_without_another_send(place: Workplace) -> None:
    lose_first_reply(place)
    (task_id,) = place.task_ids(prompt_of(1))

    adopted = place.omnibatch("adopt", "film.yaml", "s1", task_id)
    finished = place.run()

    assert adopted.code == 0, adopted.said
    assert finished.code == 0, finished.said
    assert place.states() == {"s1": "collected", "s2": "collected"}
    assert place.posts == 2


def test_a_retried_shot_is_bought_exactly_once_more(place: Workplace) -> None:
    lose_first_reply(place)

    granted = place.omnibatch("retry", "film.yaml", "s1")
    assert granted.code == 0, granted.said
    assert place.posts == 2, "retry itself spends nothing"
    finished = place.run()
    again = place.run()

    assert (finished.code, again.code) == (0, 0), finished.said
    assert place.states() == {"s1": "collected", "s2": "collected"}
    assert place.sold == {prompt_of(1): 2, prompt_of(2): 1}


def test_an_abandoned_shot_is_let_go(place: Workplace) -> None:
    lose_first_reply(place)

    abandoned = place.omnibatch("abandon", "film.yaml", "s1")
    finished = place.run()

    assert abandoned.code == 0, abandoned.said
    assert finished.code == 0, finished.said
    assert place.states() == {"s1": "abandoned", "s2": "collected"}
    assert place.posts == 2


def test_three_lost_replies_in_a_row_end_the_buying(place: Workplace) -> None:
    place.write(8, run={"in_flight": 1})
    place.faults(Fault(on="create", do="drop_after"))

    finished = place.run()

    assert finished.code == 4
    assert "3 replies in a row were lost" in finished.err
    assert place.posts == 3


@pytest.mark.slow
@pytest.mark.parametrize("provider", ["cometapi"])
def test_a_gateway_without_lookup_leaves_a_lost_reply_unconfirmed(place: Workplace) -> None:
    """Slow: the provider is asked for ten seconds, since a task may show up late."""
    place.reopen(LOST["dropped"], lookup=False)
    place.write(1)

    finished = place.run()

    assert finished.code == 4, finished.said
    assert place.states() == {"s1": "unconfirmed"}
    assert place.posts == 1


@pytest.mark.slow
@pytest.mark.parametrize("provider", ["cometapi"])
def test_a_task_that_shows_up_late_is_found(place: Workplace) -> None:
    """Slow: the second question comes five seconds after the first."""
    place.reopen(LOST["dropped"], lookup_lag_s=2.0)
    place.write(1)

    finished = place.run()

    assert finished.code == 0, finished.said
    assert place.posts == 1


@both
def test_what_was_dropped_before_any_work_is_not_sent_again_either(place: Workplace) -> None:
    """The client cannot tell this from a lost reply, so it must not guess."""
    place.write(1)
    place.faults(Fault(on="create", do="drop_before"), Fault(on="lookup", do="not_found"))
    with place.start_run() as running:
        place.until(lambda meter: meter["creates"]["received"] == 1, "the send")
        running.kill()

    assert place.accepted == 0
    assert place.posts == 1
    assert place.states() == {"s1": "unconfirmed"}
