"""A lockfile that a merge gone wrong has broken: the cure that is printed works in each state."""

import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from omnibatch.ledger import encode_lockfile, parse_lockfile

from ..figures import Figures
from ..repository import Repository
from ..workplace import Document, Workplace, prompt_of

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def shots(*numbers: int) -> list[Document]:
    return [{"id": f"s{n}", "prompt": prompt_of(n)} for n in numbers]


def without_a_marker(text: str) -> str:
    return text.replace("=======\n", "", 1)


def with_both_sides_and_no_markers(text: str) -> str:
    return "".join(line for line in text.splitlines(True) if line[0] not in "<=>|")


def without_a_comma(text: str) -> str:
    return with_both_sides_and_no_markers(text).replace("},\n", "}\n", 2)


def cut_off(text: str) -> str:
    return text[: len(text) * 2 // 3]


def emptied(text: str) -> str:
    return ""


HOW = [without_a_marker, with_both_sides_and_no_markers, without_a_comma, cut_off, emptied]


@pytest.fixture
def conflict(place: Workplace, home: Path) -> Repository:
    """`main` has bought s1 and s2, `other` s1 and s3; they conflict in the work tree."""
    git = Repository(place.folder, home)
    place.write(shots(1))
    (place.folder / ".gitignore").write_text(".omnibatch/\nrenders/\n")
    assert place.run().code == 0
    git.commit("s1")
    git.must("checkout", "--quiet", "-b", "other")
    place.write(shots(1, 3))
    assert place.run().code == 0
    git.commit("s3")
    git.must("checkout", "--quiet", "main")
    (place.folder / ".omnibatch" / "film.journal").unlink()
    place.write(shots(1, 2))
    assert place.run().code == 0
    git.commit("s2")
    git.run("merge", "--quiet", "other")
    place.write(shots(1, 2, 3))
    assert set(git.unmerged()) == {"film.lock.json", "film.yaml"}
    return git


def break_it(place: Workplace, how: Callable[[str], str]) -> None:
    text = place.lockfile.read_text(encoding="utf-8")
    place.lockfile.write_text(how(text), encoding="utf-8", newline="\n")


def cure(place: Workplace, figures: Figures) -> None:
    """Do what a refused run says, and see the film whole with nothing bought."""
    posts = place.posts
    refused = place.run()
    assert refused.code == 7, refused.said
    assert refused.err.count("omnibatch merge-lock --restore film.lock.json") == 1, refused.err
    command = next(line for line in refused.err.splitlines() if "--restore" in line)
    words = shlex.split(command.strip().partition(" writes it anew")[0])

    restored = place.omnibatch(*words[1:])

    assert restored.code == 0, restored.said
    text = place.lockfile.read_text(encoding="utf-8")
    assert text == encode_lockfile(parse_lockfile(text))
    run = place.run()
    assert run.code == 0, run.said
    assert place.posts == posts, "nothing is bought again"
    assert place.states() == dict.fromkeys(("s1", "s2", "s3"), "collected")
    figures.report("broken lockfile cured", schedules=1, duplicates=0, lost=0)


@pytest.mark.parametrize("how", HOW)
def test_during_a_merge(
    place: Workplace, conflict: Repository, how: Callable[[str], str], figures: Figures
) -> None:
    break_it(place, how)

    cure(place, figures)

    conflict.commit("merged")
    kept = list((place.folder / ".omnibatch").glob("film.lock.json.broken-1"))
    assert len(kept) == 1
    assert "broken" not in conflict.must("ls-files")


@pytest.mark.parametrize("how", HOW)
def test_after_the_broken_file_was_committed(
    place: Workplace, conflict: Repository, how: Callable[[str], str], figures: Figures
) -> None:
    """And on a machine that never had a journal: both parents of the merge are asked."""
    break_it(place, how)
    conflict.commit("merged, somehow")
    conflict.must("commit", "--quiet", "--allow-empty", "-m", "more")
    (place.folder / ".omnibatch" / "film.journal").unlink()

    cure(place, figures)


@pytest.mark.parametrize("how", HOW)
def test_during_a_rebase(
    place: Workplace, conflict: Repository, how: Callable[[str], str], figures: Figures
) -> None:
    conflict.must("checkout", "--quiet", "--force", "main")
    conflict.run("rebase", "--quiet", "other")
    place.write(shots(1, 2, 3))
    break_it(place, how)

    cure(place, figures)

    conflict.must("add", "-A")
    conflict.must("rebase", "--continue")


def test_after_a_stash_came_back_half(
    place: Workplace, conflict: Repository, figures: Figures
) -> None:
    conflict.must("reset", "--quiet", "--hard")
    conflict.must("checkout", "--quiet", "other")
    place.write(shots(1, 2, 3))
    assert place.run().code == 0
    conflict.must("checkout", "--quiet", "--", "film.yaml")
    conflict.must("stash", "--quiet")
    conflict.must("checkout", "--quiet", "main")
    conflict.run("stash", "pop")
    assert conflict.unmerged() == ["film.lock.json"]
    place.write(shots(1, 2, 3))
    break_it(place, without_a_marker)

    cure(place, figures)


def test_without_git_the_journal_knows(place: Workplace, figures: Figures) -> None:
    place.write(shots(1, 2, 3))
    assert place.run().code == 0
    break_it(place, emptied)

    cure(place, figures)


def test_where_nobody_answers_for_lost_lines_nothing_is_bought(place: Workplace) -> None:
    place.write(shots(1, 2, 3))
    assert place.run().code == 0
    shutil.rmtree(place.folder / ".omnibatch")
    text = place.lockfile.read_text(encoding="utf-8")
    place.lockfile.write_text(text[: len(text) * 2 // 3], encoding="utf-8")

    restored = place.omnibatch("merge-lock", "--restore", "film.lock.json")
    run = place.run()

    assert restored.code == 7, restored.said
    assert "neither git nor a journal" in restored.err
    assert run.code == 7, run.said
    assert "omnibatch adopt" in run.err
    assert place.posts == 3
    assert len(parse_lockfile(place.lockfile.read_text()).attempts) in (1, 2)


def test_lines_that_can_all_be_read_need_no_other_witness(
    place: Workplace, figures: Figures
) -> None:
    place.write(shots(1, 2, 3))
    assert place.run().code == 0
    shutil.rmtree(place.folder / ".omnibatch")
    break_it(place, lambda text: text.replace("},\n", "}\n"))

    cure(place, figures)


def test_where_nothing_is_known_it_says_so(place: Workplace) -> None:
    place.write(shots(1))
    place.lockfile.write_text("{}")

    restored = place.omnibatch("merge-lock", "--restore", "film.lock.json")

    assert restored.code == 7
    assert "nothing is known of film.lock.json" in restored.err
    assert place.lockfile.read_text() == "{}"
    assert place.run().code == 7
    assert place.posts == 0


def test_a_lockfile_that_is_gone_is_written_anew(place: Workplace, home: Path) -> None:
    git = Repository(place.folder, home)
    place.write(shots(1, 2))
    assert place.run().code == 0
    text = place.lockfile.read_text()
    git.commit()
    shutil.rmtree(place.folder / ".omnibatch")
    git.must("rm", "--quiet", "film.lock.json")
    git.commit("gone")

    restored = place.omnibatch("merge-lock", "--restore", "film.lock.json")

    assert restored.code == 0, restored.said
    assert place.lockfile.read_text() == text


def test_a_lockfile_that_can_be_read_is_left_as_it_is(place: Workplace) -> None:
    place.write(shots(1))
    assert place.run().code == 0
    before = place.listing()

    restored = place.omnibatch("merge-lock", "--restore", "film.lock.json")

    assert restored.code == 0
    assert "left as it is" in restored.out
    assert place.listing() == before


@pytest.mark.parametrize("name", ["film.yaml", "gone/film.lock.json"])
def test_what_is_no_lockfile_is_refused(place: Workplace, name: str) -> None:
    place.write(shots(1))

    done = place.omnibatch("merge-lock", "--restore", name)

    assert done.code == 2
    assert "is no lockfile" in done.err
