"""One process at a time, whatever becomes of it."""

import os
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
