"""Clips that can no longer be had: another is granted, bought once, and not if they turn up."""

import re
import shlex
from datetime import UTC, datetime, timedelta

import pytest

from omnibatch.emulator import Fault

from ..launching import Finished
from ..workplace import Document, Workplace, both

GONE = Fault(on="query", do="not_found")
UNFETCHED = Fault(on="download", do="drop_after")
DENIED = Fault(on="download", do="not_found")

comet = pytest.mark.parametrize("provider", ["cometapi"])


def age(place: Workplace, days: int) -> None:
    """Make all that is on record so many days older."""
    (place.folder / ".omnibatch" / "film.journal").unlink()
    then = (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
    text = re.sub(r'"20\d\d-[^"]*Z"', f'"{then}"', place.lockfile.read_text(encoding="utf-8"))
    place.lockfile.write_text(text, encoding="utf-8")


def leave_unfetched(place: Workplace) -> None:
    """Leave a task that is rendered and paid for, and whose clip was never fetched."""
    place.write(1)
    place.faults(UNFETCHED)
    assert place.run().code == 1
    assert place.states() == {"s1": "succeeded"}
    place.faults()


def leave_running(place: Workplace) -> None:
    """Leave a task that never comes to its end."""
    place.write(1, run={"stalled_after": "1s"})
    place.faults(Fault(on="create", do="stuck", times=1))
    assert place.run().code == 1
    assert place.states() == {"s1": "running"}
    place.faults()


def way_out(place: Workplace, word: str) -> Finished:
    """Type the command that `status` names with this word."""
    document: Document = place.status()
    (line,) = {
        mend["command"]
        for mend in document["summary"]["mend"]
        if shlex.split(mend["command"])[1] == word
    }
    return place.omnibatch(*shlex.split(line)[1:])


def has_another_bought(place: Workplace) -> None:
    """The next run buys one clip and no more, and the run after has nothing left to do."""
    bought = place.run()
    settled = place.listing()
    idle = place.run()

    assert bought.code == 0, bought.said
    assert idle.code == 0, idle.said
    assert "warning" not in idle.err
    assert place.listing() == settled, "nor is anything asked about or recorded"
    assert place.states() == {"s1": "collected"}
    assert place.posts == 2
    assert place.status()["summary"]["drift"] == {}


@comet
def test_a_clip_never_fetched_and_past_its_days_is_bought_again_once_that_is_said(
    place: Workplace,
) -> None:
    leave_unfetched(place)
    refused = place.omnibatch("retry", "film.yaml", "s1")
    age(place, 31)
    place.faults(GONE)

    row = place.status()["shots"][0]
    planned = place.plan()["shots"][0]
    by_itself = place.run("--failed", "--stale")
    granted = way_out(place, "retry")

    assert refused.code == 2, refused.said
    assert "`omnibatch run` collects it" in refused.err
    assert row["drift"] == ["expired"]
    assert planned["action"] == "lost"
    assert "`omnibatch retry` buys another" in planned["reason"]
    assert by_itself.code == 1, by_itself.said
    assert place.posts == 1
    assert granted.code == 0, granted.said
    assert (
        "one more attempt granted; the next `omnibatch run` asks for the clip once" in granted.out
    )
    place.faults(Fault(on="query", do="not_found", times=1))
    has_another_bought(place)


@comet
def test_a_clip_past_its_days_that_is_there_after_all_is_collected_and_the_grant_taken_back(
    place: Workplace,
) -> None:
    leave_unfetched(place)
    age(place, 31)
    assert way_out(place, "retry").code == 0

    finished = place.run()
    idle = place.run()

    assert finished.code == 0, finished.said
    assert "the attempt that was granted for it is taken back" in finished.err
    assert idle.code == 0, idle.said
    assert place.states() == {"s1": "collected"}
    assert place.posts == 1
    (attempt,) = place.ledger()["attempts"]
    assert attempt["granted"]["on"] is False


@both
def test_a_task_that_its_provider_no_longer_knows_may_be_given_up_for_another(
    place: Workplace,
) -> None:
    leave_unfetched(place)
    place.faults(GONE)

    unknown = place.run()
    told = place.status()["shots"][0]
    granted = way_out(place, "retry")

    assert unknown.code == 1, unknown.said
    assert f"{place.provider} does not know the task; `omnibatch retry` buys another" in unknown.err
    assert told["drift"] == ["expired"]
    assert granted.code == 0, granted.said
    place.faults(Fault(on="query", do="not_found", times=1))
    has_another_bought(place)


@both
def test_a_link_that_is_denied_for_good_is_no_dead_end(place: Workplace) -> None:
    """The task is known and its link is answered with 404, however often it is asked anew."""
    place.write(1)
    place.faults(DENIED)

    denied = place.run()
    granted = way_out(place, "retry")
    place.faults(Fault(on="download", do="not_found", times=5))

    assert denied.code == 1, denied.said
    assert "its link answers HTTP 404; `omnibatch retry` buys another" in denied.err
    assert granted.code == 0, granted.said
    has_another_bought(place)


@both
def test_a_denied_link_that_works_again_needs_no_word_of_anybody(place: Workplace) -> None:
    place.write(1)
    place.faults(DENIED)
    place.run()
    place.faults()

    finished = place.run()

    assert finished.code == 0, finished.said
    assert place.posts == 1
    assert "link" not in place.lockfile.read_text(encoding="utf-8")


@comet
def test_a_task_that_renders_past_its_days_may_be_given_up_for_another(place: Workplace) -> None:
    leave_running(place)
    age(place, 31)
    place.faults(GONE)

    told = place.status()["shots"][0]
    granted = way_out(place, "retry")

    assert (told["state"], told["drift"]) == ("running", ["expired"])
    assert granted.code == 0, granted.said
    place.faults(Fault(on="query", do="not_found", times=1))
    has_another_bought(place)


@comet
def test_a_collected_clip_that_its_provider_has_let_go_of_names_the_way_out(
    place: Workplace,
) -> None:
    place.write(1)
    place.run()
    (place.folder / "renders/film/s1.mp4").unlink()
    place.faults(GONE)

    unknown = place.run()
    told = place.status()["shots"][0]
    granted = way_out(place, "retry")

    assert unknown.code == 1, unknown.said
    assert "`omnibatch retry` buys another" in unknown.err
    assert told["drift"] == ["expired"]
    assert granted.code == 0, granted.said
    place.faults()
    has_another_bought(place)
