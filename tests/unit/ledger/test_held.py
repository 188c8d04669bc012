"""One process at a time, whatever becomes of it."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from omnibatch.errors import LedgerHeld, LedgerUnwritable
from omnibatch.ledger.held import hold

HOLDER = """
    import sys, time
    from pathlib import Path
    from omnibatch.ledger.held import hold

    held = hold(Path(sys.argv[1]), since="2026-11-22T10:00:00Z")
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another_process(path: Path) -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(HOLDER), str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_second_process_is_refused_and_told_who_holds_it(tmp_path: Path) -> None:
    path = tmp_path / "harbor.held"
    with another_process(path) as process, pytest.raises(LedgerHeld) as caught:
        hold(path, since="later")

    assert f"process {process.pid} on " in caught.value.message
    assert "2026-11-22T10:00:00Z" in caught.value.message
    assert caught.value.hint


def test_a_killed_holder_frees_it(tmp_path: Path) -> None:
    path = tmp_path / "harbor.held"
    with another_process(path) as process:
        process.kill()
        process.wait()
        hold(path, since="now").release()


def test_a_holder_that_cannot_be_read_is_still_refused(tmp_path: Path) -> None:
    path = tmp_path / "harbor.held"
    with another_process(path):
        (tmp_path / "harbor.held-by").write_text("{")
        with pytest.raises(LedgerHeld, match="could not be read"):
            hold(path, since="now")


def test_the_lock_in_one_process_excludes_itself_too(tmp_path: Path) -> None:
    path = tmp_path / "harbor.held"
    held = hold(path, since="now")
    with pytest.raises(LedgerHeld, match=f"process {os.getpid()}"):
        hold(path, since="now")
    held.release()
    held.release()
    hold(path, since="now").release()


def test_the_lock_file_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "harbor.held"
    hold(path, since="now").release()
    before = path.stat().st_ino
    hold(path, since="now").release()

    assert path.stat().st_ino == before


def test_a_folder_that_is_not_there_cannot_be_locked(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LedgerUnwritable):
        hold(tmp_path / "file" / "harbor.held", since="now")


@pytest.mark.parametrize(
    "left",
    [
        '{"pid": 1, "host": "another-container", "since": "2026-11-22T10:00:00Z"}',
        f'{{"pid": {os.getpid()}, "host": "here", "since": "2026-11-22T10:00:00Z"}}',
        "",
        "{",
    ],
    ids=["another-host", "our-own-pid", "empty", "cut"],
)
def test_what_a_dead_holder_left_behind_is_words_only(tmp_path: Path, left: str) -> None:
    path = tmp_path / "harbor.held"
    path.touch()
    (tmp_path / "harbor.held-by").write_text(left)

    hold(path, since="now").release()

    assert not (tmp_path / "harbor.held-by").exists()


def test_a_child_that_outlives_its_killed_parent_does_not_keep_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "harbor.held"
    script = HOLDER.replace(
        'print("held", flush=True)',
        "import subprocess\n"
        '    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])\n'
        '    print("held", flush=True)\n    print(child.pid, flush=True)',
    )
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        child = int(process.stdout.readline())
        process.kill()
        process.wait()
    try:
        os.kill(child, 0)
        hold(path, since="now").release()
    finally:
        os.kill(child, signal.SIGTERM)


def test_a_wait_ends_when_the_holder_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "harbor.held"
    told: list[str] = []
    with another_process(path) as process:

        def wait(who: str) -> None:
            told.append(who)
            process.kill()
            process.wait()

        hold(path, since="now", wait=wait).release()

    assert told == [f"process {process.pid} on {socket.gethostname()} since 2026-11-22T10:00:00Z"]


def test_what_a_wait_raises_leaves_the_lock_to_its_holder(tmp_path: Path) -> None:
    path = tmp_path / "harbor.held"

    def leave(who: str) -> None:
        raise KeyboardInterrupt

    with another_process(path) as process:
        with pytest.raises(KeyboardInterrupt):
            hold(path, since="now", wait=leave)
        with pytest.raises(LedgerHeld, match=f"process {process.pid}"):
            hold(path, since="now")
