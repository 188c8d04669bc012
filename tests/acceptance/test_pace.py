"""How hard a run presses: in_flight, too many requests, sockets, memory."""

import threading
from pathlib import Path

import pytest

from omnibatch.emulator import Fault

from ..launching import Running
from ..workplace import Workplace, both, prompt_of


@pytest.mark.slow
@both
@pytest.mark.parametrize("seconds", [0, 2], ids=["plain", "with Retry-After"])
def test_too_many_requests_only_delay(place: Workplace, seconds: int) -> None:
    """Slow: after a refusal a second or more is waited."""
    place.write(3)
    place.faults(Fault(on="create", do="rate_limit", times=1, seconds=seconds))

    finished = place.run()

    assert finished.code == 0, finished.said
    assert place.sold == {prompt_of(n): 1 for n in (1, 2, 3)}
    assert place.meter()["creates"]["refused"] == 1


@pytest.mark.slow
@both
def test_a_provider_with_fewer_slots_than_in_flight_gets_every_shot(place: Workplace) -> None:
    """Slow: after a refusal a second or more is waited."""
    place.reopen(parallel=1, render_s=(0.3, 0.3))
    place.write(3, run={"in_flight": 3})

    finished = place.run()

    assert finished.code == 0, finished.said
    assert place.meter()["creates"]["refused"] > 0
    assert place.sold == {prompt_of(n): 1 for n in (1, 2, 3)}


@both
def test_no_more_than_in_flight_tasks_run_at_once(place: Workplace) -> None:
    """The emulator has just so many slots, and refuses what is one too many."""
    place.reopen(parallel=2, render_s=(0.1, 0.3))
    place.write(7, run={"in_flight": 2})

    finished = place.run()

    assert finished.code == 0, finished.said
    assert place.meter()["creates"]["refused"] == 0


@both
def test_tasks_of_a_killed_run_hold_their_slots_in_the_next(place: Workplace) -> None:
    place.reopen(parallel=2, render_s=(1.0, 1.0))
    place.write(4, run={"in_flight": 2})
    with place.start_run() as running:
        place.until(lambda meter: meter["creates"]["accepted"] == 2, "the second task")
        running.until("created task", times=2)
        running.kill()

    finished = place.run()

    assert finished.code == 0, finished.said
    assert place.meter()["creates"] == {"received": 4, "accepted": 4, "refused": 0}


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="connections are counted in /proc")
def test_three_hundred_shots_two_hundred_in_flight_take_few_sockets(place: Workplace) -> None:
    """Slow: three hundred clips are rendered and fetched.

    Workers bound the sockets: 4 for creates, 8 for queries, 4 for downloads, and as many
    again that are kept alive or still closing.
    """
    place.reopen(render_s=(1.0, 1.0), parallel=200)
    place.write(300, run={"in_flight": 200, "poll_first": 1, "poll_longest": 2})

    with place.start_run() as running, _Watch(running, place.port) as watch:
        finished = running.wait(120)

    assert finished.code == 0, finished.said[-2000:]
    assert place.meter()["creates"] == {"received": 300, "accepted": 300, "refused": 0}
    assert 0 < watch.most_sockets <= 32
    assert 0 < watch.most_bytes < 200 * 1024**2


class _Watch:
    """Looks at a process from outside, many times a second, until it ends."""

    def __init__(self, running: Running, port: int) -> None:
        self.most_sockets = 0
        self.most_bytes = 0
        self._pid = running.pid
        self._remote = f"0100007F:{port:04X}"  # 127.0.0.1, as /proc/net/tcp spells it
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> "_Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.05):
            self.most_sockets = max(self.most_sockets, self._sockets())
            self.most_bytes = max(self.most_bytes, self._bytes())

    def _sockets(self) -> int:
        """Established connections towards the emulator."""
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        return sum(row[2] == self._remote and row[3] == "01" for row in rows)

    def _bytes(self) -> int:
        """The most memory the process has held so far."""
        try:
            status = Path(f"/proc/{self._pid}/status").read_text()
        except (FileNotFoundError, ProcessLookupError):
            return 0
        peaks = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
        return int(peaks[0]) * 1024 if peaks else 0
