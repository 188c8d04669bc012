"""A file is probed once in a run, and again when it is another file."""

import os
from collections.abc import Callable
from pathlib import Path

from omnibatch.media import ImageFacts, ImageProbe, MediaFault

Picture = Callable[..., Path]


def test_a_file_is_probed_once(picture: Picture) -> None:
    path = picture("a.png", 300, 300)
    probe = ImageProbe()

    assert probe(path) is probe(path)


def test_two_probes_share_nothing(picture: Picture) -> None:
    path = picture("a.png", 300, 300)

    assert ImageProbe()(path) is not ImageProbe()(path)


def test_a_replaced_file_is_probed_again(picture: Picture) -> None:
    probe = ImageProbe()
    path = picture("a.png", 300, 300)
    probe(path)
    os.replace(picture("b.png", 400, 300), path)
    found = probe(path)

    assert isinstance(found, ImageFacts)
    assert found.width == 400


def test_two_files_of_one_content_are_probed_once(picture: Picture, tmp_path: Path) -> None:
    path = picture("a.png", 300, 300)
    copy = tmp_path / "b.png"
    copy.write_bytes(path.read_bytes())
    probe = ImageProbe()

    assert probe(copy) is probe(path)
    assert probe(picture("c.png", 300, 301)) is not probe(path)


def test_what_is_wrong_with_a_content_is_found_once(tmp_path: Path) -> None:
    probe = ImageProbe()
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(b"\x89PNG\r\n\x1a\n")

    assert isinstance(probe(tmp_path / "a.png"), MediaFault)
    assert probe(tmp_path / "b.png") is probe(tmp_path / "a.png")


def test_a_file_that_appears_later_is_found(picture: Picture, tmp_path: Path) -> None:
    probe = ImageProbe()
    first = probe(tmp_path / "a.png")
    second = probe(picture("a.png", 300, 300))

    assert isinstance(first, MediaFault)
    assert isinstance(second, ImageFacts)
