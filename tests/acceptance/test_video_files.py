"""A reference video given as a file: measured, and refused with what to do about it."""

from pathlib import Path

import av
import pytest
from PIL import Image

from ..workplace import Workplace


def film(path: Path, width: int, height: int, seconds: int = 3) -> None:
    """Write a silent MP4 with 24 frames a second."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=24, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        frame = av.VideoFrame.from_image(Image.new("RGB", (width, height), "teal"))
        for number in range(24 * seconds):
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


@pytest.fixture
def edit(place: Workplace) -> Workplace:
    """A manifest with one edit of `walk.mp4`, which keeps its sound."""
    place.write(
        [{"id": "s1", "prompt": "Make it night in {{ edit }}.", "edit": "walk"}],
        defaults={"sound": "original"},
        references={"walk": {"video": "walk.mp4"}},
    )
    return place


def test_a_sound_file_is_told_to_be_uploaded(edit: Workplace) -> None:
    film(edit.folder / "walk.mp4", 1280, 720)
    size = (edit.folder / "walk.mp4").stat().st_size

    finished = edit.omnibatch("validate", "film.yaml")

    assert finished.code == 3, finished.said
    assert (
        f"OB431 walk.mp4 is a file (MP4 avc1, 1280 x 720 px, 3 s, 24 frames/s, no sound, "
        f"{size:,} bytes), and a video must be an address" in finished.said
    )
    assert "OB544 warning: walk.mp4 has no sound that could be kept" in finished.said
    assert "OB43" not in finished.said.replace("OB431", "")


def test_a_file_that_would_be_refused_is_told_before_anybody_uploads_it(edit: Workplace) -> None:
    film(edit.folder / "walk.mp4", 640, 720, seconds=2)

    finished = edit.run()

    assert finished.code == 3, finished.said
    assert "OB434 walk.mp4 lasts 2 s; it may last 3-10 s" in finished.err
    assert "OB435 walk.mp4 is 640 x 720 px; each side may have 720-2160 px" in finished.err
    assert edit.posts == 0


def test_a_web_page_under_a_videos_name_is_told_as_one(edit: Workplace) -> None:
    (edit.folder / "walk.mp4").write_text("<!DOCTYPE html><html>Sign in</html>")

    finished = edit.omnibatch("validate", "film.yaml")

    assert finished.code == 3, finished.said
    assert "OB407 walk.mp4 holds HTML, not MP4 or MOV" in finished.said
