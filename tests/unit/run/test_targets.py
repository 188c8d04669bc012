"""A path of its own for each attempt, inside the folder."""

from pathlib import Path

import pytest

from omnibatch.run.targets import Targets, free_path, inside

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
