"""What a shot is shown beside its prompt: images, elements, a video, and where each is from.

Part of `shots`, through which other rooms know them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Literal

from omnibatch.problems import Place

__all__ = [
    "BrokenSource",
    "ElementRef",
    "FileSource",
    "FrameSource",
    "ImageRef",
    "ImageSource",
    "ImageUse",
    "Source",
    "UrlSource",
    "VideoRef",
    "VideoUse",
]

ImageUse = Literal["reference", "first_frame", "end_frame"]
VideoUse = Literal["feature", "base"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSource:
    """A local file: `path` is absolute and inside the allowed root, `shown` as written."""

    path: Path
    shown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlSource:
    """A public http(s) address, which the provider itself fetches.

    `key` stands for the content in the digest, for addresses that change by the hour
    (signed ones); without it the address stands for itself.
    """

    url: str
    key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenSource:
    """Something that was written and cannot be used, which is a problem where it stands.

    It keeps its place in the lists, so that nobody takes it for not written. A shot with
    one is judged like others and never bought.
    """

    shown: str


Source = FileSource | UrlSource | BrokenSource


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameSource:
    """A frame of another shot's clip, in the same profile, once that is collected.

    `take` is None where none was named: the one that was picked, else the first. `at` is
    `first`, `last`, or the seconds from the clip's start.
    """

    shot: str
    take: int | None = None
    at: Decimal | Literal["first", "last"] = "last"

    @property
    def moment(self) -> str:
        """`first`, `last` or `2.5s`, as it is written."""
        return self.at if isinstance(self.at, str) else f"{self.at.normalize():f}s"

    def __str__(self) -> str:
        take = "" if self.take is None else f"@{self.take}"
        at = f"the {self.at} frame" if isinstance(self.at, str) else f"the frame at {self.moment}"
        return f"{at} of {self.shot}{take}"


ImageSource = FileSource | UrlSource | BrokenSource | FrameSource


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRef:
    """One entry of the image list. References come first in token order, frames after."""

    source: ImageSource
    use: ImageUse = "reference"
    name: str = ""
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementRef:
    """A registered element. Ids have 18 or 19 digits, too many for a float: kept as text.

    Where each provider knows the element by an id of its own, those are `by_provider`, and
    `element_id` is empty. One that `is_broken` has none: what was written cannot be used,
    which is a problem where it stands.
    """

    element_id: str
    by_provider: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    place: Place
    is_broken: bool = False

    def id_at(self, provider: str) -> str | None:
        """The element's id at `provider`, or None where none is given for it."""
        return self.by_provider.get(provider) if self.by_provider else self.element_id


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoRef:
    """The one video a shot may carry: `feature` to take after, `base` to edit."""

    source: Source
    use: VideoUse = "feature"
    name: str = ""
    place: Place
