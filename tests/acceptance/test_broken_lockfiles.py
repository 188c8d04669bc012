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


UNTORN = [without_a_marker, with_both_sides_and_no_markers, without_a_comma]
HOW = [*UNTORN, cut_off, emptied]


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


@pytest.mark.parametrize("how", UNTORN)
def test_after_the_broken_file_was_committed(
    place: Workplace, conflict: Repository, how: Callable[[str], str], figures: Figures
) -> None:
    """And on a machine that never had a journal: every line stands, so that none is lost."""
    break_it(place, how)
    conflict.commit("merged, somehow")
    conflict.must("commit", "--quiet", "--allow-empty", "-m", "more")
    (place.folder / ".omnibatch" / "film.journal").unlink()

    cure(place, figures)


@pytest.mark.parametrize("how", [cut_off, emptied])
def test_a_committed_loss_is_in_doubt_though_both_parents_can_be_read(
    place: Workplace, conflict: Repository, how: Callable[[str], str]
) -> None:
    """A run may have bought more between the merge and the commit. The way on buys nothing."""
    break_it(place, how)
    conflict.commit("merged, somehow")
    (place.folder / ".omnibatch" / "film.journal").unlink()
    posts = place.posts

    restored = place.omnibatch("merge-lock", "--restore", "film.lock.json")
    refused = place.run()
    answered = place.run("--journal-lost")
    run = place.run()

    assert (restored.code, refused.code) == (7, 7), restored.said + refused.said
    assert (answered.code, run.code) == (0, 0), answered.said + run.said
    assert place.posts == posts
    assert place.states() == dict.fromkeys(("s1", "s2", "s3"), "collected")


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


def cut_lines(place: Workplace, *shots: str, mark: str = "") -> None:
    """Leave only the first 100 characters of the lines of these shots, perhaps after a mark."""
    lines = place.lockfile.read_text(encoding="utf-8").split("\n")
    words = [f'"shot":"{shot}"' for shot in shots]
    cut = [mark + line[:100] if any(word in line for word in words) else line for line in lines]
    place.lockfile.write_text("\n".join(cut), encoding="utf-8", newline="\n")


@pytest.fixture
def grown(place: Workplace, home: Path) -> Repository:
    """git has s1 and s2; s3 and s4 have been bought since."""
    git = Repository(place.folder, home)
    (place.folder / ".gitignore").write_text(".omnibatch/\nrenders/\n")
    place.write(2)
    assert place.run().code == 0
    git.commit("s1, s2")
    place.write(4)
    assert place.run().code == 0
    return git


@pytest.mark.parametrize("mark", ["", "<<<<<<< ", ">>>>>>> "])
@pytest.mark.parametrize("where", ["in a clone", "without a journal", "uncommitted"])
def test_an_older_copy_in_git_does_not_answer_for_lines_that_are_lost(
    place: Workplace, grown: Repository, where: str, mark: str
) -> None:
    cut_lines(place, "s3", "s4", mark=mark)
    if where != "uncommitted":
        grown.commit("broken")
    if where == "in a clone":
        grown.must("clone", "--quiet", ".", "clone")
        place.folder = place.folder / "clone"
    else:
        shutil.rmtree(place.folder / ".omnibatch")
    assert place.run().code == 7

    restored = place.omnibatch("merge-lock", "--restore", "film.lock.json")
    run = place.run()
    lost = place.run("--journal-lost")

    assert restored.code == 7, restored.said
    assert "neither git nor a journal answers" in restored.err
    assert "2 lines could not be read" in restored.out
    assert run.code == 7, run.said
    assert "could not be read" in run.err
    assert lost.code == 4, lost.said
    assert place.posts == 4, "nothing is bought again"


def test_the_journal_of_this_machine_answers_for_lines_that_it_knows(
    place: Workplace, grown: Repository, figures: Figures
) -> None:
    cut_lines(place, "s3", "s4")
    grown.commit("broken")
    assert place.run().code == 7

    restored = place.omnibatch("merge-lock", "--restore", "film.lock.json")
    run = place.run()

    assert (restored.code, run.code) == (0, 0), restored.said + run.said
    assert place.posts == 4


def test_a_journal_that_never_knew_the_lost_lines_does_not_answer_for_them(
    place: Workplace, grown: Repository
) -> None:
    """Another machine has bought s3 and s4; this one has a journal of s1 and s2."""
    grown.must("clone", "--quiet", ".", "clone")
    here = place.folder / "clone"
    shutil.copytree(place.folder / ".omnibatch", here / ".omnibatch")
    journal = here / ".omnibatch" / "film.journal"
    lines = journal.read_text(encoding="utf-8").splitlines(keepends=True)
    first = next(n for n, line in enumerate(lines) if '"shot":"s3"' in line or "s4" in line)
    journal.write_text("".join(lines[:first]), encoding="utf-8")
    cut_lines(place, "s3", "s4")
    grown.commit("broken")
    grown.must("-C", "clone", "pull", "--quiet")
    place.folder = here
    assert place.run().code == 7

    restored = place.omnibatch("merge-lock", "--restore", "film.lock.json")
    run = place.run()

    assert (restored.code, run.code) == (7, 7), restored.said + run.said
    assert place.posts == 4


@pytest.mark.parametrize("given", [True, False], ids=["given", "not given"])
def test_a_journal_that_is_kept_elsewhere_answers_where_it_is_named(
    place: Workplace, given: bool
) -> None:
    """And where it was not named at first, the words that name it are printed."""
    place.write(2)
    kept = place.folder / "a volume"
    assert place.run("--ledger", str(kept)).code == 0
    cut_lines(place, "s2")
    refused = place.run("--ledger", str(kept))
    assert refused.code == 7
    assert "merge-lock --restore film.lock.json --ledger '" in refused.err

    if not given:
        doubtful = place.omnibatch("merge-lock", "--restore", "film.lock.json")
        unheard = place.run()
        assert (doubtful.code, unheard.code) == (7, 7), doubtful.said + unheard.said
        for said in (doubtful.err, unheard.err):
            assert "--ledger DIR" in said
        again = next(line for line in doubtful.err.splitlines() if " && " in line)
        first, second = again.partition(": ")[2].split(" && ")
        assert shlex.split(first)[0] == "mv"
        broken, lockfile = shlex.split(first)[1:]
        (place.folder / broken).rename(place.folder / lockfile)
        words = shlex.split(second.replace("DIR", shlex.quote(str(kept))))[1:]
    else:
        words = ["merge-lock", "--restore", "film.lock.json", "--ledger", str(kept)]
    restored = place.omnibatch(*words)
    run = place.run("--ledger", str(kept))

    assert (restored.code, run.code) == (0, 0), restored.said + run.said
    assert place.posts == 2


def test_a_missing_journal_may_lie_where_another_ledger_was_named(place: Workplace) -> None:
    place.reopen(render_s=(2.0, 2.0))
    place.write(2)
    with place.start_run("--ledger", "volume") as running:
        running.until("created task", times=2)
        running.kill()

    refused = place.run()
    finished = place.run("--ledger", "volume")

    assert refused.code == 7, refused.said
    assert "--ledger DIR" in refused.err
    assert finished.code == 0, finished.said
    assert set(place.sold.values()) == {1}


@pytest.mark.parametrize("how", [cut_off, without_a_comma])
def test_a_broken_lockfile_beside_a_damaged_journal_has_a_way_on(
    place: Workplace, how: Callable[[str], str]
) -> None:
    place.write(3)
    assert place.run().code == 0
    break_it(place, how)
    journal = place.folder / ".omnibatch" / "film.journal"
    data = journal.read_bytes()
    first = data.index(b'"intended_at"')
    journal.write_bytes(data[:first] + b"x" + data[first + 1 :])
    assert place.run().code == 7

    restored = place.omnibatch("merge-lock", "--restore", "film.lock.json")
    refused = place.run()
    finished = place.run("--journal-lost")
    again = place.run()

    assert restored.code == (7 if how is cut_off else 0), restored.said
    assert refused.code == 7, refused.said
    assert finished.code == 0, finished.said
    assert again.code == 0, again.said
    assert place.posts == 3


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
