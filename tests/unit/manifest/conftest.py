"""A folder for each test that writes manifests."""

from pathlib import Path

import pytest

from .folders import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)
