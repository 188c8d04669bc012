"""Hashes of files, and the bytes of a file that must not have changed."""

import hashlib
from pathlib import Path

import pytest

from omnibatch.media import MediaFault, content_hash, read_unchanged


def test_the_hash_is_that_of_the_content(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"clip" * 100_000)

    assert content_hash(path) == hashlib.sha256(b"clip" * 100_000).hexdigest()


def test_the_hash_of_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        content_hash(tmp_path / "nowhere")


def test_an_unchanged_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"before")

    assert read_unchanged(path, hashlib.sha256(b"before").hexdigest()) == b"before"


def test_a_changed_file_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"after!")
    found = read_unchanged(path, hashlib.sha256(b"before").hexdigest())

    assert isinstance(found, MediaFault)
    assert found.kind == "changed"


def test_a_file_that_is_gone_is_missing_rather_than_changed(tmp_path: Path) -> None:
    found = read_unchanged(tmp_path / "gone.png", "0" * 64)

    assert isinstance(found, MediaFault)
    assert found.kind == "missing"
