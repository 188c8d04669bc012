"""Shots that begin with a frame of another one's clip are bought once that is collected."""

from collections import deque
from collections.abc import Callable

import pytest

from omnibatch.ledger import State
from omnibatch.money import parse_money
from omnibatch.plan import Action
from omnibatch.problems import Place
from omnibatch.run import Cap, HaltReason, Kind
from omnibatch.shots import FrameSource, ImageRef, Shot
from omnibatch.wire import NotFetched

from .fake import LOST, NO_KEY, REFUSED, Accepts
from .lab import Lab, a_shot

HERE = Place("film.yaml", 12, 5)


def after(source: str, shot_id: str, **changes: object) -> Shot:
    """A shot that begins with the last frame of another one's clip."""
    frame = ImageRef(source=FrameSource(shot=source), use="first_frame", place=HERE)
    return a_shot(shot_id, images=(frame,), aspect_ratio=None, **changes)


CHAIN = (a_shot("a"), after("a", "b"), after("b", "c"))


def test_a_chain_is_bought_link_by_link_in_one_run(lab: Lab) -> None:
    lab.wire.render_s = 60.0

    outcome = lab.run_film(lab.check(*CHAIN))

    assert lab.wire.prompts_made == ["a", "b", "c"]
    assert outcome.bought.created == 3
    assert set(lab.states().values()) == {State.COLLECTED}
    begins = [created.began_at for created in lab.wire.creates]
    assert begins[1] >= 60
    assert begins[2] >= begins[1] + 60


def test_a_second_run_buys_nothing(lab: Lab) -> None:
    film = lab.check(*CHAIN)
    lab.run_film(film)

    assert [step.action for step in lab.plan(film).steps] == [Action.KEEP] * 3
    lab.run_film(film)
    assert len(lab.wire.creates) == 3


def test_the_order_of_the_film_does_not_matter(lab: Lab) -> None:
    lab.run_film(lab.check(*reversed(CHAIN)))

    assert lab.wire.prompts_made == ["a", "b", "c"]


def test_a_dependent_shot_does_not_wait_for_others(lab: Lab) -> None:
    lab.set(in_flight=1)
    others = [a_shot(f"s{n}") for n in range(3)]

    lab.run_film(lab.check(a_shot("a"), *others, after("a", "b")))

    order = [created.prompt for created in lab.wire.creates]
    assert order == ["a", "s0", "b", "s1", "s2"], "it comes next, once its source is there"


def test_a_source_that_fails_ends_the_waiting(lab: Lab) -> None:
    lab.wire.create_script = deque([Accepts(fails="too dark")])
    film = lab.check(*CHAIN)

    lab.run_film(film)

    assert lab.wire.prompts_made == ["a"]
    steps = {step.slot.shot: step for step in lab.plan(film).steps}
    assert steps["b"].action is Action.BLOCKED
    assert steps["b"].reason == "needs a frame of a, which failed"
    assert steps["c"].reason == "needs a frame of b, which is blocked itself"


@pytest.mark.parametrize(
    ("answer", "reason"), [(NO_KEY, HaltReason.ACCOUNT), (REFUSED, None), (LOST, None)]
)
def test_a_source_that_cannot_be_bought_ends_the_run(
    lab: Lab, answer: object, reason: HaltReason | None
) -> None:
    lab.wire.create_script = deque([answer])  # type: ignore[list-item]  # one of its steps

    outcome = lab.run_film(lab.check(*CHAIN))

    assert [created.prompt for created in lab.wire.creates] == ["a"]
    assert [halt.reason for halt in outcome.halts] == ([reason] if reason else [])


def test_a_clip_that_cannot_be_fetched_ends_the_waiting(lab: Lab) -> None:
    lab.wire.fetch_script = deque([NotFetched(reason="HTTP 403")] * 5)

    lab.run_film(lab.check(*CHAIN))

    assert lab.wire.prompts_made == ["a"]
    assert lab.states() == {"a": State.SUCCEEDED}


def test_a_task_of_an_earlier_run_is_waited_for(lab: Lab) -> None:
    lab.set(stalled_after=20_000.0)
    lab.wire.render_s = 3600.0
    film = lab.check(*CHAIN)
    lab.run_film(film, stop_at=10.0)
    lab.restart()

    lab.run_film(film)

    assert lab.wire.prompts_made == ["a", "b", "c"]


def test_a_cap_that_is_reached_ends_the_chain(lab: Lab) -> None:
    lab.caps = (Cap("--max-cost 0.70 USD", parse_money("0.70 USD")),)

    outcome = lab.run_film(lab.check(*CHAIN))

    assert lab.wire.prompts_made == ["a", "b"]
    assert outcome.bought.over_cap == {"--max-cost 0.70 USD": 1}


def test_a_run_that_is_stopped_while_a_shot_waits_ends(lab: Lab) -> None:
    lab.wire.render_s = 3600.0

    lab.run_film(lab.check(*CHAIN), stop_at=100.0)

    assert lab.wire.prompts_made == ["a"]
    assert lab.elapsed < 3600


def test_a_source_edited_on_the_disk_is_not_sent_and_nothing_is_recorded(lab: Lab) -> None:
    film = lab.check(*CHAIN)
    lab.run(lab.check(CHAIN[0]))
    (lab.folder / "renders/a.mp4").write_bytes(b"something else")

    outcome = lab.run_film(film)

    assert outcome.bought.unsendable == 1
    assert lab.states() == {"a": State.COLLECTED}
    (refused,) = lab.told(Kind.REFUSED)
    assert "renders/a.mp4 is not the clip that was collected" in refused.text


def test_sources_at_another_provider_are_waited_for(make_lab: Callable[..., Lab]) -> None:
    from .lab import an_account

    lab = make_lab("apimodels")
    lab.accounts["cometapi"] = an_account("cometapi")
    film = lab.check(a_shot("a", providers=("cometapi",)), after("a", "b"))

    lab.run_film(film)

    assert lab.wire.prompts_made == ["a", "b"]


def test_many_shots_on_one_source_are_bought_once_each(lab: Lab) -> None:
    lab.set(in_flight=20)
    film = lab.check(a_shot("a"), *(after("a", f"b{n:03d}") for n in range(200)))

    lab.run_film(film)

    assert sorted(lab.wire.prompts_made) == ["a", *(f"b{n:03d}" for n in range(200))]


def test_a_long_chain_ends(lab: Lab) -> None:
    links = [after(f"s{n:03d}", f"s{n + 1:03d}") for n in range(60)]

    lab.run_film(lab.check(a_shot("s000"), *links))

    assert lab.wire.prompts_made == [f"s{n:03d}" for n in range(61)]
