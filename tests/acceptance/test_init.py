"""A first folder: what `omnibatch init` writes, and what it leaves alone."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from omnibatch.schema import schema_text

from ..launching import Finished, Launcher

FILES = {"film.yaml", "omnibatch.schema.json", ".gitignore", ".gitattributes"}


class Desk:
    """A folder, and command lines run in it."""

    def __init__(self, folder: Path, home: Path, launcher: Launcher) -> None:
        self.folder = folder
        self._home = home
        self._launcher = launcher

    def omnibatch(self, *arguments: str) -> Finished:
        environment = {"HOME": str(self._home), "PATH": os.environ["PATH"], "PYTHONUTF8": "1"}
        with self._launcher.start(
            arguments, folder=self.folder, environment=environment
        ) as running:
            return running.wait()

    def files(self, folder: str = ".") -> dict[str, bytes]:
        return {
            path.relative_to(self.folder / folder).as_posix(): path.read_bytes()
            for path in (self.folder / folder).rglob("*")
            if path.is_file()
        }


@pytest.fixture
def desk(tmp_path: Path, home: Path, launcher: Launcher) -> Desk:
    return Desk(tmp_path, home, launcher)


def test_a_new_folder_holds_a_manifest_that_is_right_and_what_belongs_beside_it(
    desk: Desk,
) -> None:
    done = desk.omnibatch("init", "a/new folder")

    assert done.code == 0, done.said
    assert set(desk.files("a/new folder")) == FILES
    assert done.out.splitlines()[-1].startswith("next: omnibatch rehearse 'a/new folder/film.yaml'")
    said = desk.omnibatch("validate", "a/new folder")
    assert (said.code, said.out) == (0, "a/new folder/film.yaml: 3 shots, no errors\n")


def test_the_first_line_names_the_schema_beside_it(desk: Desk) -> None:
    desk.omnibatch("init")

    first = (desk.folder / "film.yaml").read_text().splitlines()[0]
    assert first == "# yaml-language-server: $schema=omnibatch.schema.json"
    assert (desk.folder / "omnibatch.schema.json").read_text("utf-8") == schema_text("manifest")


def test_a_second_time_changes_nothing(desk: Desk) -> None:
    desk.omnibatch("init")
    (desk.folder / "film.yaml").write_text("version: 1\nprovider: apimodels\nshots: []\n")
    before = desk.files()

    done = desk.omnibatch("init")

    assert done.code == 0
    assert desk.files() == before
    assert "nothing to do" in done.out
    assert "film.yaml has no line for editors" in done.err


def test_what_is_there_is_added_to_and_never_overwritten(desk: Desk) -> None:
    (desk.folder / ".gitignore").write_bytes(b"*.pyc\r\n!renders/\r\n")
    (desk.folder / ".gitattributes").write_text("*.png binary")
    (desk.folder / "film.yaml").write_text("services: {}\n")

    done = desk.omnibatch("init")

    files = desk.files()
    assert files["film.yaml"] == b"services: {}\n"
    assert files[".gitignore"].startswith(b"*.pyc\r\n!renders/\r\n\r\n")
    assert b".omnibatch/\r\n" in files[".gitignore"]
    assert b"\r\nrenders/" not in files[".gitignore"]
    assert files[".gitattributes"].startswith(b"*.png binary\n")
    assert "rehearse" not in done.out
    assert "omnibatch init --name NAME" in done.out


def test_a_name_writes_one_more_starter(desk: Desk) -> None:
    desk.omnibatch("init")

    done = desk.omnibatch("init", "--name", "trailer")

    text = (desk.folder / "trailer.yaml").read_text()
    assert "\nname: trailer\n" in text
    assert "omnibatch validate trailer.yaml" in text
    assert "film.yaml" not in text
    assert "rehearse trailer.yaml" in done.out
    assert desk.omnibatch("validate", ".").code == 0


def test_an_older_schema_is_brought_up_to_date_and_a_foreign_one_is_left(desk: Desk) -> None:
    schema = desk.folder / "omnibatch.schema.json"
    schema.write_text('{"title": "omnibatch manifest"}')
    assert "refreshed" in desk.omnibatch("init").out
    assert schema.read_text("utf-8") == schema_text("manifest")

    schema.write_text("{}")
    assert "it is not omnibatch's" in desk.omnibatch("init").out
    assert schema.read_text() == "{}"


def test_git_keeps_lockfiles_as_they_are_and_clips_and_keys_out(desk: Desk) -> None:
    subprocess.run(["git", "init", "-q", "."], cwd=desk.folder, check=True)
    desk.omnibatch("init", "specs")
    for name in ("renders/a.mp4", ".omnibatch/film.journal", ".env", "film.lock.json"):
        path = desk.folder / "specs" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")

    untracked = _git(desk, "status", "--porcelain", "--untracked-files=all")
    attributes = _git(desk, "check-attr", "text", "eol", "--", "specs/film.lock.json")

    assert {line[3:] for line in untracked.splitlines()} == {
        f"specs/{name}" for name in (*FILES, "film.lock.json")
    }
    assert "text: set" in attributes
    assert "eol: lf" in attributes


def test_the_lockfile_of_each_manifest_is_named_and_no_other_programs(desk: Desk) -> None:
    subprocess.run(["git", "init", "-q", "."], cwd=desk.folder, check=True)
    desk.omnibatch("init")
    (desk.folder / "my film.yaml").write_text("version: 1\nshots: []\n")
    (desk.folder / "sub").mkdir()

    done = desk.omnibatch("init")

    assert "/my film.lock.json" in done.out
    lockfiles = ("film.lock.json", "my film.lock.json", "npm.lock.json", "sub/film.lock.json")
    said = {name: _git(desk, "check-attr", "merge", "--", name).split()[-1] for name in lockfiles}
    assert list(said.values()) == ["omnibatch", "omnibatch", "unspecified", "unspecified"]


def test_an_older_line_for_lockfiles_stays_and_the_new_one_is_added(desk: Desk) -> None:
    (desk.folder / ".gitattributes").write_text("*.lock.json text eol=lf\n")

    desk.omnibatch("init")
    first = desk.files()[".gitattributes"]
    desk.omnibatch("init")

    assert first.startswith(b"*.lock.json text eol=lf\n")
    assert b"\n/film.lock.json text eol=lf merge=omnibatch\n" in first
    assert desk.files()[".gitattributes"] == first


def test_what_a_line_says_of_a_lockfile_is_the_users_word(desk: Desk) -> None:
    (desk.folder / ".gitattributes").write_text("film.lock.json -merge\n")

    desk.omnibatch("init")

    assert b"merge=omnibatch" not in desk.files()[".gitattributes"]


def test_git_is_told_of_the_driver_once_there_is_a_work_tree(desk: Desk) -> None:
    outside = desk.omnibatch("init")
    subprocess.run(["git", "init", "-q", "."], cwd=desk.folder, check=True)
    told = desk.omnibatch("init")
    again = desk.omnibatch("init")

    row = "git's merge driver"
    rows = [
        next(line.split()[0] for line in done.out.splitlines() if row in line)
        for done in (outside, told, again)
    ]
    assert rows == ["left", "set", "kept"]
    assert "nothing to do" not in told.out
    assert "nothing to do" in again.out
    assert "merge-lock" in _git(desk, "config", "--local", "merge.omnibatch.driver")


def test_another_program_for_lockfiles_stays_and_an_older_line_of_ours_does_not(
    desk: Desk,
) -> None:
    subprocess.run(["git", "init", "-q", "."], cwd=desk.folder, check=True)
    key = "merge.omnibatch.driver"

    _git(desk, "config", key, "my-own %A")
    desk.omnibatch("init")
    assert _git(desk, "config", key) == "my-own %A\n"

    _git(desk, "config", key, "omnibatch merge-lock %O %A %B")
    desk.omnibatch("init")
    assert "-P -m omnibatch merge-lock" in _git(desk, "config", key)


def _git(desk: Desk, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=desk.folder, check=True, capture_output=True, text=True
    )
    return done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("init", "taken"), "taken is not a folder"),
        (("init", "taken/below"), "cannot be made"),
        (("init", "--name", "two words"), "cannot be a name"),
        (("init", "--name", "../up"), "cannot be a name"),
        (("init", "one", "two"), "unexpected extra argument"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_written(
    desk: Desk, arguments: tuple[str, ...], words: str
) -> None:
    (desk.folder / "taken").write_text("a file\n")

    done = desk.omnibatch(*arguments)

    assert done.code == 2, done.said
    assert words in done.err
    assert set(desk.files()) == {"taken"}


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)
def test_a_folder_that_may_not_be_written_stays_empty(desk: Desk) -> None:
    folder = desk.folder / "locked"
    folder.mkdir()
    folder.chmod(0o555)

    done = desk.omnibatch("init", "locked")

    assert done.code != 0
    assert "check the permissions" in done.err
    assert list(folder.iterdir()) == []


def test_every_example_in_the_comments_of_the_starter_is_right(desk: Desk) -> None:
    desk.omnibatch("init")
    path = desk.folder / "film.yaml"
    head, begin, rest = path.read_text("utf-8").partition("version: 1\n")
    rest, found = re.subn(r"^#(?=  |[a-z]+:)", "", rest, flags=re.MULTILINE)
    assert found > 15
    path.write_text(head + begin + rest, "utf-8")
    for name, form in (("boat.png", "PNG"), ("lamp.jpg", "JPEG")):
        (desk.folder / "refs").mkdir(exist_ok=True)
        Image.new("RGB", (640, 480)).save(desk.folder / "refs" / name, form)
    (desk.folder / "data").mkdir()
    (desk.folder / "data" / "products.csv").write_text("sku,name\n1,Cup\n2,Pot\n")

    said = desk.omnibatch("validate")

    # Three by themselves, one in a scene, four of a matrix, two of rows; two takes in the end.
    expected = "film.yaml: 10 shots in draft, 10 shots (20 clips) in final, no errors\n"
    assert (said.code, said.out) == (0, expected), said.said


def test_a_starter_is_rehearsed_from_end_to_end(desk: Desk) -> None:
    desk.omnibatch("init")

    done = desk.omnibatch("rehearse", "film.yaml")

    assert done.code == 0, done.said
    renders = desk.folder / ".omnibatch" / "rehearsal" / "renders" / "film"
    assert {path.name for path in renders.iterdir()} == {"harbour.mp4", "keeper.mp4", "lamp.mp4"}
