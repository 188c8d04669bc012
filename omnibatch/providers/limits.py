"""What a model at a provider takes: each fact with where it stands and when it was read.

Only the shape of such facts is here; `table` holds them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any, Generic, TypeVar

__all__ = ["Fact", "Limits", "Source", "Span", "cited"]

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact stands: a page, its address, and the day it was read (ISO 8601)."""

    title: str
    url: str
    date: str


@dataclass(frozen=True, slots=True)
class Span:
    """A range of whole numbers, both ends included."""

    least: int
    most: int

    def __contains__(self, number: int) -> bool:
        return self.least <= number <= self.most

    def __str__(self) -> str:
        return f"{self.least}-{self.most}"


@dataclass(frozen=True, slots=True)
class Fact(Generic[T_co]):
    """One value with its unit (empty where it has none) and its source.

    The value None means that the model has no such limit or no such feature.
    """

    value: T_co
    unit: str
    source: Source

    def __str__(self) -> str:
        value = self.value
        if value is None:
            return "none"
        if isinstance(value, tuple):
            text = ", ".join(str(item) for item in value)
        else:
            text = f"{value:,}" if isinstance(value, int) else str(value)
        return f"{text} {self.unit}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Everything a shot is measured against. Lengths of text count code points."""

    prompt_length: Fact[int]
    modes: Fact[tuple[str, ...]]
    aspect_ratios: Fact[tuple[str, ...]]

    duration: Fact[Span]
    """Whole seconds."""
    duration_with_video: Fact[Span]
    """Whole seconds of a clip that takes after a `feature` video."""
    plain_durations: Fact[tuple[int, ...] | None]
    """The only lengths from text alone, or from a first frame alone."""

    references: Fact[int]
    """Images (frames included) and elements together, without a video."""
    references_with_video: Fact[int]
    videos: Fact[int]

    image_formats: Fact[tuple[str, ...]]
    image_bytes: Fact[int]
    image_side: Fact[int]
    """The least width and the least height."""
    image_ratio: Fact[Decimal]
    """The most that one side may be, as a multiple of the other."""

    end_frame_images: Fact[int | None]
    """The most images, frames included, of a shot with an end frame."""
    first_frame_elements: Fact[int]
    end_frame_elements: Fact[int]

    sounds: Fact[tuple[str, ...]]
    parts: Fact[Span | None]
    """How many parts a multi-shot clip may have; None where the model makes none."""
    part_prompt_length: Fact[int | None]

    video_formats: Fact[tuple[str, ...]]
    video_seconds: Fact[Span]
    video_side: Fact[Span]
    video_frame_rate: Fact[Span]
    video_bytes: Fact[int]

    def facts(self) -> Iterator[tuple[str, Fact[object]]]:
        """Each fact with its name, in a settled order."""
        for field in fields(self):
            yield field.name, getattr(self, field.name)


def cited(limits: Limits, source: Source, *names: str) -> Limits:
    """The same limits, where `source` states the facts called `names` as well."""
    changes: dict[str, Any] = {  # fields of different types under one keyword mapping
        name: replace(getattr(limits, name), source=source) for name in names
    }
    return replace(limits, **changes)
