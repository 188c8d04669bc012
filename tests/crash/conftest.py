"""Crash tests end processes as only POSIX systems can."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..launching import Launcher
from ..workplace import Workplace
from .films import KINDS, Kind
from .sweeping import Site


@pytest.fixture(autouse=True)
def can_kill() -> None:
    if not hasattr(signal, "SIGKILL"):
        pytest.skip("there is no SIGKILL here")


@pytest.fixture
def kind() -> Kind:
    """The kind of provider that a sweep is about; `@kinds` makes it each of them."""
    return KINDS[-1]


@pytest.fixture
def site(tmp_path: Path, home: Path, launcher: Launcher, kind: Kind) -> Site:
    """Where a sweep works."""
    return Site(folder=tmp_path, home=home, launcher=launcher, kind=kind)


@pytest.fixture
def kind_place(site: Site) -> Iterator[Workplace]:
    """A workplace at a provider of the kind."""
    place = site.place("film")
    yield place
    place.shut()
