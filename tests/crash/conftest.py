"""Crash tests end processes as only POSIX systems can."""

import signal

import pytest


@pytest.fixture(autouse=True)
def can_kill() -> None:
    if not hasattr(signal, "SIGKILL"):
        pytest.skip("there is no SIGKILL here")
