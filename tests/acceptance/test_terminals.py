"""A run at a terminal: the question, Ctrl-C, and a connection that drops."""

import os
import select
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from omnibatch.emulator import Fault

from ..streams import start_with
from ..workplace import Workplace, prompt_of

pty = pytest.importorskip("pty", reason="pseudo-terminals are POSIX")
fcntl = pytest.importorskip("fcntl", reason="pseudo-terminals are POSIX")
termios = pytest.importorskip("termios", reason="pseudo-terminals are POSIX")
ARGUMENTS = ("run", "film.yaml")


class Terminal:
    """A terminal with `process` as what runs on it; `close` hangs it up."""

    def __init__(self, process: "subprocess.Popen[bytes]", ours: int) -> None:
        self.process = process
        self._ours = ours
        self.shown = ""

    def until(self, words: str) -> None:
        """Read until `words` are shown; fail after a while."""
        end = time.monotonic() + 60
        while words not in self.shown:
            assert time.monotonic() < end, f"{words!r} never came: {self.shown}"
            if select.select([self._ours], [], [], 0.1)[0]:
                self.shown += os.read(self._ours, 65536).decode("utf-8", "replace")

    def type(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def wait(self) -> int:
        """Read to the end, so that nothing blocks; return the exit code."""
        while self.process.poll() is None:
            if select.select([self._ours], [], [], 0.05)[0]:
                try:
                    self.shown += os.read(self._ours, 65536).decode("utf-8", "replace")
                except OSError:  # so Linux says that the other end is closed
                    break
        return self.process.wait(60)

    def close(self) -> None:
        os.close(self._ours)
        self._ours = -1


@contextmanager
def at_a_terminal(place: Workplace, *arguments: str) -> Iterator[Terminal]:
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    process = start_with(
        place,
        *arguments,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(theirs, termios.TIOCSCTTY, 0),
    )
    os.close(theirs)
    terminal = Terminal(process, ours)
    try:
        yield terminal
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        if terminal._ours >= 0:
            terminal.close()


@pytest.mark.parametrize("answer", ["", "\x03", "n\r"], ids=["SIGTERM", "Ctrl-C", "no"])
def test_at_the_question_nothing_has_begun(place: Workplace, answer: str) -> None:
    place.write(2)
    with at_a_terminal(place, *ARGUMENTS) as terminal:
        terminal.until("[y/N]")
        if answer:
            terminal.type(answer)
        else:
            terminal.process.send_signal(signal.SIGTERM)
        code = terminal.wait()

    assert code == {"": 143, "\x03": 130, "n\r": 8}[answer], terminal.shown
    assert place.posts == 0
    assert not (place.folder / ".omnibatch" / "film.held-by").exists()
    assert place.run().code == 0


def test_ctrl_c_stops_softly_and_says_what_goes_on(place: Workplace) -> None:
    place.reopen(render_s=(1.0, 1.0))
    place.write(2)
    with at_a_terminal(place, *ARGUMENTS, "--yes") as terminal:
        place.until(lambda meter: meter["creates"]["accepted"] == 2, "the second task")
        terminal.until("2 rendering")
        terminal.type("\x03")
        code = terminal.wait()

    assert code == 130, terminal.shown
    assert "2 paid tasks go on at the provider" in terminal.shown
    assert "next: omnibatch run film.yaml" in terminal.shown
    assert place.states() == {"s1": "running", "s2": "running"}


def test_a_connection_that_drops_ends_the_run_softly(place: Workplace) -> None:
    """The terminal is gone with it: whatever is written there fails."""
    place.reopen(render_s=(1.0, 1.0))
    place.write(3, run={"in_flight": 3})
    place.faults(Fault(on="create", do="delay", seconds=1.5, prompt=prompt_of(3)))
    with at_a_terminal(place, *ARGUMENTS, "--yes") as terminal:
        place.until(lambda meter: meter["creates"]["accepted"] == 3, "the third task")
        terminal.close()
        code = terminal.process.wait(30)

    assert code == 143
    assert place.ledger()["open"] is None
    assert "unconfirmed" not in place.states().values()
    assert place.run().code == 0
    assert place.posts == place.accepted == 3
