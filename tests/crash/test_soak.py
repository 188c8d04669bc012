"""A long run under bad conditions: one exchange in twenty fails, and the process is killed.

At the end everything is decided as a user would, and the meter is read: each shot sold
once, each clip here.
"""

import json
import time
import urllib.request
from pathlib import Path
from random import Random

import pytest

from omnibatch.emulator import Fault

from ..figures import Figures
from ..launching import Running
from ..rough_wire import HOWS, Cut, RoughWire
from ..rough_wire import Kind as Exchange
from ..workplace import Workplace, variables_of
from .deciding import decide_all
from .films import Kind, kinds
from .oracle import recorded_tasks

# Of a hundred exchanges so many are cut on the wire; of a hundred creates so many are
# answered badly by the emulator.
CUT_IN_100 = 5
BAD_ANSWERS_IN_100 = 2
# No request and no reply is shorter.
SHORTEST_EXCHANGE = 150
LONGEST_WAIT_S = 240.0
# What one more attempt in the ledger may cost a process that knows them all.
KB_PER_SHOT = 16

BAD_ANSWERS = (
    {"do": "rate_limit"},
    {"do": "answer_after", "status": 504, "body": "<html>Gateway time-out</html>"},
    {"do": "answer_after", "status": 500, "body": "oops"},
    {"do": "drop_before"},
    {"do": "reset_after"},
    {"do": "garbage"},
)


class OneInTwenty:
    """Cuts exchanges at random, by a seed."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def __call__(self, exchange: Exchange) -> Cut | None:
        random = self._random
        if random.random() * 100 >= CUT_IN_100:
            return None
        side = random.choice(("request", "reply"))
        return Cut(side=side, after=random.randrange(1, SHORTEST_EXCHANGE), how=random.choice(HOWS))


pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="memory is read from /proc"
)


@pytest.mark.slow
@kinds
def test_a_rough_day_of_150_shots(kind_place: Workplace, figures: Figures, kind: Kind) -> None:
    """Slow: 150 clips, with 4 kills."""
    _soak(kind_place, kind, figures, shots=150, kills=4)


@pytest.mark.prove
@kinds
def test_a_rough_day_of_2000_shots(kind_place: Workplace, figures: Figures, kind: Kind) -> None:
    """Minutes: 2,000 clips, with 20 kills."""
    _soak(kind_place, kind, figures, shots=2000, kills=20)


def _soak(place: Workplace, kind: Kind, figures: Figures, *, shots: int, kills: int) -> None:
    random = Random(f"{kind} {shots}")
    prompts = [f"View {number} on a rough day." for number in range(1, shots + 1)]
    place.write(
        [{"id": f"s{n}", "prompt": prompt} for n, prompt in enumerate(prompts, 1)],
        run={"in_flight": 24, "patience": 20},
    )
    place.reopen(*_bad_answers(random, shots))
    recorded: set[bytes] = set()
    peaks = []
    with RoughWire(place.port, OneInTwenty(random)) as wire:
        place.environment[variables_of(place.provider)[1]] = wire.url
        for kill in range(1, kills + 1):
            with place.start_run(OMNIBATCH_TEST_TIMEOUT="1") as running:
                peaks.append(_wait(place, running, accepted=kill * shots // (kills + 1)))
                running.kill()
                running.wait()
            recorded |= recorded_tasks(place)
        with place.start_run(OMNIBATCH_TEST_TIMEOUT="1") as running:
            peaks.append(_wait(place, running, accepted=shots + 1))
        wire.plan = None
        bad_answers = _faults_used(place)
        place.faults()
        decide_all(place)

        assert place.sold == dict.fromkeys(prompts, 1)
        assert recorded <= recorded_tasks(place), "what was on record is lost"
        assert len(place.clips()) == shots
        posts = place.posts
        assert place.run().code == 0
        assert place.posts == posts
    growth_kb = (peaks[-1] - peaks[0]) / shots
    assert growth_kb < KB_PER_SHOT, f"{growth_kb:.1f} kB a shot: {peaks}"
    figures.report(
        f"soak: {kind}",
        shots=shots,
        kills=kills,
        exchanges=sum(wire.seen.values()),
        faults=wire.cuts + bad_answers,
        duplicates=0,
        lost=0,
    )


def _bad_answers(random: Random, shots: int) -> list[Fault]:
    """One fault for each create that is to be answered badly."""
    places = sorted(random.sample(range(shots), shots * BAD_ANSWERS_IN_100 // 100))
    return [
        Fault(on="create", times=1, after=place, **random.choice(BAD_ANSWERS)) for place in places
    ]


def _wait(place: Workplace, running: Running, *, accepted: int) -> int:
    """Wait for so many tasks in all, or for the end; return the most memory used, in kB."""
    peak = 0
    end = time.monotonic() + LONGEST_WAIT_S
    while place.accepted < accepted and (now := _memory_kb(running.pid)):
        peak = max(peak, now)
        assert time.monotonic() < end, running.said
        time.sleep(0.2)
    return peak


def _memory_kb(pid: int) -> int:
    """What a process holds in memory now; 0 once it has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    lines = [line.split() for line in status.splitlines()]
    return next((int(words[1]) for words in lines if words[0] == "VmRSS:"), 0)


def _faults_used(place: Workplace) -> int:
    """How many creates the emulator has answered badly."""
    with urllib.request.urlopen(f"{place.url}/_faults", timeout=10) as reply:
        return sum(fault["used"] for fault in json.load(reply)["faults"])
