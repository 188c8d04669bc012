"""Money is spent after somebody has said yes, and only then."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ..workplace import Workplace

pty = pytest.importorskip("pty", reason="pseudo-terminals are POSIX")
SCRIPT = Path(__file__).parents[1] / "command_line.py"
PATIENCE_S = 30


def run_at_a_terminal(place: Workplace, answer: str) -> tuple[int, str, str]:
    """Run with stdin and stderr at a terminal, and type `answer` once a question is there.

    Return the exit code, what came on stdout, and what the terminal showed.
    """
    keyboard, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, str(SCRIPT), "run", "film.yaml"],
        cwd=place.folder,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(place.home),
            "TERM": "dumb",
            **place.environment,
        },
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=terminal,
        text=True,
    )
    os.close(terminal)
    os.set_blocking(keyboard, False)
    shown = ""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        over = process.poll() is not None
        shown += _read(keyboard)
        if over:
            break
        if answer and "[y/N]" in shown:
            os.write(keyboard, f"{answer}\n".encode())
            answer = ""
        time.sleep(0.01)
    else:
        process.kill()
    out, _ = process.communicate()
    os.close(keyboard)
    return process.returncode, out, shown


def _read(keyboard: int) -> str:
    try:
        return os.read(keyboard, 65536).decode()
    except BlockingIOError:
        return ""
    except OSError:
        return ""  # Linux says so when the other end is closed


def test_with_nobody_to_ask_nothing_is_bought(place: Workplace) -> None:
    place.write(2)

    finished = place.omnibatch("run", "film.yaml")

    assert finished.code == 8, finished.said
    assert "--yes" in finished.err
    assert place.posts == 0
    assert place.states() == {"s1": "unsent", "s2": "unsent"}


def test_a_no_buys_nothing(place: Workplace) -> None:
    place.write(2)

    code, out, shown = run_at_a_terminal(place, "n")

    assert code == 8, out + shown
    assert shown.count("[y/N]") == 1
    assert "0.633 USD for 2 clips" in shown
    assert place.posts == 0


def test_a_yes_buys(place: Workplace) -> None:
    place.write(2)

    code, out, shown = run_at_a_terminal(place, "y")

    assert code == 0, out + shown
    assert shown.count("[y/N]") == 1
    assert "[y/N]" not in out
    assert place.accepted == 2


def test_a_run_with_nothing_to_buy_never_asks(place: Workplace) -> None:
    place.reopen(render_s=(0.5, 0.5))
    place.write(2)
    with place.start_run() as running:
        place.until(lambda meter: meter["creates"]["accepted"] == 2, "the second task")
        running.until("created task", times=2)
        running.kill()

    code, out, shown = run_at_a_terminal(place, "")

    assert code == 0, out + shown
    assert "[y/N]" not in out + shown
    assert place.clips() == ["s1.mp4", "s2.mp4"]
    assert place.posts == 2
