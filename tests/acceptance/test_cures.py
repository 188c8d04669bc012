"""Every refusal of exit code 7 over a file has a cure that is a command; here it is followed."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from ..workplace import Workplace


def rendered(place: Workplace, shots: int = 1) -> None:
    """A film of which everything is collected, committed to git."""
    place.write(shots)
    assert place.run().code == 0
    git(place, "init")
    git(place, "add", "film.yaml", "film.lock.json")
    git(place, "commit", "-m", "Render the film")


def git(place: Workplace, *arguments: str) -> None:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
    subprocess.run(
        ["git", *identity, *arguments], cwd=place.folder, check=True, capture_output=True
    )


@pytest.fixture(params=["empty", "truncated", "binary", "edited", "folder"])
def spoilt(place: Workplace, request: pytest.FixtureRequest) -> Workplace:
    """A rendered film whose lockfile is no lockfile any more."""
    rendered(place)
    data = place.lockfile.read_bytes()
    match request.param:
        case "empty":
            place.lockfile.write_bytes(b"")
        case "truncated":
            place.lockfile.write_bytes(data[: len(data) // 2])
        case "binary":
            place.lockfile.write_bytes(bytes(range(256)))
        case "edited":
            place.lockfile.write_bytes(data.replace(b'"collected"', b'"bought"'))
        case "folder":
            place.lockfile.unlink()
            place.lockfile.mkdir()
    return place


@pytest.mark.parametrize("way", ["restore", "git", "move away"])
def test_a_spoilt_lockfile_comes_back_and_nothing_is_bought_again(
    spoilt: Workplace, way: str
) -> None:
    """By the command that the message names; by git; and, moved away, by the journal."""
    place = spoilt
    refused = [place.run(), place.omnibatch("status", "film.yaml")]

    assert [each.code for each in refused] == [7, 7], refused[0].said
    if place.lockfile.is_dir():
        assert "put a file in its place" in refused[0].err
        place.lockfile.rmdir()
    else:
        assert "omnibatch merge-lock --restore film.lock.json" in refused[0].err
    if way == "restore":
        restored = place.omnibatch("merge-lock", "--restore", "film.lock.json")
        assert restored.code == 0, restored.said
    elif way == "git":
        git(place, "checkout", "--", "film.lock.json")
    elif place.lockfile.exists():
        place.lockfile.rename(place.folder / "film.lock.json.bad")
    finished = place.run()
    assert finished.code == 0, finished.said
    assert place.states() == {"s1": "collected"}
    assert place.posts == 1


@pytest.mark.parametrize("file", ["lockfile", "journal"])
def test_files_of_a_later_format_ask_for_an_update_and_are_left_alone(
    place: Workplace, file: str
) -> None:
    rendered(place)
    journal = place.folder / ".omnibatch" / "film.journal"
    if file == "lockfile":
        path = place.lockfile
        path.write_text(path.read_text().replace('"version":1', '"version":2', 1))
    else:
        from omnibatch.ledger.records import record_line

        path = journal
        header = {"journal": 2, "batch": "b-aaaaaaaa", "writer": "aaaaaaaa"}
        path.write_bytes(record_line(header))
    before = path.read_bytes()

    for command in ("run", "plan", "status", "retry"):
        finished = place.omnibatch(command, "film.yaml", *(["s1"] if command == "retry" else []))
        assert finished.code == 7, finished.said
        assert "update omnibatch" in finished.err
    assert path.read_bytes() == before
    assert place.posts == 1


def test_a_file_that_is_no_journal_is_moved_away(place: Workplace) -> None:
    from omnibatch.ledger.records import record_line

    place.write(1)
    journal = place.folder / ".omnibatch" / "film.journal"
    journal.parent.mkdir()
    journal.write_bytes(record_line({"somebody": "else's"}))

    refused = place.run()

    assert refused.code == 7, refused.said
    assert "mv .omnibatch/film.journal .omnibatch/film.journal.other" in refused.err
    journal.rename(journal.with_name("film.journal.other"))
    assert place.run().code == 0


# 0.2 s each, and each is one more way for a folder to be of no use.
@pytest.mark.parametrize("rough", ["READONLY:1", "FULL:1", "GONE:1", "ENOSPC:1", "EIO:2"])
def test_a_ledger_that_cannot_be_written_fails_before_the_first_post(
    place: Workplace, rough: str, tmp_path: Path
) -> None:
    place.write(1)
    told = str(tmp_path / "told")

    refused = place.run(OMNIBATCH_TEST_DISK=rough, OMNIBATCH_TEST_DISK_TOLD=told)

    assert refused.code == 7, refused.said
    assert place.posts == 0
    assert place.run().code == 0
    assert place.posts == 1


@pytest.mark.parametrize("gone", ["a file stands there", "the lockfile is a folder"])
def test_a_ledger_whose_place_is_taken_fails_before_the_first_post(
    place: Workplace, gone: str
) -> None:
    place.write(1)
    if gone == "a file stands there":
        taken = place.folder / ".omnibatch"
        taken.write_text("")
    else:
        taken = place.lockfile
        taken.mkdir()

    refused = place.run()

    assert refused.code == 7, refused.said
    assert place.posts == 0
    shutil.move(taken, place.folder / "moved-away")
    assert place.run().code == 0
    assert place.posts == 1


def test_a_journal_deleted_in_the_middle_of_a_run_takes_no_more_sends(place: Workplace) -> None:
    """What was sent by then is in the lockfile, so that the next run goes on from there."""
    place.reopen(render_s=(0.3, 0.3))
    place.write(6, run={"in_flight": 1})
    with place.start_run() as running:
        running.until("created task")
        shutil.rmtree(place.folder / ".omnibatch")
        finished = running.wait()

    assert finished.code == 7, finished.said
    assert place.posts < 6
    assert "film.journal" in finished.err
    assert place.run().code == 0
    assert place.posts == 6


def test_two_films_of_one_file_name_do_not_share_a_kept_folder(
    place: Workplace, tmp_path: Path
) -> None:
    kept = str(tmp_path / "kept")
    place.write(1)
    assert place.run("--ledger", kept).code == 0
    other = place.folder.parent / "sequel"
    other.mkdir()
    text = place.manifest.read_text().replace("Harbour", "Storm")
    (other / "film.yaml").write_text(text)
    place.folder, first = other, place.folder

    refused = place.run("--ledger", kept)
    own = place.run("--ledger", f"{kept}/sequel")

    assert refused.code == 7, refused.said
    assert f"--ledger {kept}/sequel" in refused.err
    assert str(first / "film.lock.json") in refused.err
    assert own.code == 0, own.said
    assert place.posts == 2


@pytest.mark.parametrize("how", ["moved", "copied"])
def test_a_film_that_was_moved_or_copied_keeps_its_kept_journal(
    place: Workplace, tmp_path: Path, how: str
) -> None:
    kept = str(tmp_path / "kept")
    place.write(1)
    assert place.run("--ledger", kept).code == 0
    elsewhere = place.folder.parent / "elsewhere"
    (shutil.move if how == "moved" else shutil.copytree)(place.folder, elsewhere)
    place.folder = elsewhere

    finished = place.run("--ledger", kept)

    assert finished.code == 0, finished.said
    assert place.posts == 1


def test_a_copy_without_its_lockfile_is_told_to_bring_it(place: Workplace, tmp_path: Path) -> None:
    kept = str(tmp_path / "kept")
    place.write(1)
    assert place.run("--ledger", kept).code == 0
    elsewhere = place.folder.parent / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(place.manifest, elsewhere)
    lockfile, place.folder = place.lockfile, elsewhere

    refused = place.run("--ledger", kept)

    assert refused.code == 7, refused.said
    assert f"cp {lockfile} film.lock.json" in refused.err
    shutil.copy(lockfile, place.lockfile)
    shutil.copytree(lockfile.parent / "renders", elsewhere / "renders")
    assert place.run("--ledger", kept).code == 0
    assert place.posts == 1


def test_nothing_is_bought_where_the_disk_has_hardly_any_room(
    place: Workplace, tmp_path: Path
) -> None:
    place.write(5)
    told = str(tmp_path / "told")

    refused = place.run(OMNIBATCH_TEST_DISK="SMALL:30", OMNIBATCH_TEST_DISK_TOLD=told)
    posts = place.posts
    warned = place.run(OMNIBATCH_TEST_DISK="SMALL:70", OMNIBATCH_TEST_DISK_TOLD=told)

    assert refused.code == 7, refused.said
    assert "has 30 MB left" in refused.err
    assert posts == 0
    assert warned.code == 0, warned.said
    assert "has 70 MB left, and 5 clips may take 80 MB" in warned.err


def test_version_1_of_both_files_is_read(place: Workplace) -> None:
    """The first lines of both say so, for the readers of later versions."""
    rendered(place)
    journal = place.folder / ".omnibatch" / "film.journal"

    assert json.loads(place.lockfile.read_text())["version"] == 1
    assert json.loads(journal.read_text().splitlines()[0])["r"]["journal"] == 1
    assert place.states() == {"s1": "collected"}


def test_a_copy_of_a_film_brings_its_lockfile_by_the_command_that_is_printed(
    place: Workplace,
) -> None:
    """Its journal is kept in a folder for both; the paths have spaces."""
    place.write(1)
    kept = place.folder / "a volume"
    assert place.run("--ledger", str(kept)).code == 0
    copy = place.folder / "a copy"
    copy.mkdir()
    shutil.copy(place.manifest, copy / "film.yaml")

    refused = place.omnibatch("run", "a copy/film.yaml", "--yes", "--ledger", str(kept))
    line = refused.err.partition("bring its lockfile: ")[2].splitlines()[0]
    subprocess.run(["sh", "-c", line], cwd=place.folder, check=True)
    finished = place.omnibatch("run", "a copy/film.yaml", "--yes", "--ledger", str(kept))

    assert refused.code == 7, refused.said
    assert finished.code == 0, finished.said
    assert place.posts == 1
