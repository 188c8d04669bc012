"""The lockfile as a file: whole or not at all, and only what this version knows."""

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from omnibatch.errors import LedgerDamaged, LedgerTooNew, LedgerUnwritable
from omnibatch.ledger import TaskState, encode_lockfile, parse_lockfile
from omnibatch.ledger.lockfile import read_lockfile, write_lockfile

from .samples import a_ledger, made, sent

KILLED = """
    import sys
    from pathlib import Path
    from omnibatch import failpoints
    from omnibatch.ledger import parse_lockfile
    from omnibatch.ledger.lockfile import write_lockfile

    failpoints.arm(sys.argv[2])
    write_lockfile(Path(sys.argv[1]), parse_lockfile(sys.stdin.read()))
"""


@pytest.mark.parametrize(
    ("point", "new"),
    [
        ("lockfile.write", False),
        ("lockfile.sync", False),
        ("lockfile.rename", False),
        ("lockfile.renamed", True),
    ],
)
def test_a_kill_leaves_the_old_file_or_the_new_one_whole(
    tmp_path: Path, point: str, new: bool
) -> None:
    path = tmp_path / "harbor.lock.json"
    before, after = a_ledger(sent(1)), a_ledger(made(1), made(2))
    write_lockfile(path, before)
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(KILLED), str(path), point],
        input=encode_lockfile(after),
        text=True,
        encoding="utf-8",
    )

    assert done.returncode != 0
    assert read_lockfile(path) == (after if new else before)
    write_lockfile(path, after)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_an_unchanged_ledger_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "harbor.lock.json"
    assert write_lockfile(path, a_ledger(made(1), made(2)))
    before = path.stat()

    assert not write_lockfile(path, a_ledger(made(2), made(1)))
    assert path.stat() == before


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no such mode there")
def test_a_folder_that_cannot_be_written_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "harbor.lock.json"
    write_lockfile(path, a_ledger(sent(1)))
    tmp_path.chmod(0o555)
    script = """
        import os, sys
        from pathlib import Path
        from omnibatch.errors import LedgerUnwritable
        from omnibatch.ledger import Ledger
        from omnibatch.ledger.lockfile import write_lockfile

        path = Path(sys.argv[1])
        os.chdir(path.parent)
        if os.geteuid() == 0:
            os.setgroups([]), os.setgid(65534), os.setuid(65534)
        try:
            write_lockfile(Path(path.name), Ledger(batch="b-bbbbbbbb"))
        except LedgerUnwritable as error:
            sys.exit(7)
    """
    try:
        done = subprocess.run([sys.executable, "-c", textwrap.dedent(script), str(path)])
    finally:
        tmp_path.chmod(0o755)

    assert done.returncode == 7
    assert read_lockfile(path) == a_ledger(sent(1))


def test_a_folder_that_is_not_there_is_unwritable(tmp_path: Path) -> None:
    with pytest.raises(LedgerUnwritable):
        write_lockfile(tmp_path / "gone" / "harbor.lock.json", a_ledger(sent(1)))


def test_no_file_is_none(tmp_path: Path) -> None:
    assert read_lockfile(tmp_path / "harbor.lock.json") is None


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b"\xff\xfe{}", b'{"version":"1"}'])
def test_what_is_no_lockfile_is_refused_with_the_way_out(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "harbor.lock.json"
    path.write_bytes(data)

    with pytest.raises(LedgerDamaged) as caught:
        read_lockfile(path)
    assert str(path) in caught.value.message


def changed(*keys: str | int, to: object) -> str:
    """A good lockfile of which one value is not what this version writes."""
    data: Any = json.loads(encode_lockfile(a_ledger(made(1, TaskState.COLLECTED))))
    inner = data
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = to
    return json.dumps(data)


ONE = ("attempts", 0)
TASK = (*ONE, "tasks", 0)


@pytest.mark.parametrize(
    "text",
    [
        changed("version", to=True),
        changed("version", to=0),
        changed("batch", to=None),
        changed("name", to=3),
        changed("open", to={}),
        changed("open", to=""),
        changed("open", to={"writer": "aaaaaaaa"}),
        changed("open", to={"writer": "aaaaaaaa", "since": "x", "also": 1}),
        changed("requests", to=[]),
        changed("attempts", to={}),
        changed("more", to=1),
        changed(*ONE, to={"id": "ob-1"}),
        changed(*ONE, "take", to="1"),
        changed(*ONE, "take", to=True),
        changed(*ONE, "more", to=1),
        changed(*ONE, "sends", to={"1": "created"}),
        changed(*ONE, "sends", to={"1@aaaaaaaa": "posted"}),
        changed(*TASK, "state", to="done"),
        changed(*TASK, "more", to=1),
        changed(*TASK, "output", "more", to=1),
        changed(*TASK, "output", "bytes", to="1"),
        changed(*ONE, "granted", to={"at": "x", "by": "y", "on": 1}),
        changed(*ONE, "granted", to={"at": "x", "by": "y", "on": True, "more": 1}),
    ],
)
def test_what_this_version_could_not_have_written_is_refused(text: str) -> None:
    with pytest.raises(LedgerDamaged):
        parse_lockfile(text)


def test_a_later_format_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "harbor.lock.json"
    path.write_text('{"version":2,"new":[]}')

    with pytest.raises(LedgerTooNew, match=r"harbor\.lock\.json.* 2.* 1"):
        read_lockfile(path)
    assert path.read_text() == '{"version":2,"new":[]}'


def test_an_attempt_that_a_clean_merge_left_twice_is_joined() -> None:
    text = encode_lockfile(a_ledger(sent(1)))
    line = next(line for line in text.split("\n") if line.startswith('{"id"'))
    other = next(
        line for line in encode_lockfile(a_ledger(made(1))).split("\n") if line.startswith('{"id"')
    )

    assert parse_lockfile(text.replace(line, f"{line},\n{other}")) == a_ledger(made(1))


def test_a_lockfile_reads_as_one_attempt_a_line() -> None:
    lines = encode_lockfile(a_ledger(made(2), sent(1))).split("\n")

    assert lines[0] == '{"version":1,"batch":"b-aaaaaaaa","name":"harbor","open":null,'
    assert lines[1:4] == ['"requests":{', "},", '"attempts":[']
    assert '"shot":"shot-0001"' in lines[4]
    assert '"shot":"shot-0002"' in lines[5]
    assert lines[6:] == ["]}", ""]


def test_the_folders_own_path_stands_in_no_file(tmp_path: Path) -> None:
    path = tmp_path / "harbor.lock.json"
    write_lockfile(path, a_ledger(made(1, TaskState.COLLECTED)))

    assert os.fsencode(tmp_path) not in path.read_bytes()
