"""adopt, retry, abandon: what they refuse, and that saying it twice changes nothing."""

import pytest

from omnibatch.emulator import Fault

from ..workplace import Workplace, prompt_of


@pytest.fixture
def doubtful(place: Workplace) -> Workplace:
    """A finished run of three shots, the first of them unconfirmed."""
    place.write(3)
    place.faults(Fault(on="create", do="drop_after", times=1))
    assert place.run().code == 4
    return place


def task_id_of(place: Workplace, number: int) -> str:
    return place.task_ids(prompt_of(number))[0]


@pytest.mark.parametrize(
    "arguments",
    [
        ["adopt", "film.yaml"],
        ["adopt", "film.yaml", "s1"],
        ["adopt", "film.yaml", "nobody", "t1"],
        ["adopt", "film.yaml", "s1", "two words"],
        ["adopt", "film.yaml", "s*", "t1"],
        ["adopt", "film.yaml", "s2", "t1"],
        ["retry", "film.yaml"],
        ["retry", "film.yaml", "nobody"],
        ["abandon", "film.yaml"],
        ["abandon", "film.yaml", "nobody"],
        ["abandon", "film.yaml", "s2"],
    ],
    ids=" ".join,
)
def test_a_decision_that_cannot_be_meant_changes_nothing(
    doubtful: Workplace, arguments: list[str]
) -> None:
    before = doubtful.ledger()

    finished = doubtful.omnibatch(*arguments)

    assert finished.code == 2, finished.said
    assert finished.err.startswith("omnibatch: ")
    assert doubtful.ledger() == before


def test_a_task_belongs_to_one_shot(doubtful: Workplace) -> None:
    finished = doubtful.omnibatch("adopt", "film.yaml", "s1", task_id_of(doubtful, 2))

    assert finished.code == 2
    assert "belongs to s2" in finished.err


@pytest.mark.parametrize("word", ["adopt", "retry", "abandon"])
def test_a_decision_said_twice_is_said_once(doubtful: Workplace, word: str) -> None:
    more = [task_id_of(doubtful, 1)] if word == "adopt" else []
    arguments = (word, "film.yaml", "s1", *more)

    first = doubtful.omnibatch(*arguments)
    after_one = doubtful.lockfile.read_bytes()
    second = doubtful.omnibatch(*arguments)

    assert (first.code, second.code) == (0, 0), first.said + second.said
    assert doubtful.lockfile.read_bytes() == after_one


def test_two_grants_buy_one_clip(doubtful: Workplace) -> None:
    doubtful.omnibatch("retry", "film.yaml", "s1")
    doubtful.omnibatch("retry", "film.yaml", "s1")

    finished = doubtful.run()

    assert finished.code == 0, finished.said
    assert doubtful.sold[prompt_of(1)] == 2


def test_a_retried_shot_takes_an_abandoned_one_up_again(doubtful: Workplace) -> None:
    doubtful.omnibatch("abandon", "film.yaml", "s1")
    doubtful.omnibatch("retry", "film.yaml", "s1")

    finished = doubtful.run()

    assert finished.code == 0, finished.said
    assert doubtful.states()["s1"] == "collected"


def test_a_collected_shot_that_is_not_liked_is_rendered_again_beside_it(place: Workplace) -> None:
    place.write(1)
    place.run()
    liked_less = (place.folder / "renders/film/s1.mp4").read_bytes()

    place.omnibatch("retry", "film.yaml", "s1")
    finished = place.run()

    assert finished.code == 0, finished.said
    assert place.clips() == ["s1.mp4", "s1.v2.mp4"]
    assert (place.folder / "renders/film/s1.mp4").read_bytes() == liked_less
    assert place.posts == 2


def test_a_task_made_elsewhere_can_be_adopted_by_an_unsent_shot(doubtful: Workplace) -> None:
    """As where the folder was lost and the provider's list of tasks is all there is."""
    task_id = task_id_of(doubtful, 1)
    for path in (doubtful.lockfile, *(doubtful.folder / ".omnibatch").iterdir()):
        path.unlink()
    doubtful.write(1)

    adopted = doubtful.omnibatch("adopt", "film.yaml", "s1", task_id)
    finished = doubtful.run()

    assert adopted.code == 0, adopted.said
    assert finished.code == 0, finished.said
    assert doubtful.states() == {"s1": "collected"}
    assert doubtful.posts == 3


def test_there_is_nothing_to_grant_to_an_unsent_shot(place: Workplace) -> None:
    place.write(1)

    finished = place.omnibatch("retry", "film.yaml", "s1")

    assert finished.code == 0
    assert "nothing to grant" in finished.out
    assert place.actions() == {"s1": "submit"}


def test_an_unsent_shot_cannot_be_abandoned(place: Workplace) -> None:
    place.write(1)

    finished = place.omnibatch("abandon", "film.yaml", "s1")

    assert finished.code == 2
    assert "skip: true" in finished.err


def test_a_mistyped_adoption_can_be_corrected(place: Workplace) -> None:
    place.write(1)
    place.faults(Fault(on="create", do="drop_after", times=1))
    place.run()
    right = place.task_ids()[0]

    wrong = place.omnibatch("adopt", "film.yaml", "s1", "clwrong", "--unchecked")
    stuck = place.run()
    corrected = place.omnibatch("adopt", "film.yaml", "s1", right)
    finished = place.run()

    assert [wrong.code, stuck.code, corrected.code] == [0, 1, 0]
    assert "adopt the right one" in stuck.err
    assert place.states() == {"s1": "collected"}, finished.said
    assert place.run().code == 0
    assert place.posts == 1


def test_a_task_that_never_ends_can_be_let_go_of(place: Workplace) -> None:
    place.write([{"id": "s1", "prompt": "[[slow]] A boat."}], run={"stalled_after": "1s"})
    stuck = place.run()

    abandoned = place.omnibatch("abandon", "film.yaml", "s1")
    finished = place.run()

    assert stuck.code == 1, stuck.said
    assert abandoned.code == 0, abandoned.said
    assert finished.code == 0, finished.said
    assert place.states() == {"s1": "abandoned"}


def test_another_clip_can_be_bought_beside_a_task_that_never_ends(place: Workplace) -> None:
    place.write(1, run={"stalled_after": "1s"})
    place.faults(Fault(on="create", do="stuck", times=1))
    stuck = place.run()

    granted = place.omnibatch("retry", "film.yaml", "s1")
    place.run()

    assert [stuck.code, granted.code] == [1, 0]
    assert place.states() == {"s1": "collected"}
    assert place.posts == 2
