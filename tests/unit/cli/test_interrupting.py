"""What a signal does: tear off what has not begun, stop softly what has, leave at the second."""

import os
import signal
import subprocess
import sys
import textwrap

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are POSIX here")

HEAD = """
import os, signal, sys
from omnibatch.cli.interrupting import Signals, Terminated

def send(name):
    os.kill(os.getpid(), getattr(signal, name))
"""


def said_by(script: str, **options: object) -> "subprocess.CompletedProcess[str]":
    """What a process says that runs `script`."""
    return subprocess.run(  # type: ignore[call-overload,no-any-return]  # options vary
        [sys.executable, "-c", HEAD + textwrap.dedent(script)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        **options,
    )


@pytest.mark.parametrize(
    ("name", "raised"),
    [("SIGINT", "KeyboardInterrupt"), ("SIGTERM", "Terminated"), ("SIGHUP", "Terminated")],
)
def test_what_has_not_begun_is_torn_off(name: str, raised: str) -> None:
    done = said_by(f"""
        try:
            with Signals():
                send("{name}")
                print("went on")
        except BaseException as error:
            print(type(error).__name__)
        print(signal.getsignal(signal.SIGTERM) is signal.SIG_DFL)
        """)

    assert done.stdout.split() == [raised, "True"]


def test_what_has_begun_is_stopped_softly_and_goes_on_to_its_end() -> None:
    done = said_by("""
        with Signals() as signals:
            with signals.softly("stopping", lambda: print("stop")):
                send("SIGTERM")
                print("went on", signals.code)
        """)

    assert done.stdout == "stop\nwent on 143\n"
    assert done.stderr == "omnibatch: stopping; once more to leave at once\n"


def test_one_that_came_outside_stops_what_begins_inside() -> None:
    done = said_by("""
        with Signals() as signals, signals.softly("ending"):
            send("SIGINT")
            with signals.softly("stopping", lambda: print("stop")):
                print("begins", signals.code)
        """)

    assert done.stdout == "stop\nbegins 130\n"


@pytest.mark.parametrize(("second", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_the_second_leaves_at_once(second: str, code: int) -> None:
    done = said_by(f"""
        try:
            with Signals() as signals, signals.softly("stopping"):
                send("SIGINT")
                send("{second}")
        finally:
            print("tidied up")
        """)

    assert done.returncode == code
    assert done.stdout == ""


def test_it_speaks_even_while_the_same_stream_is_being_written_to() -> None:
    """Python's buffers refuse a handler that interrupted a write; a run must not die of that."""
    done = said_by("""
        import io

        class Slow(io.RawIOBase):
            def writable(self):
                return True

            def write(self, data):
                send("SIGTERM")
                return len(data)

        sys.stderr = io.TextIOWrapper(io.BufferedWriter(Slow()), line_buffering=True)
        with Signals() as signals, signals.softly("stopping"):
            print("a line", file=sys.stderr)
            print("went on", signals.code)
        """)

    assert done.stdout == "went on 143\n"
    assert "stopping; once more" in done.stderr


@pytest.mark.parametrize("name", ["SIGHUP", "SIGINT"])
def test_what_was_ignored_from_the_start_stays_ignored(name: str) -> None:
    number = getattr(signal, name)
    done = said_by(
        f"""
        with Signals() as signals:
            send("{name}")
            with signals.softly("stopping"):
                send("{name}")
            print("went on", signals.code)
        """,
        preexec_fn=lambda: signal.signal(number, signal.SIG_IGN),
    )

    assert done.stdout == "went on None\n"


def test_words_that_cannot_be_written_stop_nothing() -> None:
    done = said_by("""
        os.close(2)
        with Signals() as signals:
            with signals.softly("stopping"):
                send("SIGHUP")
            print("went on", signals.code)
        """)

    assert done.stdout == "went on 143\n"
