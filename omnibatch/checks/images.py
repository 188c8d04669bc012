"""Rules about the sources of a shot: image files by their bytes, addresses by their text."""

from collections.abc import Callable, Iterator, Sequence
from decimal import ROUND_UP, Decimal
from pathlib import Path

from omnibatch.checks.addresses import address_fault
from omnibatch.checks.codes import Code, error
from omnibatch.checks.faults import fault_problem
from omnibatch.media import ImageFacts, MediaFault
from omnibatch.problems import Problem
from omnibatch.providers import Limits
from omnibatch.shots import FileSource, ImageRef, Shot, UrlSource, VideoRef

__all__ = ["Probe", "image_limits", "look_at", "sources"]

Probe = Callable[[Path], ImageFacts | MediaFault]


def look_at(shot: Shot, probe: Probe) -> tuple[tuple[ImageFacts | None, ...], tuple[Problem, ...]]:
    """The facts of each image (None for an address or a fault), and the faults."""
    facts: list[ImageFacts | None] = []
    problems: list[Problem] = []
    for image in shot.images:
        seen = probe(image.source.path) if isinstance(image.source, FileSource) else None
        if isinstance(seen, MediaFault) and isinstance(image.source, FileSource):
            problems.append(fault_problem(seen, image.source, image.place, Code.IMAGE_DAMAGED))
            seen = None
        facts.append(seen if isinstance(seen, ImageFacts) else None)
    return tuple(facts), tuple(problems)


def sources(shot: Shot) -> Iterator[Problem]:
    """Addresses of images and of a video must be public."""
    references: list[ImageRef | VideoRef] = [*shot.images]
    if shot.video is not None:
        references.append(shot.video)
    for reference in references:
        if isinstance(reference.source, UrlSource):
            fault = address_fault(reference.source.url)
            if fault is not None:
                yield error(fault.code, reference.place, fault.message, fault.hint)


def image_limits(
    shot: Shot, facts: Sequence[ImageFacts | None], limits: Limits
) -> Iterator[Problem]:
    """Format, bytes, sides and ratio of each local image whose facts are known."""
    for image, known in zip(shot.images, facts, strict=True):
        if known is not None and isinstance(image.source, FileSource):
            for code, message, hint in _misfits(known, limits):
                yield error(code, image.place, f"{image.source.shown} {message}", hint)


def _misfits(facts: ImageFacts, limits: Limits) -> Iterator[tuple[Code, str, str]]:
    formats = limits.image_formats.value
    if facts.format not in formats:
        wanted = " or ".join(formats)
        yield Code.IMAGE_FORMAT, f"is a {facts.format}, not {wanted}", f"convert it to {formats[0]}"
    most = limits.image_bytes.value
    if facts.size_bytes > most:
        message = f"has {facts.size_bytes:,} bytes, limit {most:,}"
        yield Code.IMAGE_BYTES, message, "save it as a JPEG, or with fewer pixels"
    short, long = sorted((facts.width, facts.height))
    size = f"{facts.width} x {facts.height} px"
    least = limits.image_side.value
    if short < least:
        yield (
            Code.IMAGE_SIDE,
            f"is {size}; each side needs {least} px or more",
            f"use a picture of {least} px a side or more",
        )
    ratio = limits.image_ratio.value
    if long > short * ratio:
        # Rounded up, so that a picture one pixel too long is not said to be at the limit.
        shown = (Decimal(long) / short).quantize(Decimal("0.001"), ROUND_UP)
        yield (
            Code.IMAGE_RATIO,
            f"is {size}, a ratio of {shown} : 1; limit {ratio} : 1",
            f"crop its longer side to {int(short * ratio)} px or less",
        )
