"""Days and thousands: how a run behaves over a long time and with many shots."""

from collections import Counter
from collections.abc import Callable
from decimal import Decimal

import pytest

from omnibatch.ledger import State

from .lab import Lab


def test_three_days_of_rendering_pass_with_every_shot_bought_once(lab: Lab) -> None:
    lab.set(in_flight=2, poll_longest=300.0, stalled_after=20_000.0)
    lab.wire.render_s = 4 * 3600

    lab.run(lab.shots(36))

    assert lab.elapsed > 3 * 24 * 3600
    assert set(lab.states().values()) == {State.COLLECTED}
    assert sorted(lab.wire.prompts_made) == [f"s{n:04d}" for n in range(36)]


def operations(lab: Lab, shots: int) -> Counter[str]:
    """How much of everything that costs a run of `shots` took."""
    lab.set(in_flight=20)
    lab.syncs_disk = False  # they are counted all the same
    lab.run(lab.shots(shots))
    lab.book.close()

    assert set(lab.states().values()) == {State.COLLECTED}
    return Counter(
        syncs=lab.syncs,
        creates=len(lab.wire.creates),
        queries=len(lab.wire.asks),
        fetches=len(lab.wire.fetches),
        events=len(lab.events),
        journal_bytes=lab.place.journal.stat().st_size,
        lockfile_bytes=lab.place.lockfile.stat().st_size,
    )


@pytest.mark.slow
def test_two_thousand_shots_cost_ten_times_what_two_hundred_cost(
    make_lab: Callable[..., Lab],
) -> None:
    """Some ten seconds: 2,200 shots from plan to clip, each recorded and probed."""
    few = operations(make_lab(), 200)
    many = operations(make_lab(), 2000)

    for what, count in few.items():
        assert many[what] <= 10.5 * count, what


def test_a_slow_pace_is_kept_over_a_day(lab: Lab) -> None:
    lab.set(submits_per_minute=Decimal("0.5"))

    lab.run(lab.shots(100))

    assert 99 * 120 <= lab.wire.creates[-1].began_at <= 99 * 120 + 1
