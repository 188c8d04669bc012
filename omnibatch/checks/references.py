"""Rules about what a shot refers to: how many, and which go together."""

import re
from collections.abc import Iterator
from difflib import get_close_matches

from omnibatch.checks.codes import Code, error
from omnibatch.checks.counting import counted
from omnibatch.problems import Place, Problem
from omnibatch.providers import ModelRow
from omnibatch.shots import ImageRef, ImageUse, Shot

__all__ = ["element_at", "element_ids", "frame_company", "frames", "list_limit"]

_DIGITS = re.compile(r"[0-9]{1,19}")
_LONG = 2**63 - 1  # the wire type of an element id is a Java long


def list_limit(shot: Shot, row: ModelRow) -> Iterator[Problem]:
    """Images, frames included, and elements are counted together."""
    limits = row.limits
    most = (limits.references if shot.video is None else limits.references_with_video).value
    images, elements = len(shot.images), len(shot.elements)
    if images + elements > most:
        video = " beside a video" if shot.video is not None else ""
        yield error(
            Code.TOO_MANY_REFERENCES,
            _place_of_references(shot),
            f"{counted(images, 'image')} (frames included) and {counted(elements, 'element')} make "
            f"{images + elements}, limit {most}{video}",
            f"take {images + elements - most} of them off",
        )


def frames(shot: Shot) -> Iterator[Problem]:
    """At most one of each, no end without a first, and none in an edit."""
    for use, key in (("first_frame", "first frame"), ("end_frame", "end frame")):
        found = [image for image in shot.images if image.use == use]
        for extra in found[1:]:
            yield error(
                Code.FRAME_TWICE,
                extra.place,
                f"the shot has {len(found)} pictures for its {key}, limit 1",
                "give one",
            )
    end = _frame(shot, "end_frame")
    if end is not None and _frame(shot, "first_frame") is None:
        yield error(
            Code.END_FRAME_ALONE,
            end.place,
            "the shot has an end frame and no first frame",
            "add first_frame, or list the picture among the references",
        )
    if shot.video is not None and shot.video.use == "base":
        for frame in (image for image in shot.images if image.use != "reference"):
            yield error(
                Code.FRAME_IN_EDIT,
                frame.place,
                f"an edit takes no {frame.use.replace('_', ' ')}: its video has its own frames",
                f"leave {frame.use} out, or use the video as a reference instead of edit",
            )


def frame_company(shot: Shot, row: ModelRow) -> Iterator[Problem]:
    """How many other images and elements a shot with frames may have."""
    end = _frame(shot, "end_frame")
    first = _frame(shot, "first_frame")
    most_images = row.limits.end_frame_images.value
    if end is not None and most_images is not None and len(shot.images) > most_images:
        yield error(
            Code.END_FRAME_IMAGES,
            end.place,
            f"{counted(len(shot.images), 'image')} (frames included) with an end frame, "
            f"limit {most_images} for {row.model}",
            "leave out end_frame, or the reference images",
        )
    frame = end or first
    if frame is None:
        return
    fact = row.limits.end_frame_elements if end is not None else row.limits.first_frame_elements
    most = fact.value
    if len(shot.elements) > most:
        keep = f"keep {counted(most, 'element')}" if most else "leave out the elements"
        yield error(
            Code.FRAME_ELEMENTS,
            frame.place,
            f"{counted(len(shot.elements), 'element')} with {frame.use.replace('_', ' ')}, "
            f"limit {most} for {row.model}",
            f"{keep}, or leave out {frame.use}",
        )


def element_ids(shot: Shot) -> Iterator[Problem]:
    """Element ids are digits and fit in 64 bits."""
    for element in shot.elements:
        if element.is_broken:
            continue
        ids = element.by_provider or {"": element.element_id}
        for provider, written in ids.items():
            if not _DIGITS.fullmatch(written) or not 0 < int(written) <= _LONG:
                where = f" at {provider}" if provider else ""
                yield error(
                    Code.ELEMENT_ID,
                    element.place,
                    f"{written!r} is not an element id{where}: 1 to 19 digits, at most {_LONG}",
                    "copy the number that registering the element returned",
                )


def element_at(shot: Shot, row: ModelRow) -> Iterator[Problem]:
    """An element with an id for each provider has one for this provider."""
    for element in shot.elements:
        if not element.is_broken and element.id_at(row.provider) is None:
            name = element.name or "the element"
            near = get_close_matches(row.provider, element.by_provider, n=1)
            yield error(
                Code.ELEMENT_NOT_THERE,
                element.place,
                f"{name} has no id at {row.provider}, only at {' and '.join(element.by_provider)}",
                f"write {row.provider} instead of {near[0]}"
                if near
                else f"register it at {row.provider}, and add {row.provider}: ID to its element",
            )


def _place_of_references(shot: Shot) -> Place:
    """The key that lists them, else the text that names them."""
    keys = ("references", "prompt", "multi_shot")
    return shot.place_of(next((key for key in keys if key in shot.places), "references"))


def _frame(shot: Shot, use: ImageUse) -> ImageRef | None:
    return next((image for image in shot.images if image.use == use), None)
