"""Lockfiles of two branches meet: real git, with `omnibatch merge-lock` as its merge driver."""

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from omnibatch.ledger import (
    Attempt,
    Ledger,
    Opening,
    TaskState,
    encode_lockfile,
    parse_lockfile,
)
from omnibatch.ledger.join import join_ledgers

from ..launching import Launcher
from ..repository import Repository
from ..unit.ledger.samples import a_ledger, made, sent

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

BASE = a_ledger(sent(1), sent(9))
OURS = a_ledger(sent(1), made(2), sent(9))
THEIRS = a_ledger(sent(1), made(3, TaskState.COLLECTED), sent(9))
BOTH = join_ledgers(OURS, THEIRS)
NEWER = encode_lockfile(THEIRS).replace('{"version":1,', '{"version":2,"more":[],')


class Film(Repository):
    """A repository of one film, set up by `omnibatch init`."""

    def __init__(self, tree: Path, home: Path, name: str = "harbor") -> None:
        tree.mkdir()
        super().__init__(tree, home)
        self.lockfile = tree / f"{name}.lock.json"
        self.omnibatch("init", "--name", name)
        self.commit("begin")

    def omnibatch(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "omnibatch", *arguments],
            cwd=self.tree,
            env=self.environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    def keep(self, ledger: Ledger | str) -> None:
        text = ledger if isinstance(ledger, str) else encode_lockfile(ledger)
        self.lockfile.write_text(text, encoding="utf-8", newline="\n")
        self.commit()

    def branches(
        self, base: Ledger | None, ours: Ledger | str, theirs: Ledger | str, name: str = "theirs"
    ) -> None:
        """Two branches that begin with `base`; `main`, with `ours`, is checked out."""
        if base is not None:
            self.keep(base)
        self.must("checkout", "--quiet", "-b", name)
        self.keep(theirs)
        self.must("checkout", "--quiet", "main")
        self.keep(ours)

    @property
    def text(self) -> str:
        return self.lockfile.read_bytes().decode()

    def is_clean(self) -> bool:
        return self.must("status", "--porcelain") == ""


@pytest.fixture
def film(tmp_path: Path, home: Path) -> Film:
    return Film(tmp_path / "film", home)


def test_branches_that_bought_different_shots_merge_without_a_conflict(film: Film) -> None:
    film.branches(BASE, OURS, THEIRS)

    film.must("merge", "--quiet", "theirs")

    assert film.text == encode_lockfile(BOTH)
    assert film.is_clean()


def test_a_merge_gives_the_same_bytes_from_either_side(film: Film) -> None:
    film.branches(BASE, OURS, THEIRS)
    film.must("checkout", "--quiet", "theirs")

    film.must("merge", "--quiet", "main")

    assert film.text == encode_lockfile(BOTH)


def test_two_clips_of_one_shot_are_both_kept(film: Film) -> None:
    ours = a_ledger(made(1, TaskState.COLLECTED, "aaaaaaaa"))
    twin = made(1, TaskState.COLLECTED, "bbbbbbbb")
    ((key, task),) = twin.tasks.items()
    theirs = a_ledger(
        Attempt(
            id=twin.id,
            intent=twin.intent,
            sends=twin.sends,
            tasks={key._replace(task_id="another"): task},
        )
    )
    film.branches(a_ledger(sent(1)), ours, theirs)

    film.must("merge", "--quiet", "theirs")

    (attempt,) = parse_lockfile(film.text).attempts.values()
    assert {key.task_id for key in attempt.tasks} == {"clx1", "another"}
    assert len(attempt.sends) == 2


def test_first_runs_on_two_branches_merge(film: Film) -> None:
    theirs = Ledger(batch="b-zzzzzzzz", name="harbor", attempts=THEIRS.attempts)
    film.branches(None, OURS, theirs)

    film.must("merge", "--quiet", "theirs")

    assert film.text == encode_lockfile(BOTH)


def test_a_rebase_carries_every_purchase_along(film: Film) -> None:
    film.branches(BASE, OURS, THEIRS)
    film.keep(a_ledger(sent(1), made(2), made(4), sent(9)))

    film.must("rebase", "--quiet", "theirs")

    assert film.text == encode_lockfile(join_ledgers(BOTH, a_ledger(made(4))))
    assert film.is_clean()


def test_a_commit_is_picked_with_what_its_lockfile_knew(film: Film) -> None:
    film.branches(BASE, OURS, THEIRS)

    film.must("cherry-pick", "theirs")

    assert film.text == encode_lockfile(BOTH)


def test_a_reverted_purchase_stays_in_the_lockfile(film: Film) -> None:
    """A text merge would take the attempt out, and a fresh clone would buy it again."""
    film.keep(BASE)
    film.keep(OURS)
    film.keep(BOTH)

    film.run("revert", "--no-edit", "HEAD~1")

    assert film.text == encode_lockfile(BOTH)
    assert film.unmerged() == []


def test_a_stash_comes_back_on_top_of_other_purchases(film: Film) -> None:
    film.keep(BASE)
    film.lockfile.write_text(encode_lockfile(OURS), encoding="utf-8")
    film.must("stash", "--quiet")
    film.keep(THEIRS)

    film.must("stash", "pop", "--quiet")

    assert film.text == encode_lockfile(BOTH)
    assert film.unmerged() == []


def test_a_checkout_that_merges_takes_what_is_not_committed_along(film: Film) -> None:
    film.branches(BASE, OURS, THEIRS)
    film.lockfile.write_text(encode_lockfile(a_ledger(sent(1), made(2), made(4), sent(9))))

    film.must("checkout", "--quiet", "--merge", "theirs")

    assert film.text == encode_lockfile(join_ledgers(BOTH, a_ledger(made(4))))


def test_a_renamed_film_takes_the_purchases_of_the_other_branch(film: Film) -> None:
    film.branches(BASE, OURS, THEIRS)
    film.must("mv", "harbor.yaml", "port.yaml")
    film.must("mv", "harbor.lock.json", "port.lock.json")
    film.omnibatch("init")
    film.commit("rename")
    film.lockfile = film.tree / "port.lock.json"

    film.must("merge", "--quiet", "theirs")

    assert film.text == encode_lockfile(BOTH)
    assert not (film.tree / "harbor.lock.json").exists()


def test_branches_that_crossed_merge(film: Film) -> None:
    film.branches(BASE, OURS, THEIRS)
    film.must("tag", "before")
    film.must("merge", "--quiet", "theirs")
    film.keep(join_ledgers(BOTH, a_ledger(made(4))))
    film.must("checkout", "--quiet", "theirs")
    film.must("merge", "--quiet", "before")
    film.keep(join_ledgers(BOTH, a_ledger(made(5))))

    film.must("merge", "--quiet", "main")

    assert film.text == encode_lockfile(join_ledgers(BOTH, a_ledger(made(4), made(5))))


def test_a_run_left_open_on_one_branch_stays_open(film: Film) -> None:
    left_open = Ledger(
        batch="b-aaaaaaaa",
        name="harbor",
        open=Opening("bbbbbbbb", "2026-11-22T09:00:00Z"),
        attempts=THEIRS.attempts,
    )
    film.branches(BASE, OURS, left_open)

    film.must("merge", "--quiet", "theirs")

    assert parse_lockfile(film.text) == join_ledgers(OURS, left_open)


BROKEN: dict[str, Callable[[str], str]] = {
    "of_a_newer_format": lambda text: NEWER,
    "cut_off": lambda text: text[: len(text) // 2],
    "edited_by_hand": lambda text: text.replace('"sends":{', '"sends":{,'),
    "with_one_marker": lambda text: "<<<<<<< HEAD\n" + text,
}


@pytest.mark.parametrize("how", BROKEN)
@pytest.mark.parametrize("side", ["ours", "theirs"])
def test_a_side_that_cannot_be_read_is_a_conflict_with_both_sides_whole(
    film: Film, how: str, side: str
) -> None:
    sides = {"ours": encode_lockfile(OURS), "theirs": encode_lockfile(THEIRS)}
    sides[side] = BROKEN[how](sides[side])
    film.branches(BASE, **sides)

    done = film.run("merge", "theirs")

    assert done.returncode == 1, done.stderr
    assert (
        f"omnibatch: harbor.lock.json is left in conflict, with both sides whole in it: {side}"
        in (done.stderr)
    )
    assert film.unmerged() == ["harbor.lock.json"]
    assert all(text in film.text for text in sides.values())


def test_a_conflict_that_was_left_for_want_of_an_update_is_read_after_it(film: Film) -> None:
    """Here the update is that the format is one we know."""
    film.branches(BASE, OURS, NEWER)
    film.run("merge", "theirs")

    updated = film.text.replace('{"version":2,"more":[],', '{"version":1,')

    assert parse_lockfile(updated) == BOTH


def test_a_committed_conflict_is_a_side_like_any_other(film: Film) -> None:
    third = a_ledger(sent(1), made(5), sent(9))
    woven = f"<<<<<<< HEAD\n{encode_lockfile(OURS)}=======\n{encode_lockfile(third)}>>>>>>> a\n"
    film.branches(BASE, woven, THEIRS)

    film.must("merge", "--quiet", "theirs")

    assert film.text == encode_lockfile(join_ledgers(BOTH, third))


@pytest.mark.parametrize("name", ["my harbor", "häfen 'n' \"boats\"", "a[1]", "-dash"])
def test_a_film_of_any_name_merges(tmp_path: Path, home: Path, name: str) -> None:
    tree = tmp_path / "of films"
    film = Film(tree, home)
    (tree / "harbor.yaml").rename(tree / f"{name}.yaml")
    film.omnibatch("init")
    film.commit("rename")
    film.lockfile = tree / f"{name}.lock.json"
    film.branches(BASE, OURS, THEIRS)

    film.must("merge", "--quiet", "theirs")

    assert film.text == encode_lockfile(BOTH)


def test_a_lockfile_of_another_program_merges_as_text(film: Film) -> None:
    film.lockfile = film.tree / "other.lock.json"
    with (film.tree / ".gitattributes").open("a") as attributes:
        attributes.write("*.lock.json merge=omnibatch\n")
    lines = [f'"{name}": 1,\n' for name in "abcdefghi"]
    film.keep("".join(lines))
    film.must("checkout", "--quiet", "-b", "theirs")
    film.keep("".join([*lines, '"z": 1\n']))
    film.must("checkout", "--quiet", "main")
    film.keep("".join(['"0": 1,\n', *lines]))

    film.must("merge", "--quiet", "theirs")

    assert film.text == "".join(['"0": 1,\n', *lines, '"z": 1\n'])


def _no_interpreter(film: Film) -> None:
    gone = film.must("config", "merge.omnibatch.driver").replace(sys.executable, "/gone/python")
    film.must("config", "merge.omnibatch.driver", gone.strip())


def _no_omnibatch(film: Film) -> None:
    bare = film.must("config", "merge.omnibatch.driver").replace(" -P ", " -I -S ")
    film.must("config", "merge.omnibatch.driver", bare.strip())


def _no_driver(film: Film) -> None:
    film.must("config", "--remove-section", "merge.omnibatch")


@pytest.mark.parametrize("without", [_no_driver, _no_interpreter, _no_omnibatch])
def test_without_the_driver_git_merges_as_text_and_a_conflict_is_read(
    film: Film, without: Callable[[Film], None]
) -> None:
    without(film)
    film.branches(BASE, OURS, THEIRS)

    done = film.run("merge", "--quiet", "theirs")

    assert done.returncode == 1
    assert film.unmerged() == ["harbor.lock.json"]
    assert "=======" in film.text
    assert parse_lockfile(film.text) == BOTH


def test_a_fresh_clone_is_told_of_the_driver_by_one_command(film: Film, tmp_path: Path) -> None:
    film.branches(BASE, OURS, THEIRS)
    film.must("clone", "--quiet", str(film.tree), str(tmp_path / "clone"))
    clone = Film.__new__(Film)
    clone.__dict__ |= {**film.__dict__, "tree": tmp_path / "clone"}
    clone.lockfile = clone.tree / "harbor.lock.json"

    told = clone.omnibatch("merge-lock", "--install")
    again = clone.omnibatch("merge-lock", "--install", ".")

    assert (told.returncode, told.stdout.split(":")[0]) == (0, "set"), told.stderr
    assert again.stdout.startswith("kept")
    assert clone.is_clean()
    clone.must("merge", "--quiet", "origin/theirs")
    assert clone.text == encode_lockfile(BOTH)


def test_nothing_of_the_repository_is_run_by_a_merge(film: Film) -> None:
    """git starts the driver at the top of the work tree, where anything may stand."""
    for name in ("omnibatch", "json", "click"):
        (film.tree / f"{name}.py").write_text("raise SystemExit('run')\n")
    film.branches(BASE, OURS, THEIRS)

    film.must("merge", "--quiet", "theirs")

    assert film.text == encode_lockfile(BOTH)


@pytest.mark.skipif(sys.platform == "win32", reason="needs the modes of POSIX files")
def test_an_interpreter_in_a_folder_with_spaces_and_quotes_is_found(
    film: Film, tmp_path: Path
) -> None:
    python = tmp_path / "it's $HOME" / "python"
    python.parent.mkdir()
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(python.stat().st_mode | stat.S_IXUSR)
    line = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; sys.executable = sys.argv[1]\n"
            "from omnibatch.cli.merge_driver import driver_command; print(driver_command())",
            str(python),
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    film.must("config", "merge.omnibatch.driver", line.strip())
    film.branches(BASE, OURS, THEIRS)

    film.must("merge", "--quiet", "theirs")

    assert film.text == encode_lockfile(BOTH)


@pytest.mark.parametrize("kind", ["ENOSPC", "EIO", "TORN", "GONE"])
@pytest.mark.parametrize("step", range(1, 7))
def test_a_disk_that_fails_leaves_the_file_as_it_was(
    tmp_path: Path, home: Path, launcher: Launcher, kind: str, step: int
) -> None:
    """git's merge of texts then goes on from it."""
    for name, ledger in (("O", BASE), ("A", OURS), ("B", THEIRS)):
        (tmp_path / name).write_text(encode_lockfile(ledger), encoding="utf-8")
    environment = {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "OMNIBATCH_TEST_DISK": f"{kind}:{step}",
        "OMNIBATCH_TEST_DISK_TOLD": str(tmp_path / "told"),
    }
    with launcher.start(
        ("merge-lock", "O", "A", "B"), folder=tmp_path, environment=environment
    ) as running:
        done = running.wait()

    text = (tmp_path / "A").read_text(encoding="utf-8")
    assert (done.code, text) in {
        (0, encode_lockfile(BOTH)),
        (1, encode_lockfile(OURS)),
        (1, encode_lockfile(BOTH)),
    }, done.said
    assert done.code == 0 or "A cannot be written" in done.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "takes the files BASE OURS THEIRS"),
        (("a", "b"), "takes the files BASE OURS THEIRS"),
        (("--install", "a", "b"), "takes the files BASE OURS THEIRS"),
        (("--install", "gone"), "gone is not a folder"),
        (("a", "b", "c"), "a cannot be read"),
    ],
)
def test_what_it_cannot_do_is_said(
    tmp_path: Path, home: Path, launcher: Launcher, arguments: tuple[str, ...], words: str
) -> None:
    environment = {"HOME": str(home), "PATH": os.environ["PATH"]}
    with launcher.start(
        ("merge-lock", *arguments), folder=tmp_path, environment=environment
    ) as running:
        done = running.wait()

    assert done.code in (1, 2)
    assert words in done.err
