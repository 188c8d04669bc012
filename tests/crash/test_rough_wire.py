"""Connections that end after k bytes, for every k, on the way there and on the way back.

A proxy stands between the run and the emulator. Every second exchange of one kind is cut,
each at a byte of its own, so that one run goes through many places; where three lost
creates in a row end the buying, as they should, it is run again. Then comes a run over a
whole wire, undecided shots are decided as a user would, and the meter is read.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count

import pytest

from ..figures import Figures
from ..rough_wire import HOWS, Cut, How, RoughWire, Side
from ..rough_wire import Kind as Exchange
from ..workplace import Workplace, variables_of
from .deciding import decide_all
from .films import KINDS, Kind, kinds

# Bytes between two cuts; each way of cutting begins at another one of them.
STRIDE = 37
# With so many runs, each begun at another one of the first bytes, every byte is cut at.
PROVE_STRIDE = 24
# A stalled exchange is given up after this; a create whose reply is under way never takes it.
TIMEOUT_S = "0.5"
# Beyond the end of every request and reply here; a sweep that is not there yet is too short.
LONGEST: dict[Side, int] = {"request": 900, "reply": 700}


class Every2nd:
    """Cuts every second exchange of one kind, at the next of `places`."""

    def __init__(self, exchange: Exchange, side: Side, how: How, places: Iterator[int]) -> None:
        self._exchange, self._side, self._how = exchange, side, how
        self._places = places
        self._seen = count(1)

    def __call__(self, exchange: Exchange) -> Cut | None:
        if exchange != self._exchange or next(self._seen) % 2:
            return None
        place = next(self._places, None)
        return None if place is None else Cut(side=self._side, after=place, how=self._how)


both_dialects = pytest.mark.parametrize("kind", [KINDS[0], KINDS[-1]], ids=str)
on_any_side = pytest.mark.parametrize("side", ["request", "reply"])
in_any_way = pytest.mark.parametrize("how", HOWS)


@pytest.mark.slow
@in_any_way
@on_any_side
@kinds
def test_a_create_cut_anywhere_is_sold_once(
    kind_place: Workplace, figures: Figures, kind: Kind, side: Side, how: How
) -> None:
    """Slow: a dozen lost creates, each of which somebody has to decide about."""
    _cut_creates(
        kind_place, kind, figures, side, how, range(1 + HOWS.index(how), LONGEST[side], STRIDE)
    )


@pytest.mark.prove
@pytest.mark.parametrize("first", range(1, PROVE_STRIDE + 1))
@in_any_way
@on_any_side
@kinds
def test_a_create_cut_at_every_byte_is_sold_once(
    kind_place: Workplace, figures: Figures, kind: Kind, side: Side, how: How, first: int
) -> None:
    """Every byte: some forty lost creates in each of these."""
    _cut_creates(kind_place, kind, figures, side, how, range(first, LONGEST[side], PROVE_STRIDE))


@pytest.mark.slow
@in_any_way
@on_any_side
@pytest.mark.parametrize("exchange", ["query", "download"])
@both_dialects
def test_a_query_or_download_cut_anywhere_is_repeated(
    kind_place: Workplace, figures: Figures, kind: Kind, exchange: Exchange, side: Side, how: How
) -> None:
    """Slow: a dozen cuts, after each of which a moment is waited."""
    places = range(1 + HOWS.index(how), LONGEST[side], STRIDE)
    place = kind_place
    prompts = _write(place, 12)
    with _rough(place) as wire:
        wire.plan = Every2nd(exchange, side, how, iter(places))
        place.run(OMNIBATCH_TEST_TIMEOUT=TIMEOUT_S)
        wire.plan = None
        assert wire.cuts > 2

        last = place.run()

    assert last.code == 0, last.said
    assert place.sold == dict.fromkeys(prompts, 1)
    assert len(place.clips()) == len(prompts)
    figures.report(f"rough wire, {exchange}: {kind}", cuts=wire.cuts, duplicates=0, lost=0)


def _cut_creates(
    place: Workplace, kind: Kind, figures: Figures, side: Side, how: How, places: Sequence[int]
) -> None:
    # What stalls comes to its end later than what is well: one at a time keeps the order.
    prompts = _write(place, 2 * len(places), in_flight=1 if how == "stall" else 8)
    with _rough(place) as wire:
        wire.plan = Every2nd("create", side, how, iter(places))
        for _ in places:
            first = place.run(OMNIBATCH_TEST_TIMEOUT=TIMEOUT_S)
            assert first.code in (0, 4), first.said
            if "no more sends" not in first.said:
                break
        wire.plan = None
        assert wire.cuts > 2, first.said
        assert wire.cuts < len(places), "the last places lie within an exchange: go further out"
        assert max(place.sold.values()) == 1

        decide_all(place)

    assert place.sold == dict.fromkeys(prompts, 1)
    assert set(place.states().values()) == {"collected"}
    figures.report(f"rough wire, create: {kind}", cuts=wire.cuts, duplicates=0, lost=0)


@contextmanager
def _rough(place: Workplace) -> Iterator[RoughWire]:
    """The wire as the only way to the emulator."""
    with RoughWire(place.port) as wire:
        _, endpoint = variables_of(place.provider)
        place.environment[endpoint] = wire.url
        yield wire


def _write(place: Workplace, shots: int, *, in_flight: int = 8) -> list[str]:
    prompts = [f"View {number} over a rough wire." for number in range(1, shots + 1)]
    place.write(
        [{"id": f"s{n}", "prompt": prompt} for n, prompt in enumerate(prompts, 1)],
        run={"in_flight": in_flight, "patience": 5},
    )
    return prompts
