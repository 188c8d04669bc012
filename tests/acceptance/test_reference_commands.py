"""`models` and `schema`: looked at by people at a terminal of 80 columns."""

import os
from pathlib import Path

import pytest

from omnibatch.providers import TABLE

from ..launching import Finished, Launcher


def _said(launcher: Launcher, home: Path, *arguments: str) -> Finished:
    environment = {"HOME": str(home), "PATH": os.environ["PATH"], "PYTHONUTF8": "1"}
    with launcher.start(arguments, folder=home.parent, environment=environment) as running:
        return running.wait()


def test_models_fit_a_terminal_but_for_the_addresses_of_sources(
    launcher: Launcher, home: Path
) -> None:
    done = _said(launcher, home, "models")

    assert done.code == 0
    lines = done.out.splitlines()
    assert {f"{row.model} at {row.provider}" for row in TABLE.rows} <= set(lines)
    assert [line for line in lines if len(line) > 80 and "https://" not in line] == []


def test_no_limit_is_told_from_not_at_all(launcher: Launcher, home: Path) -> None:
    done = _said(launcher, home, "models", "--provider", "apimodels")

    o1, v3 = done.out.split("\n\n")[:2]
    assert "multi_shot                      none" in o1
    assert "images with an end frame      2 images" in o1
    assert "images with an end frame      any number" in v3
    assert "of text or first frame alone  any" in v3
    assert "cometapi" not in done.out


@pytest.mark.parametrize(
    ("arguments", "fact", "cure"),
    [
        (("models", "--provider", "kling"), "'kling'", "known: cometapi, apimodels"),
        (("schema", "manifes"), "'manifes'", "one of: expand, lock, manifest"),
        (("schema", "x"), "'x'", "one of: expand, lock, manifest"),
    ],
)
def test_a_slip_is_answered_with_what_there_is(
    launcher: Launcher, home: Path, arguments: tuple[str, ...], fact: str, cure: str
) -> None:
    done = _said(launcher, home, *arguments)

    assert (done.code, done.out) == (2, "")
    assert fact in done.err
    assert cure in done.err


@pytest.mark.parametrize("command", ["init", "validate", "expand", "models", "schema"])
def test_help_has_an_example_and_fits(launcher: Launcher, home: Path, command: str) -> None:
    done = _said(launcher, home, command, "--help")

    assert f"For instance: omnibatch {command}" in done.out
    assert all(len(line) <= 80 for line in done.out.splitlines())
