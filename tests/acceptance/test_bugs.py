"""A bug in the middle of a send: what was done is recorded, and the report shows no key."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ..canary import KEY, spelling_in
from ..workplace import Workplace, both

SCRIPT = Path(__file__).parents[1] / "breaking_command_line.py"

LOUD = {
    "PYTHONFAULTHANDLER": "1",
    "PYTHONASYNCIODEBUG": "1",
    "PYTHONVERBOSE": "",
    "OMNIBATCH_LOG": "debug",
    "HTTPX_LOG_LEVEL": "trace",
    "HTTPCORE_LOG_LEVEL": "trace",
}


def broken_run(place: Workplace, *flags: str, **variables: str) -> tuple[int, str]:
    """The exit code of a run whose paid request raises, and all that it printed."""
    ended = subprocess.run(
        [sys.executable, *flags, str(SCRIPT), "run", "film.yaml", "--yes"],
        cwd=place.folder,
        env={"PATH": os.environ["PATH"], "HOME": str(place.home), **place.environment, **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=60,
    )
    assert spelling_in(ended.stdout) is None, ended.stdout
    return ended.returncode, ended.stdout.decode()


@both
@pytest.mark.parametrize(
    ("flags", "variables"),
    [((), {}), (("-X", "dev"), LOUD)],
    ids=["as-usual", "with-all-debugging-on"],
)
def test_a_bug_in_the_middle_of_a_send_is_reported_without_the_key(
    place: Workplace, flags: tuple[str, ...], variables: dict[str, str]
) -> None:
    place.write(1)

    code, said = broken_run(place, *flags, **variables)

    assert code == 70, said
    assert "LookupError: \\u001b[2J cannot send" in said
    assert "Bearer ***" in said
    assert "?***" in said
    assert "signed-signed" not in said
    assert "BUG: this is omnibatch's own mistake" in said
    assert place.posts == 0
    assert place.states() == {"s1": "unconfirmed"}, "nobody knows that nothing was sent"


def test_a_key_of_dotenv_is_not_shown_either(place: Workplace) -> None:
    place.write(1)
    lines = [f"{name}={value}\n" for name, value in place.environment.items()]
    (place.folder / ".env").write_text("".join(lines))
    place.environment.clear()

    code, said = broken_run(place)

    assert (code, "Bearer ***" in said) == (70, True), said


def test_debugging_shows_no_key_where_nothing_breaks(place: Workplace) -> None:
    place.write(2)

    finished = place.run(cold=True, **LOUD)

    assert finished.code == 0, finished.said


def test_a_proxys_password_is_not_shown_where_the_proxy_is_none(place: Workplace) -> None:
    place.write(1)

    for proxy in (f"user:{KEY}@host", f"socks5://user:{KEY}@host:1", f"http://u:{KEY}\t@h:x"):
        finished = place.run(HTTPS_PROXY=proxy)

        assert finished.code == 2, finished.said
        assert "HTTPS_PROXY is not the address of an HTTP proxy" in finished.err
        assert "Traceback" not in finished.said
    assert place.posts == 0


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="/proc is Linux's own")
def test_the_arguments_of_a_running_process_show_no_key(place: Workplace) -> None:
    place.reopen(render_s=(1.0, 1.0))
    place.write(1)

    with place.start_run() as running:
        place.until(lambda meter: meter["creates"]["accepted"] == 1)
        shown = Path(f"/proc/{running.pid}/cmdline").read_bytes()
        title = Path(f"/proc/{running.pid}/comm").read_bytes()
        running.wait()

    assert shown
    assert (spelling_in(shown), spelling_in(title)) == (None, None)
