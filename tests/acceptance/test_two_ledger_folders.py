"""One film, one run at a time, whatever `--ledger` says."""

import os
import sys
from pathlib import Path

import pytest

from ..workplace import Workplace
from .test_terminals import at_a_terminal


def test_a_run_at_the_question_is_met_by_one_with_a_folder_of_its_own(
    place: Workplace, tmp_path: Path
) -> None:
    place.write(2)
    with at_a_terminal(place, "run", "film.yaml") as terminal:
        terminal.until("[y/N]")
        second = place.run("--ledger", str(tmp_path / "kept"))
        terminal.type("y\r")
        code = terminal.wait()
        first = terminal.process.pid

    assert second.code == 7, second.said
    assert f"process {first} on" in second.err
    assert code == 0, terminal.shown
    assert set(place.sold.values()) == {1}


@pytest.mark.parametrize("folders", [("kept", ""), ("kept", "other")], ids=" ".join)
def test_a_run_with_a_folder_of_its_own_is_met_by_any_other(
    place: Workplace, tmp_path: Path, folders: tuple[str, str]
) -> None:
    options = [("--ledger", str(tmp_path / name)) if name else () for name in folders]
    place.write(2)
    with at_a_terminal(place, "run", "film.yaml", *options[0]) as terminal:
        terminal.until("[y/N]")
        second = place.run(*options[1])
        waiting = place.start_run("--wait", *options[1])
        waiting.until("waiting for another omnibatch")
        terminal.type("y\r")
        code = terminal.wait()
        third = waiting.wait()

    assert second.code == 7, second.said
    assert code == 0, terminal.shown
    assert third.code == 0, third.said
    assert set(place.sold.values()) == {1}


def test_each_folder_given_to_the_other_film_makes_nobody_wait_for_ever(place: Workplace) -> None:
    """Two films, each with the other's folder: the locks are taken in one order by both."""
    twin = place.folder.parent / "twin"
    twin.mkdir()
    place.write(1)
    (twin / "film.yaml").write_text(place.manifest.read_text().replace("Harbour", "Storm"))
    there = Path(os.path.relpath(twin, place.folder))
    one = ["run", "film.yaml", "--yes", "--wait", "--ledger", str(there / ".omnibatch")]
    other = ["run", str(there / "film.yaml"), "--yes", "--wait", "--ledger", ".omnibatch"]
    with place.start(*one) as first, place.start(*other) as second:
        codes = sorted([first.wait().code, second.wait().code])

    assert codes[0] == 0, "one of them gets by"
    assert codes[1] in (0, 7), "the journal that it would share is the other film's"
    assert set(place.sold.values()) == {1}


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() == 0, reason="root may write anywhere")
def test_a_film_in_a_folder_that_cannot_be_written_is_settled_all_the_same(
    place: Workplace, tmp_path: Path
) -> None:
    place.write(1)
    kept = str(tmp_path / "kept")
    assert place.run("--ledger", kept).code == 0
    place.folder.chmod(0o555)
    try:
        again = place.run("--ledger", kept)
    finally:
        place.folder.chmod(0o755)

    assert again.code == 0, again.said


def test_a_lock_that_cannot_be_had_beside_the_manifest_is_gone_without(
    place: Workplace, tmp_path: Path
) -> None:
    """As where the manifest lies on a volume without locks: what another buys shows all the same."""
    place.write(2)
    (place.folder / ".omnibatch").write_text("no folder")
    kept, other = str(tmp_path / "kept"), str(tmp_path / "other")
    with at_a_terminal(place, "run", "film.yaml", "--ledger", kept) as terminal:
        terminal.until("[y/N]")
        second = place.run("--ledger", other)
        terminal.type("y\r")
        code = terminal.wait()

    assert second.code == 0, second.said
    assert code == 0, terminal.shown
    assert "planned again" in terminal.shown
    assert set(place.sold.values()) == {1}
