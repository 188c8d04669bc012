"""Whatever the manifest: shots, or problems with places and cures, and the same each time."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from ...fuzz.expanding import check_folder, furnish
from ...fuzz.manifests import Folder, folders


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with pictures; its other files are written anew for each manifest."""
    folder = tmp_path_factory.mktemp("film")
    furnish(folder)
    return folder


@pytest.mark.slow
@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(folder=folders)
def test_any_manifest_is_answered(folder: Folder, place: Path) -> None:
    """Slow: a hundred manifests, each loaded twice. `python -m tests.fuzz.expanding` makes more."""
    check_folder(folder, place)
