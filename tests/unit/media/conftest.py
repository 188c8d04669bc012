"""Pictures and films made on the spot, so that no binary file stands in the repository."""

import io
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import pytest
from PIL import Image


@pytest.fixture
def picture(tmp_path: Path) -> Callable[..., Path]:
    """Write a picture: `picture("a.png", 300, 400, format="PNG")`."""

    def make(name: str, width: int, height: int, **options: object) -> Path:
        path = tmp_path / name
        form = str(options.pop("format", "PNG"))
        # Noise, so that a truncated JPEG has lost something.
        image = Image.effect_noise((width, height), 60).convert("RGB")
        buffer = io.BytesIO()
        image.save(buffer, form, **options)
        path.write_bytes(buffer.getvalue())
        return path

    return make


@pytest.fixture
def film(tmp_path: Path) -> Callable[..., Path]:
    """Write a small film: `film("a.mp4", seconds=2, rate=Fraction(25), sound=True)`."""

    def make(
        name: str,
        *,
        seconds: int = 1,
        rate: Fraction = Fraction(25),
        sound: bool = False,
        options: dict[str, str] | None = None,
    ) -> Path:
        path = tmp_path / name
        with av.open(str(path), "w", options=options or {}) as container:
            picture = container.add_stream("libx264", rate=rate, options={"preset": "ultrafast"})
            picture.width, picture.height, picture.pix_fmt = 64, 48, "yuv420p"
            voice = container.add_stream("aac", rate=44100) if sound else None
            for shade in range(round(seconds * rate)):
                image = Image.new("RGB", (64, 48), (shade % 256, 0, 0))
                container.mux(picture.encode(av.VideoFrame.from_image(image)))
            container.mux(picture.encode())
            if voice is not None:
                for _ in range(seconds * 44100 // 1024):
                    silence = av.AudioFrame(format="fltp", layout="mono", samples=1024)
                    silence.sample_rate = 44100
                    silence.planes[0].update(bytes(silence.planes[0].buffer_size))
                    container.mux(voice.encode(silence))
                container.mux(voice.encode())
        return path

    return make


_COST = r"""
import re, resource, sys
from pathlib import Path
from omnibatch import media
getattr(media, sys.argv[1])(Path(sys.argv[2]))
used = resource.getrusage(resource.RUSAGE_SELF)
# Not ru_maxrss: a new process has that of its parent.
most = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
print(used.ru_utime + used.ru_stime, int(most[1]) / 1000)
"""


@pytest.fixture
def cost() -> Callable[[str, Path], tuple[float, float]]:
    """What `cost("probe_image", path)` takes in a process of its own, its start included:
    seconds of a processor, and megabytes at most. Linux only.
    """

    def measure(probe: str, path: Path) -> tuple[float, float]:
        done = subprocess.run(
            [sys.executable, "-c", _COST, probe, str(path)],
            capture_output=True,
            text=True,
            check=True,
        )
        seconds, megabytes = map(float, done.stdout.split())
        return seconds, megabytes

    return measure
