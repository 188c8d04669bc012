"""The end of sending that the user has set: what is under way is waited for."""

from collections import deque
from collections.abc import Callable

from omnibatch.ledger import State
from omnibatch.run import HaltReason, Kind

from .fake import DOWN, Accepts
from .lab import Lab, a_shot
from .test_frames import after


def test_nothing_is_sent_after_it_and_all_that_was_is_collected(lab: Lab) -> None:
    lab.stop_after_s = 60
    lab.wire.render_s = 25

    outcome = lab.run(lab.shots(500))

    assert max(create.began_at for create in lab.wire.creates) < 60
    assert set(lab.states().values()) == {State.COLLECTED}
    assert len(lab.states()) == len(lab.wire.creates) < 500
    assert [halt.reason for halt in outcome.halts] == [HaltReason.TIME]


def test_a_task_that_takes_long_is_waited_for(lab: Lab) -> None:
    lab.stop_after_s = 60
    lab.wire.render_s = 1500

    lab.run(lab.shots(20))

    assert lab.elapsed > 1500
    assert list(lab.states().values()) == [State.COLLECTED] * 5


def test_a_reply_that_is_out_is_waited_for(lab: Lab) -> None:
    lab.stop_after_s = 60
    lab.wire.latency_s = 45

    lab.run(lab.shots(20))

    assert set(lab.recorded().values()) == {State.COLLECTED}


def test_a_run_that_is_done_before_it_knows_nothing_of_it(lab: Lab) -> None:
    lab.stop_after_s = 5000

    outcome = lab.run(lab.shots(3))

    assert outcome.halts == ()
    assert lab.elapsed < 100


def test_a_wait_for_a_provider_ends_with_it(lab: Lab) -> None:
    lab.stop_after_s = 20
    lab.set(patience=5000.0)
    lab.wire.create_script = deque([Accepts(render_s=1), *[DOWN] * 1000])

    outcome = lab.run(lab.shots(3))

    assert 20 <= lab.elapsed < 21
    assert [halt.reason for halt in outcome.halts] == [HaltReason.TIME]
    assert len(lab.told(Kind.HALTED)) == 1


def test_a_chain_of_shots_breaks_off_between_two(lab: Lab) -> None:
    lab.stop_after_s = 50
    lab.wire.render_s = 30
    chain = [after(f"s{n - 1}", f"s{n}") for n in range(1, 6)]

    outcome = lab.run_film(lab.check(a_shot("s0"), *chain))

    assert list(lab.states().values()) == [State.COLLECTED] * 2
    assert [halt.reason for halt in outcome.halts] == [HaltReason.TIME]


def test_the_rest_is_bought_by_the_next_run(make_lab: Callable[..., Lab]) -> None:
    lab = make_lab()
    lab.stop_after_s = 60
    lab.wire.render_s = 25
    batch = lab.shots(40)
    lab.run(batch)
    lab.restart()
    lab.stop_after_s = None

    lab.run(batch)

    assert sorted(lab.wire.prompts_made) == [f"s{n:04d}" for n in range(40)]
    assert set(lab.states().values()) == {State.COLLECTED}
