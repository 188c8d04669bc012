"""What all tests share: the guard, the command line, and a workplace with an emulator."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from .canary import spelling_in, spellings_under
from .figures import FOLDER, PROVE, Figures
from .guard import keep_in, move_out
from .launching import Launcher
from .node_packages import node_modules
from .workplace import Workplace

__all__ = ["node_modules"]

_real_home = Path.home()
_home = Path(tempfile.mkdtemp(prefix="omnibatch-home-"))
_maker = os.getpid()


@atexit.register
def _remove_home() -> None:
    """Remove it, also where a process that shares the tests ends by another way than pytest's own."""
    if os.getpid() == _maker:
        shutil.rmtree(_home, ignore_errors=True)


def pytest_configure(config: pytest.Config) -> None:
    """Move out before any module of ours is imported: some look at the home when they are."""
    asked = {name: os.environ[name] for name in (PROVE, FOLDER) if name in os.environ}
    keep_in()
    move_out(os.environ, _home)
    os.environ |= asked  # for the processes that share the tests; no command line gets them


def pytest_unconfigure(config: pytest.Config) -> None:
    _remove_home()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The whole proof takes too long for every day; its quick parts are tests like any other."""
    if os.environ.get(PROVE):
        return
    for item in items:
        if item.get_closest_marker("prove") is not None:
            item.add_marker(pytest.mark.skip(reason="a part of `make prove`"))


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Figures:
    """Takes what a test has counted, for the table of `make prove`."""
    return Figures(request.node.nodeid)


@pytest.fixture(scope="session", autouse=True)
def home() -> Iterator[Path]:
    """The home folder of all tests and of whatever they start; it stays empty."""
    yield _home
    left = sorted(str(found.relative_to(_home)) for found in _home.rglob("*"))
    assert not left, f"tests wrote into the home folder: {left}"


@pytest.fixture(scope="session")
def real_home() -> Path:
    """The home folder of whoever runs the tests, which no test touches."""
    return _real_home


@pytest.fixture(scope="session")
def launcher() -> Iterator[Launcher]:
    """Starts command lines."""
    launcher = Launcher()
    yield launcher
    launcher.stop()


@pytest.fixture(autouse=True)
def canary(request: pytest.FixtureRequest) -> Iterator[None]:
    """No test leaves the key in a file, or in a log of the tests' own process.

    What command lines print is looked through as each ends (`launching.py`).
    """
    if "tmp_path" not in request.fixturenames:
        yield
        return
    folder = request.getfixturevalue("tmp_path")
    logged = request.getfixturevalue("caplog")
    yield
    assert spellings_under(folder) == [], "the key was left on the disk"
    assert spelling_in(logged.text.encode("utf-8", "replace")) is None, "the key was logged"


@pytest.fixture
def provider() -> str:
    """The provider a test is about; `@both` makes it each of the two."""
    return "apimodels"


@pytest.fixture
def place(tmp_path: Path, home: Path, launcher: Launcher, provider: str) -> Iterator[Workplace]:
    """A workplace whose emulator is up: quick, with small clips, without faults."""
    folder = tmp_path / "film"
    folder.mkdir()
    place = Workplace(
        folder=folder, state=tmp_path / "state", home=home, launcher=launcher, provider=provider
    )
    place.open()
    yield place
    place.shut()
