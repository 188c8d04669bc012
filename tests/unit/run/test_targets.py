"""A path of its own for each attempt, inside the folder."""

from pathlib import Path

import pytest

from omnibatch.ledger import Output, Task, TaskState
from omnibatch.ledger.join import join_tasks
from omnibatch.run.targets import Targets, beside, free_path, inside, whereabouts

from .fake import LOST, Accepts
from .lab import Lab


def test_versions_are_counted_before_the_ending() -> None:
    targets = Targets([])

    assert [targets.choose("a/b.mp4") for _ in range(3)] == ["a/b.mp4", "a/b.v2.mp4", "a/b.v3.mp4"]


def test_paths_that_differ_by_case_alone_are_one_on_some_disks() -> None:
    targets = Targets([])

    assert [targets.choose("a/B.mp4"), targets.choose("A/b.mp4")] == ["a/B.mp4", "A/b.v2.mp4"]


def test_attempts_that_may_have_a_clip_keep_their_paths(lab: Lab) -> None:
    lab.wire.create_script.extend([Accepts(fails="dark"), LOST])
    lab.run(lab.shots(2))

    targets = Targets(lab.book.attempts.values())

    assert targets.choose("renders/s0000.mp4") == "renders/s0000.v2.mp4"
    assert targets.choose("renders/s0001.mp4") == "renders/s0001.v2.mp4"


def test_a_path_is_free_where_no_file_stands_and_none_is_on_its_way(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").touch()

    assert free_path(tmp_path, "a.mp4") == "a.v2.mp4"
    assert free_path(tmp_path, "a.mp4", {"a.v2.mp4"}) == "a.v3.mp4"


@pytest.mark.parametrize("recorded", ["a.mp4", "renders/é/a.mp4", "a..b/c.mp4", ".hidden.mp4"])
def test_a_path_inside_is_taken_as_it_is(tmp_path: Path, recorded: str) -> None:
    assert inside(tmp_path, recorded) == tmp_path / recorded


@pytest.mark.parametrize(
    "recorded", ["../a", "a/../../b", "/a", "//a/b", "C:/a", "a\\..\\b", "~/../..", "", ".", "a\0"]
)
def test_a_path_outside_is_refused(tmp_path: Path, recorded: str) -> None:
    assert inside(tmp_path, recorded) is None


def test_a_clip_is_found_at_its_path_or_beside_what_stands_there(tmp_path: Path) -> None:
    output = Output(path="renders/a.mp4", sha256="0123456789" * 6, bytes=4)
    (tmp_path / "renders").mkdir()
    assert whereabouts(tmp_path, output) is None

    own = tmp_path / "renders" / "a.sha256-01234567.mp4"
    own.write_bytes(b"clip")
    assert whereabouts(tmp_path, output) == own

    recorded = tmp_path / "renders" / "a.mp4"
    recorded.write_bytes(b"another's")
    assert whereabouts(tmp_path, output) == own

    own.unlink()
    assert whereabouts(tmp_path, output) == recorded, "edited, as far as anyone knows"


def test_a_clip_outside_is_not_looked_for(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"clip")
    root = tmp_path / "root"
    root.mkdir()

    assert whereabouts(root, Output(path="../a.mp4", sha256="0" * 64, bytes=4)) is None


@pytest.mark.parametrize("name", ["a.mp4", "a.v2.mp4", "Shot-01.mp4", "é.mp4"])
def test_of_two_copies_of_a_record_the_join_keeps_the_plain_path(name: str) -> None:
    """Else a machine that has the clip there would look for it elsewhere."""
    plain = Output(path=name, sha256="0" * 64, bytes=4)
    aside = Output(path=beside(plain), sha256="0" * 64, bytes=4)

    for one, other in ((plain, aside), (aside, plain)):
        joined = join_tasks(
            Task(state=TaskState.COLLECTED, output=one),
            Task(state=TaskState.COLLECTED, output=other),
        )
        assert joined.output == plain
