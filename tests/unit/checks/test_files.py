"""At the moment of sending, the files are still those that were checked."""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from omnibatch.checks import load_files
from omnibatch.media import MediaFault


@pytest.fixture
def keeper(tmp_path: Path) -> Path:
    buffer = io.BytesIO()
    Image.new("RGB", (400, 400), "teal").save(buffer, "PNG")
    path = tmp_path / "keeper.png"
    path.write_bytes(buffer.getvalue())
    return path


def test_local_images_are_read_and_addresses_are_not(make: Any, result: Any, keeper: Path) -> None:
    (checked,) = result(make.shot(images=(make.image(), make.file(keeper)))).batch.shots

    assert load_files(checked) == {keeper: keeper.read_bytes()}


def test_a_picture_used_twice_is_one_file(make: Any, result: Any, keeper: Path) -> None:
    images = (make.file(keeper), make.file(keeper, "first_frame"))
    (checked,) = result(make.shot(images=images, aspect_ratio=None)).batch.shots

    assert load_files(checked) == {keeper: keeper.read_bytes()}


def test_a_file_changed_since_the_check_is_a_fault(make: Any, result: Any, keeper: Path) -> None:
    (checked,) = result(make.shot(images=(make.file(keeper),))).batch.shots
    keeper.write_bytes(keeper.read_bytes() + b"\0")
    found = load_files(checked)

    assert isinstance(found, MediaFault)
    assert found.kind == "changed"
    assert found.message == "refs/keeper.png has changed since it was checked"


def test_a_file_gone_since_the_check_is_a_fault(make: Any, result: Any, keeper: Path) -> None:
    (checked,) = result(make.shot(images=(make.file(keeper),))).batch.shots
    keeper.unlink()
    found = load_files(checked)

    assert isinstance(found, MediaFault)
    assert found.kind == "missing"
