"""The values a manifest becomes: shots, their references, and the batch of them all.

A `Shot` is one fully resolved request for one clip: every template rendered, every
default applied, every name of a reference replaced by what it names. Nothing here
knows YAML, providers or the ledger.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Literal, NewType

from omnibatch.money import Money
from omnibatch.problems import Place
from omnibatch.references import (
    BrokenSource,
    ElementRef,
    FileSource,
    FrameSource,
    ImageRef,
    ImageSource,
    ImageUse,
    Source,
    UrlSource,
    VideoRef,
    VideoUse,
)

__all__ = [
    "Batch",
    "BrokenSource",
    "ElementRef",
    "FileSource",
    "FrameSource",
    "ImageRef",
    "ImageSource",
    "ImageUse",
    "MultiShot",
    "Part",
    "PriceRule",
    "RunSettings",
    "Shot",
    "ShotId",
    "Slot",
    "Sound",
    "Source",
    "UrlSource",
    "VideoRef",
    "VideoUse",
]

ShotId = NewType("ShotId", str)

Sound = Literal["off", "on", "original"]


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """One place in the film that wants one clip. `profile` is empty where none is used."""

    shot: str
    profile: str = ""
    take: int = 1

    def __str__(self) -> str:
        profile = f" [{self.profile}]" if self.profile else ""
        return f"{self.shot}{'' if self.take == 1 else f'@{self.take}'}{profile}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a multi-shot clip: its own prompt and whole seconds."""

    prompt: str
    duration: int
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class MultiShot:
    """Several shots in one clip: listed `parts`, or `auto` where the model cuts by itself."""

    auto: bool = False
    parts: tuple[Part, ...] = ()
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One clip to render, fully resolved.

    `prompt` has its style joined and its references numbered (`<<<image_1>>>`).
    `duration` is in whole seconds, or None where it does not apply (an edit takes the
    length of its video). `target` is a POSIX path relative to the manifest's folder.
    `places` gives the place of each field that was written, of `references NAME` where a
    list names one, and of `0 <<<image_1>>>` where a token was written into the prompt, or
    `1 ...` into that of the first part; `origins` says where each
    value came from ("built-in", "defaults", "scene", "shot", "profile draft", ...);
    `dropped` names defaults that do not apply here, with the reason. `scene` is empty
    outside scenes. `was` is the id that the shot had before. A `locked` shot is never
    bought again once it has been. `row` is the row of data that the shot was made from.
    """

    slot: Slot
    place: Place
    providers: tuple[str, ...]
    model: str
    prompt: str
    mode: str
    duration: int | None
    aspect_ratio: str | None
    sound: Sound = "off"
    images: tuple[ImageRef, ...] = ()
    elements: tuple[ElementRef, ...] = ()
    video: VideoRef | None = None
    multi_shot: MultiShot | None = None
    callback_url: str | None = None
    extra: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    note: str = ""
    caption: str = ""
    skip: bool = False
    locked: bool = False
    scene: str = ""
    was: str = ""
    row: Place | None = None
    target: str
    places: Mapping[str, Place] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)
    dropped: Mapping[str, str] = field(default_factory=dict)

    @property
    def frames(self) -> tuple[FrameSource, ...]:
        """The frames of other shots that this one needs; most need none."""
        if not self.images:
            return ()
        return tuple([i.source for i in self.images if isinstance(i.source, FrameSource)])

    @property
    def is_broken(self) -> bool:
        """Whether something that it refers to cannot be used: it must not be bought."""
        if not (self.images or self.elements or self.video):
            return False  # most shots
        return (
            any(isinstance(image.source, BrokenSource) for image in self.images)
            or any(element.is_broken for element in self.elements)
            or (self.video is not None and isinstance(self.video.source, BrokenSource))
        )

    @property
    def id(self) -> ShotId:
        """The shot's stable id, unique in its manifest."""
        return ShotId(self.slot.shot)

    def place_of(self, field_name: str) -> Place:
        """Where `field_name` was written, else where the shot begins."""
        return self.places.get(field_name, self.place)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSettings:
    """The manifest's `run` block. Times are in seconds.

    `poll_first`/`poll_longest` bound the pause between two queries of one task;
    `patience` is how long an unreachable provider is tried before the run stops;
    `stalled_after` is how long a task may render before it is left for a later run, and
    how long an account that others keep full is asked for a place.
    """

    in_flight: int = 5
    submits_per_minute: Decimal | None = None
    poll_first: float = 2.0
    poll_longest: float = 30.0
    patience: float = 60.0
    stalled_after: float = 1800.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRule:
    """A price that the user knows better: what a second costs wherever all words fit.

    An empty `provider`, `model`, `mode` or `sound` fits every one.
    """

    provider: str = ""
    model: str = ""
    mode: str = ""
    sound: str = ""
    per_second: Money
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """All shots of a manifest after expansion, in the order of the film.

    `folder` is the manifest's folder, absolute; every target is relative to it. `profile`
    is the one chosen of `profiles`, both empty where the manifest has none. `prices`
    override the shipped table, the more words fit the stronger.
    """

    name: str
    manifest: Path
    folder: Path
    shots: tuple[Shot, ...]
    budget: Money | None = None
    budget_place: Place | None = None
    run: RunSettings = RunSettings()
    profile: str = ""
    profiles: tuple[str, ...] = ()
    prices: tuple[PriceRule, ...] = ()
