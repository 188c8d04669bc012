"""Lockfiles that real git has merged, or failed to."""

import shutil
from pathlib import Path

import pytest

from omnibatch.errors import LedgerDamaged
from omnibatch.ledger import Attempt, Ledger, Opening, TaskState, encode_lockfile, parse_lockfile
from omnibatch.ledger.join import join_ledgers
from omnibatch.ledger.lockfile import read_lockfile

from ...repository import Repository
from .samples import a_ledger, made, sent

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

STYLES = ["merge", "diff3", "zdiff3"]
NAME = "harbor.lock.json"


class LedgerRepository(Repository):
    """A repository that holds a lockfile and nothing else."""

    def __init__(self, folder: Path, *settings: str) -> None:
        (folder / "home").mkdir()
        (folder / "tree").mkdir()
        super().__init__(folder / "tree", folder / "home", *settings)
        self.lockfile = self.tree / NAME

    def keep(self, ledger: Ledger) -> None:
        self.lockfile.write_text(encode_lockfile(ledger), encoding="utf-8", newline="\n")
        self.commit()

    def read(self) -> Ledger:
        found = read_lockfile(self.lockfile)
        assert found is not None
        return found


def merged(folder: Path, style: str, base: Ledger, ours: Ledger, theirs: Ledger) -> Ledger:
    repository = LedgerRepository(folder, f"merge.conflictStyle={style}")
    repository.keep(base)
    assert repository.git("checkout", "--quiet", "-b", "theirs")
    repository.keep(theirs)
    assert repository.git("checkout", "--quiet", "main")
    repository.keep(ours)
    repository.git("merge", "--quiet", "theirs")
    return repository.read()


def some(*numbers: int, state: TaskState = TaskState.RUNNING) -> list[Attempt]:
    return [made(number, state) for number in numbers]


CASES = {
    "both_begin": ([], [1], [2]),
    "far_apart": ([3, 4, 5, 6, 7], [1, 3, 4, 5, 6, 7], [3, 4, 5, 6, 7, 9]),
    "adjacent": ([1, 5], [1, 2, 5], [1, 3, 5]),
    "same": ([1, 5], [1, 2, 5], [1, 2, 5]),
    "same_and_more": ([1, 9], [1, 2, 3, 4, 9], [1, 2, 4, 5, 9]),
    "both_at_the_end": ([1], [1, 2, 3], [1, 4]),
    "one_at_the_end": ([1, 2, 3], [1, 2, 3, 4], [0, 1, 2, 3]),
    "several_places": ([2, 4, 5, 6, 8], [1, 2, 4, 5, 6, 7, 8], [0, 2, 4, 5, 6, 8, 9]),
}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("case", CASES)
def test_branches_that_bought_different_shots_are_joined(
    tmp_path: Path, style: str, case: str
) -> None:
    base, ours, theirs = (a_ledger(*some(*numbers)) for numbers in CASES[case])

    assert merged(tmp_path, style, base, ours, theirs) == join_ledgers(ours, theirs)


@pytest.mark.parametrize("style", STYLES)
def test_branches_that_know_one_attempt_differently_are_joined(tmp_path: Path, style: str) -> None:
    base = a_ledger(sent(1), sent(2), sent(3))
    ours = a_ledger(sent(1), made(2), sent(3))
    theirs = a_ledger(sent(1), made(2, TaskState.COLLECTED, "bbbbbbbb"), sent(3))

    found = merged(tmp_path, style, base, ours, theirs)
    assert found == join_ledgers(join_ledgers(base, ours), theirs)


@pytest.mark.parametrize("style", STYLES)
def test_marker_lines_inside_a_refusal_are_text(tmp_path: Path, style: str) -> None:
    words = "no:\u2028<<<<<<< HEAD\u2028=======\u2028>>>>>>> theirs\n<<<<<<< HEAD\n"
    told = Attempt(id=sent(2).id, intent=sent(2).intent, refusal=words)
    base = a_ledger(sent(1), sent(3))
    ours = a_ledger(sent(1), told, sent(3))
    theirs = a_ledger(sent(1), sent(4), sent(3))

    assert parse_lockfile(encode_lockfile(ours)) == ours
    assert merged(tmp_path, style, base, ours, theirs) == join_ledgers(ours, theirs)


@pytest.mark.parametrize("style", STYLES)
def test_two_runs_left_open_on_two_branches_both_stay_open(tmp_path: Path, style: str) -> None:
    base = a_ledger(sent(1))
    ours = Ledger(
        batch="b-aaaaaaaa", name="harbor", open=Opening("aaaaaaaa", "2026-11-22T10:00:00Z")
    )
    theirs = Ledger(
        batch="b-aaaaaaaa", name="harbor", open=Opening("zzzzzzzz", "2026-11-22T09:00:00Z")
    )

    found = merged(tmp_path, style, base, ours, theirs)
    assert found.open == Opening("aaaaaaaa+zzzzzzzz", "2026-11-22T10:00:00Z")


@pytest.mark.parametrize("style", STYLES)
def test_first_runs_on_two_branches_are_joined(tmp_path: Path, style: str) -> None:
    repository = LedgerRepository(tmp_path, f"merge.conflictStyle={style}")
    (repository.tree / "harbor.yaml").write_text("version: 1\n")
    assert repository.git("add", "-A")
    assert repository.git("commit", "--quiet", "-m", "manifest")
    assert repository.git("checkout", "--quiet", "-b", "theirs")
    theirs = Ledger(batch="b-zzzzzzzz", name="harbor", attempts=a_ledger(made(2)).attempts)
    repository.keep(theirs)
    assert repository.git("checkout", "--quiet", "main")
    ours = a_ledger(made(1))
    repository.keep(ours)
    assert not repository.git("merge", "--quiet", "theirs")

    assert repository.read() == join_ledgers(ours, theirs)


@pytest.mark.parametrize("style", STYLES)
def test_a_criss_cross_conflict_is_joined(tmp_path: Path, style: str) -> None:
    repository = LedgerRepository(tmp_path, f"merge.conflictStyle={style}")
    git = repository.git
    repository.keep(a_ledger(sent(1), sent(9)))
    assert git("branch", "other")
    repository.keep(a_ledger(sent(1), sent(2), sent(9)))
    assert git("tag", "m1")
    assert git("checkout", "--quiet", "other")
    repository.keep(a_ledger(sent(1), sent(3), sent(9)))
    assert git("tag", "o1")
    git("merge", "--quiet", "m1")
    repository.keep(a_ledger(sent(1), sent(2), sent(3), made(4), sent(9)))
    assert git("checkout", "--quiet", "main")
    git("merge", "--quiet", "o1")
    repository.keep(a_ledger(sent(1), sent(2), sent(3), made(5), sent(9)))
    assert not git("merge", "--quiet", "other")

    assert repository.read() == a_ledger(sent(1), sent(2), sent(3), made(4), made(5), sent(9))


@pytest.mark.parametrize("style", STYLES)
def test_a_checkout_with_windows_line_ends_is_joined(tmp_path: Path, style: str) -> None:
    repository = LedgerRepository(tmp_path, f"merge.conflictStyle={style}", "core.autocrlf=true")
    repository.keep(a_ledger(sent(1), sent(9)))
    assert repository.git("checkout", "--quiet", "-b", "theirs")
    repository.keep(a_ledger(sent(1), made(2), sent(9)))
    assert repository.git("checkout", "--quiet", "main")
    repository.keep(a_ledger(sent(1), made(3), sent(9)))
    assert not repository.git("merge", "--quiet", "theirs")

    data = repository.lockfile.read_bytes()
    assert b"\r\n" in data
    both = a_ledger(sent(1), made(2), made(3), sent(9))
    assert repository.read() == both
    assert parse_lockfile(data.decode()) == both


def test_a_stash_that_conflicts_is_joined(tmp_path: Path) -> None:
    repository = LedgerRepository(tmp_path)
    repository.keep(a_ledger(sent(1), sent(9)))
    ours = a_ledger(sent(1), made(2), sent(9))
    repository.lockfile.write_text(encode_lockfile(ours), encoding="utf-8")
    assert repository.git("stash", "--quiet")
    repository.keep(a_ledger(sent(1), made(3), sent(9)))
    assert not repository.git("stash", "pop", "--quiet")

    assert repository.read() == a_ledger(sent(1), made(2), made(3), sent(9))


def test_longer_markers_are_known(tmp_path: Path) -> None:
    repository = LedgerRepository(tmp_path)
    (repository.tree / ".gitattributes").write_text("*.lock.json conflict-marker-size=12\n")
    repository.keep(a_ledger(sent(1), sent(9)))
    assert repository.git("checkout", "--quiet", "-b", "theirs")
    repository.keep(a_ledger(sent(1), made(2), sent(9)))
    assert repository.git("checkout", "--quiet", "main")
    repository.keep(a_ledger(sent(1), made(3), sent(9)))
    assert not repository.git("merge", "--quiet", "theirs")

    assert b"<<<<<<<<<<<< " in repository.lockfile.read_bytes()
    assert repository.read() == a_ledger(sent(1), made(2), made(3), sent(9))


@pytest.mark.parametrize("lost", ["<<<<<<< HEAD\n", "=======\n", ">>>>>>> theirs\n"])
def test_a_conflict_that_lost_a_marker_is_refused(lost: str) -> None:
    text = encode_lockfile(a_ledger(sent(1)))
    woven = f"<<<<<<< HEAD\n{text}=======\n{text}>>>>>>> theirs\n"

    assert parse_lockfile(woven) == a_ledger(sent(1))
    with pytest.raises(LedgerDamaged):
        parse_lockfile(woven.replace(lost, ""))


def test_markers_without_labels_are_known() -> None:
    ours, theirs = a_ledger(sent(1)), a_ledger(sent(2))
    woven = (
        f"<<<<<<<\n{encode_lockfile(ours)}|||||||\nnothing\n"
        f"=======\n{encode_lockfile(theirs)}>>>>>>>\n"
    )

    assert parse_lockfile(woven) == a_ledger(sent(1), sent(2))
