"""An armed point ends the process as `kill -9` does; an unarmed one does nothing."""

import signal
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL here")

WALK = """
import atexit, sys
from omnibatch.failpoints import arm, reach
atexit.register(print, "cleaned up", flush=True)
if sys.argv[1:]:
    arm(sys.argv[1])
try:
    for point in ("one", "two", "one", "three"):
        reach(point)
        print(point, flush=True)
finally:
    print("finally", flush=True)
"""


def walk(*spec: str) -> subprocess.CompletedProcess[str]:
    """Pass four points, with `spec` armed."""
    return subprocess.run([sys.executable, "-c", WALK, *spec], capture_output=True, text=True)


def test_unarmed_points_are_passed() -> None:
    ran = walk()

    assert ran.returncode == 0
    assert ran.stdout.split("\n")[:-1] == ["one", "two", "one", "three", "finally", "cleaned up"]


@pytest.mark.parametrize(
    ("spec", "passed"),
    [
        ("one", []),
        ("two", ["one"]),
        ("one:2", ["one", "two"]),
        ("three:1", ["one", "two", "one"]),
        ("*", []),
        ("*:4", ["one", "two", "one"]),
    ],
)
def test_the_armed_point_kills_with_no_clean_up(spec: str, passed: list[str]) -> None:
    ran = walk(spec)

    assert ran.returncode == -signal.SIGKILL
    assert ran.stdout.split() == passed


def test_points_can_be_named_as_they_are_passed() -> None:
    ran = walk("*:0")

    assert ran.returncode == 0
    named = [line.removeprefix("failpoint ") for line in ran.stderr.split("\n") if line]
    assert named == ["one", "two", "one", "three"]


@pytest.mark.parametrize("spec", ["four", "one:3", "*:5"])
def test_a_point_that_is_never_reached_harms_nobody(spec: str) -> None:
    assert walk(spec).returncode == 0
