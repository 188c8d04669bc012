"""Open shots: what is hashed and sent of another shot's clip, and that nothing is without it."""

import hashlib
import io
from decimal import Decimal
from pathlib import Path

import av
import pytest
from PIL import Image

from omnibatch.checks import CheckedShot, Clip, check, digest_of, load_files, with_frames
from omnibatch.media import MediaFault
from omnibatch.providers import provider_named
from omnibatch.shots import FrameSource, ImageRef

from .conftest import PLACE, Make

LAST = FrameSource(shot="opening")


@pytest.fixture
def clip(tmp_path: Path) -> Clip:
    """A clip of five frames, 640 by 360."""
    path = tmp_path / "opening.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        for _ in range(5):
            out.mux(stream.encode(av.VideoFrame(640, 360, "yuv420p")))
        out.mux(stream.encode())
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return Clip(path=path, shown="renders/opening.mp4", sha256=sha256)


def turn(make: Make, source: FrameSource = LAST) -> CheckedShot:
    """A checked shot that begins with a frame of `opening`."""
    frame = ImageRef(source=source, use="first_frame", place=PLACE)
    batch = check(make.batch(make.shot("turn", images=(frame,), aspect_ratio=None))).batch
    assert batch is not None
    return batch.shots[0]


def test_a_shot_with_a_frame_is_open_and_says_which_frame_of_which_shot(make: Make) -> None:
    shot = turn(make)

    assert shot.is_open
    assert shot.request["first_frame"] == {"shot": "opening", "take": 1, "frame": "last"}
    assert shot.price is not None


def test_a_closed_shot_is_hashed_by_clip_and_moment_alone(make: Make, clip: Clip) -> None:
    closed = with_frames(turn(make), {LAST: clip})

    assert not closed.is_open
    assert closed.request["first_frame"] == {"clip": f"sha256:{clip.sha256}", "frame": "last"}
    assert closed.digest == digest_of(closed.request)


def test_the_name_and_the_take_of_the_source_are_not_what_is_bought(make: Make, clip: Clip) -> None:
    other = FrameSource(shot="dock", take=1)

    one = with_frames(turn(make), {LAST: clip})
    two = with_frames(turn(make, other), {other: clip})

    assert one.digest == two.digest


def test_the_moment_is_what_is_bought(make: Make, clip: Clip) -> None:
    moments = [
        LAST,
        FrameSource(shot="opening", at="first"),
        FrameSource(shot="opening", at=Decimal("2.5")),
    ]
    digests = {with_frames(turn(make, at), {at: clip}).digest for at in moments}

    assert len(digests) == 3


def test_two_ways_to_write_a_moment_are_one(make: Make, clip: Clip) -> None:
    long, short = (FrameSource(shot="opening", at=Decimal(text)) for text in ("2.50", "2.5"))

    assert (
        with_frames(turn(make, long), {long: clip}).digest
        == with_frames(turn(make, short), {short: clip}).digest
    )


def test_the_digest_of_a_frame_is_pinned(make: Make) -> None:
    """Lockfiles keep it for years."""
    clip = Clip(path=Path("a.mp4"), shown="a.mp4", sha256="ab" * 32)

    assert with_frames(turn(make), {LAST: clip}).digest == (
        "sha256:a63ac683d0146c025d93ac95b1014ec3a75e1b9d9004d51d6c7b4aed55cddf0f"
    )


@pytest.mark.parametrize("provider", ["apimodels", "cometapi"])
def test_the_frame_is_sent_as_base64_of_a_png(make: Make, clip: Clip, provider: str) -> None:
    import base64
    import json

    closed = with_frames(turn(make), {LAST: clip})
    files = load_files(closed)
    assert not isinstance(files, MediaFault)
    request = provider_named(provider).create_request(closed.shot, "ob-x", files)
    (sent,) = json.loads(request.body or b"")["image_list"]

    assert sent["type"] == "first_frame"
    with Image.open(io.BytesIO(base64.b64decode(sent["image_url"], validate=True))) as image:
        assert (image.format, image.size) == ("PNG", (640, 360))


def test_an_open_shot_has_nothing_to_send(make: Make) -> None:
    shot = turn(make)
    files = load_files(shot)

    assert files == {}
    with pytest.raises(KeyError):
        provider_named("apimodels").create_request(shot.shot, "ob-x", files)


def test_a_clip_that_was_edited_is_named_and_not_used(make: Make, clip: Clip) -> None:
    closed = with_frames(turn(make), {LAST: clip})
    clip.path.write_bytes(clip.path.read_bytes() + b"\0")

    fault = load_files(closed)

    assert isinstance(fault, MediaFault)
    assert fault.message.startswith("renders/opening.mp4 is not the clip that was collected")


def test_a_clip_that_is_gone_is_named(make: Make, clip: Clip) -> None:
    closed = with_frames(turn(make), {LAST: clip})
    clip.path.unlink()

    fault = load_files(closed)

    assert isinstance(fault, MediaFault)
    assert fault.message == "renders/opening.mp4 cannot be read: No such file or directory"
