"""What a create body refers to: images, elements and a video, and their rules together.

Sources: CometAPI's Omni Video page for the counts, the kinds of frame and the single
video; Kling's legacy omni-video reference for how frames, elements and videos combine.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from omnibatch.emulator.orders.fields import Body, OrderError, choice, objects, text, url
from omnibatch.emulator.orders.images import Size, check_image

__all__ = ["References", "read_references"]

_O1 = "kling-video-o1"


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """The references of one order. `first_size` is that of a first frame sent as Base64."""

    images: int
    elements: int
    first_frame: bool
    end_frame: bool
    first_size: Size | None
    video: str | None
    keeps_sound: bool

    @property
    def edits(self) -> bool:
        """Whether a given video is edited, rather than a new one made."""
        return self.video == "base"


def read_references(body: Body, model: str) -> References:
    """Read and check `image_list`, `element_list` and `video_list`; raise `OrderError`."""
    images = objects(body, "image_list")
    elements = objects(body, "element_list")
    videos = objects(body, "video_list")
    sizes = [_image(item, f"image_list[{index}].image_url") for index, item in enumerate(images)]
    kinds = [choice(item, "type", ("first_frame", "end_frame")) for item in images]
    for index, item in enumerate(elements):
        _element(item, f"element_list[{index}].element_id")
    video, keeps_sound = _video(videos)
    found = References(
        images=len(images),
        elements=len(elements),
        first_frame="first_frame" in kinds,
        end_frame="end_frame" in kinds,
        first_size=sizes[kinds.index("first_frame")] if "first_frame" in kinds else None,
        video=video,
        keeps_sound=keeps_sound,
    )
    _check_counts(found, kinds)
    _check_frames(found, model)
    return found


def _image(item: Body, where: str) -> Size | None:
    value = text(item, "image_url")
    if not value:
        raise OrderError(f"{where} is required")
    return check_image(value, where)


def _element(item: Body, where: str) -> None:
    value = item.get("element_id")
    if isinstance(value, bool) or not isinstance(value, int):
        raise OrderError(f"{where} must be an integer")


def _video(videos: Sequence[Body]) -> tuple[str | None, bool]:
    if not videos:
        return None, False
    if len(videos) > 1:
        raise OrderError("video_list takes one video only")
    (video,) = videos
    if not url(video, "video_url"):
        raise OrderError("video_list[0].video_url is required")
    # Base is what Kling takes for granted: a video is there to be edited.
    kind = choice(video, "refer_type", ("feature", "base")) or "base"
    return kind, choice(video, "keep_original_sound", ("yes", "no")) == "yes"


def _check_counts(found: References, kinds: Sequence[str | None]) -> None:
    limit = 7 if found.video is None else 4
    if found.images + found.elements > limit:
        beside = "without" if found.video is None else "with"
        raise OrderError(f"images and elements {beside} a video must not exceed {limit}")
    for kind in ("first_frame", "end_frame"):
        if kinds.count(kind) > 1:
            raise OrderError(f"image_list takes one {kind} only")


def _check_frames(found: References, model: str) -> None:
    if found.end_frame and not found.first_frame:
        raise OrderError("an end_frame needs a first_frame")
    if found.edits and found.first_frame:
        raise OrderError("first and end frames are not supported in video editing")
    if found.end_frame and model == _O1 and found.images > 2:
        raise OrderError(f"{model} supports no end_frame beside more than 2 images")
    if found.end_frame and model == _O1 and found.elements:
        raise OrderError(f"{model} supports no elements between a first and an end frame")
    if found.first_frame and found.elements > 3:
        raise OrderError("a first_frame supports at most 3 elements")
