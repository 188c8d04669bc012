"""Clips on the disk against the ledger: what is read, what is taken by its size."""

import hashlib
import os
from pathlib import Path

import pytest

from omnibatch.cli.standing.clips import EVERY_BYTE, SIZES_ALONE, check_clips
from omnibatch.ledger import Output
from omnibatch.plan import ClipFile


def clip(folder: Path, name: str, content: bytes = b"0123456789", *, at: int = 0) -> Output:
    """A file and what the ledger says of it. Of the system's own dates the later counts."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    ahead = 10**10 + at  # so far ahead that no date of the system's own is later
    os.utime(path, (ahead, ahead))
    digest = hashlib.sha256(content).hexdigest()
    return Output(path=name, sha256=digest, bytes=len(content))


def edit(folder: Path, output: Output) -> None:
    """Other bytes, as many, and the old date."""
    path = folder / output.path
    status = path.stat()
    path.write_bytes(bytes(reversed(path.read_bytes())))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def test_files_are_the_same_of_another_size_of_other_bytes_or_not_there(tmp_path: Path) -> None:
    same, edited, longer, gone = (clip(tmp_path, f"{n}.mp4") for n in range(4))
    edit(tmp_path, edited)
    (tmp_path / longer.path).write_bytes(b"0123456789!")
    (tmp_path / gone.path).unlink()

    check = check_clips([same, edited, longer, gone], tmp_path)

    assert [check.found[output] for output in (same, edited, longer, gone)] == [
        ClipFile.SAME,
        ClipFile.EDITED,
        ClipFile.EDITED,
        ClipFile.MISSING,
    ]
    assert (check.by_bytes, check.by_size) == (2, 0)


def test_those_that_changed_last_are_read_first_and_the_rest_is_taken_by_size(
    tmp_path: Path,
) -> None:
    clips = [clip(tmp_path, f"{n}.mp4", at=n) for n in range(10)]
    edit(tmp_path, clips[2])
    edit(tmp_path, clips[8])

    check = check_clips(clips, tmp_path, most_bytes=35)

    found = [output.path for output in clips if check.found[output] is ClipFile.EDITED]
    assert found == ["8.mp4"], "the third of a bound of three files is the eighth"
    assert (check.by_bytes, check.by_size) == (3, 7)


def test_every_byte_and_no_byte_can_be_asked_for(tmp_path: Path) -> None:
    clips = [clip(tmp_path, f"{n}.mp4") for n in range(4)]
    edit(tmp_path, clips[0])

    every = check_clips(clips, tmp_path, most_bytes=EVERY_BYTE)
    none = check_clips(clips, tmp_path, most_bytes=SIZES_ALONE)

    assert (every.found[clips[0]], every.by_bytes, every.by_size) == (ClipFile.EDITED, 4, 0)
    assert (none.found[clips[0]], none.by_bytes, none.by_size) == (ClipFile.SAME, 0, 4)


@pytest.mark.parametrize("path", ["../out.mp4", "/etc/passwd", "a\0b.mp4", "folder", "loop.mp4"])
def test_what_is_no_file_of_ours_is_missing_and_not_read(tmp_path: Path, path: str) -> None:
    (tmp_path / "film" / "folder").mkdir(parents=True)
    (tmp_path / "film" / "loop.mp4").symlink_to("loop.mp4")
    (tmp_path / "out.mp4").write_bytes(b"0123456789")
    output = Output(path=path, sha256="0" * 64, bytes=10)

    check = check_clips([output], tmp_path / "film")

    assert check.found == {output: ClipFile.MISSING}
