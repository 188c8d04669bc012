"""What is read of a video file; PyAV makes the files, and says the same of them."""

import os
import struct
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from omnibatch.media import MediaFault, VideoFacts, VideoProbe, probe_video

Film = Callable[..., Path]


def facts(path: Path) -> VideoFacts:
    found = probe_video(path)
    assert isinstance(found, VideoFacts), found
    return found


def fault(path: Path) -> MediaFault:
    found = probe_video(path)
    assert isinstance(found, MediaFault), found
    return found


def box(kind: bytes, *payload: bytes) -> bytes:
    content = b"".join(payload)
    return struct.pack(">I4s", 8 + len(content), kind) + content


def fragment(flags: int, frames: int) -> bytes:
    """A fragment with one run of frames, which has no room for a word about any of them."""
    run = box(b"trun", struct.pack(">II", flags, frames))
    return box(b"moof", box(b"traf", box(b"tfhd", struct.pack(">II", 0, 1)), run))


def handmade(
    times: bytes = struct.pack(">IIII", 0, 1, 100, 512), extra: bytes = b"", after: bytes = b""
) -> bytes:
    """The least MP4 there is: one track, 100 frames of a 25th of a second, 1280 x 720."""
    entry = box(b"avc1", bytes(24), struct.pack(">HH", 1280, 720), bytes(50))
    stbl = box(b"stbl", box(b"stsd", struct.pack(">II", 0, 1), entry), box(b"stts", times), extra)
    mdia = box(
        b"mdia",
        box(b"mdhd", struct.pack(">IIIIIHH", 0, 0, 0, 12800, 51200, 0, 0)),
        box(b"hdlr", struct.pack(">II4s", 0, 0, b"vide"), bytes(13)),
        box(b"minf", stbl),
    )
    tkhd = box(b"tkhd", struct.pack(">IIIIII", 7, 0, 0, 1, 0, 0), bytes(60))
    moov = box(
        b"moov", box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 1000, 4000)), box(b"trak", tkhd, mdia)
    )
    return box(b"ftyp", b"isom", bytes(4)) + moov + box(b"mdat", bytes(100)) + after


def test_the_least_mp4_is_read(tmp_path: Path) -> None:
    path = tmp_path / "least.mp4"
    path.write_bytes(handmade())

    assert facts(path) == VideoFacts(
        format="mp4",
        codec="avc1",
        width=1280,
        height=720,
        seconds=Fraction(4),
        frame_rate=Fraction(25),
        has_sound=False,
        size_bytes=path.stat().st_size,
    )


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"movflags": "+faststart"},
        {"movflags": "frag_keyframe+empty_moov"},
        {"movflags": "frag_every_frame+default_base_moof"},
        {"movflags": "+dash+frag_keyframe"},
    ],
    ids=lambda options: options.get("movflags", "plain"),
)
@pytest.mark.parametrize("name", ["film.mp4", "film.mov"])
@pytest.mark.parametrize("sound", [False, True], ids=["silent", "sound"])
def test_facts_are_those_that_pyav_reads(
    film: Film, name: str, sound: bool, options: dict[str, str]
) -> None:
    path = film(name, seconds=2, rate=Fraction(30000, 1001), sound=sound, options=options)
    found = facts(path)

    with av.open(str(path)) as container:
        picture = container.streams.video[0]
        assert picture.average_rate is not None
        assert container.duration is not None
        assert found.format == name[-3:]
        assert (found.width, found.height) == (picture.width, picture.height)
        assert float(found.frame_rate) == pytest.approx(float(picture.average_rate), rel=0.001)
        # An edit list may skip the first packet of sound; some 23 ms.
        assert float(found.seconds) == pytest.approx(container.duration / 1_000_000, abs=0.05)
        assert found.has_sound == bool(container.streams.audio)
        assert found.size_bytes == path.stat().st_size


def test_the_container_comes_from_the_bytes_not_from_the_name(film: Film, tmp_path: Path) -> None:
    path = film("film.mov").rename(tmp_path / "renamed.mp4")

    assert facts(path).format == "mov"


def test_an_old_quicktime_file_without_its_type_is_a_mov(tmp_path: Path) -> None:
    path = tmp_path / "old.mov"
    path.write_bytes(handmade()[16:])

    assert facts(path).format == "mov"


def test_a_film_of_a_telephone_held_upright_is_upright(tmp_path: Path) -> None:
    turned = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, 720 << 16, 0, 1 << 30)
    path = tmp_path / "upright.mp4"
    path.write_bytes(handmade().replace(bytes(60), bytes(16) + turned + bytes(8), 1))
    found = facts(path)

    assert (found.width, found.height) == (720, 1280)


def test_a_still_beside_a_film_is_not_the_film(tmp_path: Path) -> None:
    path = tmp_path / "cover.mp4"
    with av.open(str(path), "w") as container:
        streams = [container.add_stream("mpeg4", rate=25) for _ in range(2)]
        for stream, side in zip(streams, (32, 64), strict=True):
            stream.width, stream.height, stream.pix_fmt = side, side, "yuv420p"
        for stream, side, frames in zip(streams, (32, 64), (1, 25), strict=True):
            image = Image.new("RGB", (side, side), "teal")
            for _ in range(frames):
                container.mux(stream.encode(av.VideoFrame.from_image(image)))
            container.mux(stream.encode())

    assert facts(path).width == 64


def test_a_box_of_64_bits_and_one_to_the_end_are_read(tmp_path: Path) -> None:
    path = tmp_path / "long.mp4"
    long = struct.pack(">I4sQ", 1, b"mdat", 16 + 100) + bytes(100)
    path.write_bytes(handmade(after=long + struct.pack(">I4s", 0, b"mdat") + bytes(100)))

    assert facts(path).seconds == 4


@pytest.mark.parametrize("kept", [8, 20, 100, 400, -1, -50])
def test_a_cut_file_is_damaged(film: Film, kept: int) -> None:
    path = film("cut.mp4", options={"movflags": "+faststart"})
    path.write_bytes(path.read_bytes()[:kept])

    assert fault(path).kind == "damaged"


def test_a_film_cut_before_its_index_is_told_so(film: Film) -> None:
    path = film("cut.mp4")
    content = path.read_bytes()
    path.write_bytes(content[: content.index(b"moov") - 4])

    assert "it has no index" in fault(path).message


def test_missing_bytes_are_counted(film: Film) -> None:
    path = film("cut.mp4", options={"movflags": "+faststart"})
    path.write_bytes(path.read_bytes()[:-1234])

    assert "its end is missing: 1,234 bytes" in fault(path).message


def test_sound_alone_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "sound.mp4"
    path.write_bytes(handmade().replace(b"vide", b"soun"))

    assert "no moving pictures" in fault(path).message


def test_an_index_without_pictures_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "index.mp4"
    path.write_bytes(handmade()[: -8 - 100])

    assert "without the pictures" in fault(path).message


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "HTML"),
        (b"\x1aE\xdf\xa3\x01\0\0\0", "WebM or Matroska video"),
        (b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n", "HLS playlist"),
        (b"RIFF\0\0\0\0AVI LIST", "AVI video"),
        (b"GIF89a" + bytes(20), "GIF"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"\0\0\0\x18ftyp3gp4\0\0\0\0", "3GP video"),
        (b"\0\0\0\x18ftypM4A \0\0\0\0", "M4A sound"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "Git LFS pointer"),
    ],
)
def test_another_format_is_named_whatever_the_name_says(
    tmp_path: Path, content: bytes, name: str
) -> None:
    path = tmp_path / "renamed.mp4"
    path.write_bytes(content)
    found = fault(path)

    assert found.kind == "other_format"
    assert f"holds {name}," in found.message


@pytest.mark.parametrize("content", [b"the free encyclopedia", b"one free"])
def test_bytes_that_nobody_knows_are_no_video(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "noise.mp4"
    path.write_bytes(content)

    assert fault(path).kind == "unknown_format"


def test_an_empty_file_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "empty.mp4"
    path.touch()

    assert fault(path).kind == "empty"


def test_a_missing_file_is_missing_and_a_folder_is_no_file(tmp_path: Path) -> None:
    assert fault(tmp_path / "nowhere.mp4").kind == "missing"
    assert fault(tmp_path).kind == "not_a_file"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_named_pipe_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.mp4"
    os.mkfifo(pipe)

    assert fault(pipe).kind == "not_a_file"


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no such device on this system")
def test_a_device_is_not_read() -> None:
    assert fault(Path("/dev/zero")).kind == "not_a_file"


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.mp4"
    with path.open("wb") as file:
        file.truncate(1024**4)
    found = fault(path)

    assert found.kind == "too_many_bytes"
    assert "1,099,511,627,776" in found.message
    assert "268,435,456" in found.message


MANY = 0xFFFFFFFF
HOSTILE = {
    "frames counted in a table": handmade(struct.pack(">IIII", 0, 1, MANY, MANY)),
    "frames of one size": handmade(extra=box(b"stsz", struct.pack(">III", 0, 1, MANY))),
    "a table that counts more than it holds": handmade(struct.pack(">IIII", 0, MANY, 1, 1)),
    "frames in a fragment": handmade(after=fragment(0, MANY)),
    "frames with their times in a fragment": handmade(after=fragment(0x100, MANY)),
    "a million boxes": handmade(after=box(b"free") * 1_000_000),
    "a million tracks": box(b"ftyp", b"isom", bytes(4)) + box(b"moov", box(b"trak") * 1_000_000),
    "a million fragments": handmade(after=fragment(0, 1) * 1_000_000),
    "tables without end": handmade(
        times=struct.pack(">II", 0, 2**21) + bytes(2**24), extra=box(b"stts", bytes(2**24))
    ),
    "an index that is compressed": box(b"ftyp", b"qt  ", bytes(4))
    + box(b"moov", box(b"cmov", box(b"cmvd", struct.pack(">I", MANY)))),
    "a box shorter than its header": handmade(after=struct.pack(">I4s", 7, b"free")),
    "a box longer than what holds it": handmade(extra=struct.pack(">I4s", MANY, b"ctts")),
    "a box of nearly 2^64 bytes": handmade(after=struct.pack(">I4sQ", 1, b"mdat", 2**64 - 1)),
    "pictures of 65535 x 65535 pixels": handmade().replace(
        struct.pack(">HH", 1280, 720), b"\xff\xff\xff\xff"
    ),
    "a scale of zero": handmade().replace(struct.pack(">II", 12800, 51200), bytes(8)),
}


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
@pytest.mark.parametrize("probe", ["probe_video", "probe_clip"])
@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_file_costs_neither_time_nor_memory(
    tmp_path: Path, cost: Callable[[str, Path], tuple[float, float]], content: bytes, probe: str
) -> None:
    path = tmp_path / "hostile.mp4"
    path.write_bytes(content)
    seconds, megabytes = cost(probe, path)

    assert seconds < 2
    assert megabytes < 100


def test_no_cut_and_no_flipped_byte_makes_it_raise(film: Film) -> None:
    path = film("film.mp4", options={"movflags": "frag_keyframe+empty_moov"}, sound=True)
    whole = path.read_bytes()
    for at in range(0, len(whole), max(1, len(whole) // 300)):
        path.write_bytes(whole[:at])
        probe_video(path)
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        probe_video(path)


@given(st.binary(max_size=300), st.integers(0, 600))
def test_no_bytes_put_into_a_film_make_it_raise(
    tmp_path_factory: pytest.TempPathFactory, put: bytes, at: int
) -> None:
    whole = handmade(after=fragment(0, 1))
    path = tmp_path_factory.getbasetemp() / "fuzzed.mp4"
    path.write_bytes(whole[:at] + put + whole[at + len(put) :])

    probe_video(path)


def test_two_files_of_one_content_are_probed_once(film: Film, tmp_path: Path) -> None:
    path = film("a.mp4")
    copy = tmp_path / "b.mp4"
    copy.write_bytes(path.read_bytes())
    other = film("c.mp4", seconds=2)
    probe = VideoProbe()

    assert probe(copy) is probe(path)
    assert probe(other) is not probe(path)


def test_a_file_that_changes_is_probed_again(film: Film) -> None:
    probe = VideoProbe()
    path = film("a.mp4", seconds=1)
    before: Any = probe(path)
    os.replace(film("b.mp4", seconds=2), path)
    after: Any = probe(path)

    assert after.seconds > before.seconds
