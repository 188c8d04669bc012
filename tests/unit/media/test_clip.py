"""A finished clip is told from what only looks like one."""

from pathlib import Path

import av
import pytest
from PIL import Image

from omnibatch.media import ClipFacts, MediaFault, probe_clip

FRAMES = 12
FRAMES_PER_SECOND = 6


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clips") / "clip.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=FRAMES_PER_SECOND)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for shade in range(FRAMES):
            picture = Image.new("RGB", (64, 48), (shade * 20, 0, 0))
            container.mux(stream.encode(av.VideoFrame.from_image(picture)))
        container.mux(stream.encode())
    return path


def test_a_clip_tells_its_seconds_and_pixels(clip: Path) -> None:
    facts = probe_clip(clip)

    assert isinstance(facts, ClipFacts)
    assert facts.seconds == pytest.approx(FRAMES / FRAMES_PER_SECOND, abs=0.2)
    assert (facts.width, facts.height) == (64, 48)


def test_a_page_is_no_clip(tmp_path: Path) -> None:
    page = tmp_path / "clip.mp4"
    page.write_text("<!doctype html><title>Sign in</title>", encoding="utf-8")

    fault = probe_clip(page)

    assert isinstance(fault, MediaFault)
    assert "<!doctyp" in fault.message


def test_a_clip_without_its_index_is_no_clip(clip: Path, tmp_path: Path) -> None:
    """The muxer writes the index last, so a cut file has none."""
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(clip.read_bytes()[:600])

    assert isinstance(probe_clip(cut), MediaFault)


@pytest.mark.parametrize("lost", [1, 100, 700])
def test_a_clip_cut_at_its_end_is_no_clip_even_with_its_index_first(
    clip: Path, tmp_path: Path, lost: int
) -> None:
    first = tmp_path / "first.mp4"
    with (
        av.open(str(clip)) as source,
        av.open(str(first), "w", options={"movflags": "+faststart"}) as container,
    ):
        copied = container.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = copied
                container.mux(packet)
    assert isinstance(probe_clip(first), ClipFacts)

    first.write_bytes(first.read_bytes()[:-lost])
    fault = probe_clip(first)

    assert isinstance(fault, MediaFault)
    assert f"{lost} bytes" in fault.message


def test_a_sound_file_is_no_clip(tmp_path: Path) -> None:
    path = tmp_path / "sound.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=44100)
        frame = av.AudioFrame(format="fltp", layout="mono", samples=1024)
        frame.sample_rate = 44100
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        container.mux(stream.encode(frame))
        container.mux(stream.encode())

    fault = probe_clip(path)

    assert isinstance(fault, MediaFault)
    assert "no picture" in fault.message


@pytest.mark.parametrize("content", [b"", b"\0\0\0\x18ftyp", b"\0\0\0\x18ftypisom" + b"\xff" * 500])
def test_no_bytes_make_it_raise(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "odd.mp4"
    path.write_bytes(content)

    assert isinstance(probe_clip(path), MediaFault)


def test_a_missing_file_is_a_fault(tmp_path: Path) -> None:
    assert isinstance(probe_clip(tmp_path / "none.mp4"), MediaFault)
