"""Shots made in one line, and batches of them."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from omnibatch.checks import CheckResult, check
from omnibatch.media import ImageFacts, VideoFacts
from omnibatch.problems import Place
from omnibatch.shots import (
    Batch,
    ElementRef,
    FileSource,
    ImageRef,
    ImageUse,
    MultiShot,
    Part,
    Shot,
    Slot,
    UrlSource,
    VideoRef,
    VideoUse,
)

PLACE = Place("film.yaml", 10, 5)


class Make:
    """Makes values with sound defaults: a shot made with no arguments has no problem."""

    place = PLACE

    def shot(self, shot_id: str = "opening", **changes: Any) -> Shot:
        """A shot from text, with `changes` to any of its fields."""
        fields: dict[str, Any] = {
            "slot": Slot(shot_id),
            "place": PLACE,
            "providers": ("apimodels",),
            "model": "kling-video-o1",
            "prompt": "a lighthouse at dawn",
            "mode": "std",
            "duration": 5,
            "aspect_ratio": "16:9",
            "target": f"renders/{shot_id}.mp4",
        }
        return Shot(**{**fields, **changes})

    def omni(self, shot_id: str = "opening", **changes: Any) -> Shot:
        """The same with the other model."""
        return self.shot(shot_id, **{"model": "kling-v3-omni", **changes})

    def image(
        self,
        use: ImageUse = "reference",
        url: str = "https://example.com/pier.jpg",
        name: str = "",
        key: str | None = None,
    ) -> ImageRef:
        """An image at an address."""
        return ImageRef(source=UrlSource(url=url, key=key), use=use, name=name, place=PLACE)

    def file(self, path: Path, use: ImageUse = "reference") -> ImageRef:
        """An image on this machine."""
        source = FileSource(path=path, shown=f"refs/{path.name}")
        return ImageRef(source=source, use=use, place=PLACE)

    def images(self, count: int) -> tuple[ImageRef, ...]:
        """That many references."""
        return tuple(self.image() for _ in range(count))

    def elements(self, count: int) -> tuple[ElementRef, ...]:
        """That many elements."""
        return tuple(self.element(str(160_000_000_000_000_000 + n)) for n in range(count))

    def element(self, element_id: str) -> ElementRef:
        """One element."""
        return ElementRef(element_id=element_id, place=PLACE)

    def element_at(self, **ids: str) -> ElementRef:
        """One element with an id for each provider."""
        return ElementRef(element_id="", by_provider=ids, name="keeper", place=PLACE)

    def video(
        self, use: VideoUse = "feature", url: str = "https://example.com/sway.mp4"
    ) -> VideoRef:
        """A video at an address."""
        return VideoRef(source=UrlSource(url=url), use=use, place=PLACE)

    def video_file(
        self, use: VideoUse = "feature", path: Path = Path("/film/sway.mp4")
    ) -> VideoRef:
        """A video on this machine."""
        source = FileSource(path=path, shown=f"refs/{path.name}")
        return VideoRef(source=source, use=use, place=PLACE)

    def video_facts(self, **changes: Any) -> VideoFacts:
        """Facts of a video within every limit."""
        fields: dict[str, Any] = {
            "format": "mp4",
            "codec": "avc1",
            "width": 1280,
            "height": 720,
            "seconds": Fraction(5),
            "frame_rate": Fraction(25),
            "has_sound": True,
            "size_bytes": 1_000_000,
        }
        return VideoFacts(**{**fields, **changes})

    def parts(self, *seconds: int, prompt: str = "she turns") -> MultiShot:
        """A multi-shot of parts with these lengths."""
        return MultiShot(
            parts=tuple(Part(prompt=prompt, duration=s, place=PLACE) for s in seconds),
            place=PLACE,
        )

    def facts(self, **changes: Any) -> ImageFacts:
        """Facts of an image within every limit."""
        fields: dict[str, Any] = {
            "format": "png",
            "width": 640,
            "height": 480,
            "size_bytes": 1000,
            "sha256": "0" * 64,
        }
        return ImageFacts(**{**fields, **changes})

    def batch(self, *shots: Shot) -> Batch:
        """A batch of the shots."""
        return Batch(
            name="harbor", manifest=Path("/film/film.yaml"), folder=Path("/film"), shots=shots
        )


@pytest.fixture
def make() -> Make:
    return Make()


@pytest.fixture
def result(make: Make) -> Callable[..., CheckResult]:
    """Check a batch of the given shots."""

    def checked(*shots: Shot, **options: Any) -> CheckResult:
        return check(make.batch(*shots), **options)

    return checked


@pytest.fixture
def codes(result: Callable[..., CheckResult]) -> Callable[..., list[str]]:
    """The codes of the errors of the given shots, without the warnings."""

    def errors(*shots: Shot, **options: Any) -> list[str]:
        problems = result(*shots, **options).problems
        return [problem.code for problem in problems if problem.severity == "error"]

    return errors


@pytest.fixture
def warned(result: Callable[..., CheckResult]) -> Callable[..., list[str]]:
    """The codes of the warnings of the given shots."""

    def warnings(*shots: Shot, **options: Any) -> list[str]:
        problems = result(*shots, **options).problems
        return [problem.code for problem in problems if problem.severity == "warning"]

    return warnings
