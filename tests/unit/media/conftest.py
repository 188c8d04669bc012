"""Pictures made on the spot, so that no binary file stands in the repository."""

import io
from collections.abc import Callable
from pathlib import Path

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
