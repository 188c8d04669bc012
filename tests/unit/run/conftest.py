"""A lab for each test, and one small clip for all of them."""

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest

from .lab import Lab


@pytest.fixture(scope="session")
def clip() -> bytes:
    """A whole MP4 of half a second, 32 by 32 pixels."""
    import av

    file = BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 32
        stream.pix_fmt = "yuv420p"
        for _ in range(5):
            container.mux(stream.encode(av.VideoFrame(32, 32, "yuv420p")))
        container.mux(stream.encode())
    return file.getvalue()


@pytest.fixture
def make_lab(tmp_path: Path, clip: bytes) -> Iterator[Callable[..., Lab]]:
    """Make labs, each in a folder of its own."""
    made: list[Lab] = []

    def make(provider: str = "apimodels") -> Lab:
        folder = tmp_path / f"film{len(made)}"
        folder.mkdir()
        made.append(Lab(folder, clip, provider))
        return made[-1]

    yield make
    for lab in made:
        lab.book.release()


@pytest.fixture
def lab(make_lab: Callable[..., Lab]) -> Lab:
    """A lab at apimodels, which cannot be asked for a lost task."""
    return make_lab()


@pytest.fixture
def comet(make_lab: Callable[..., Lab]) -> Lab:
    """A lab at CometAPI, which can, but whose "not found" proves nothing."""
    return make_lab("cometapi")
