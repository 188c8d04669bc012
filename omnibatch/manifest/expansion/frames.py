"""Frames of other shots: read where they are written, and held against the whole film."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final
from unicodedata import normalize

from omnibatch.manifest import codes, nodes
from omnibatch.manifest.expansion.draft import Draft
from omnibatch.manifest.expansion.ids import Ids
from omnibatch.manifest.expansion.references import Reach, Reader, Reference
from omnibatch.manifest.suggest import did_you_mean, listed
from omnibatch.problems import Problem
from omnibatch.shots import FrameSource, ImageRef, ImageUse, Shot

__all__ = ["frame_problems", "leave_out_unset", "read_frames"]

_KEYS: Final[tuple[ImageUse, ...]] = ("first_frame", "end_frame")
_TAKE: Final = re.compile(r"(.*)@([1-9][0-9]{0,3})", re.DOTALL)
_SECONDS: Final = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,3})?)\s*s?")


def read_frames(draft: Draft, reader: Reader, reach: Reach) -> tuple[ImageRef, ...]:
    """The first and the end frame of a shot, as far as it has them."""
    frames: tuple[ImageRef, ...] = ()
    for key in _KEYS:
        if key in draft.values and (frame := _frame(draft, reader, reach, key)) is not None:
            frames += (frame,)
    return frames


def _frame(draft: Draft, reader: Reader, reach: Reach, key: ImageUse) -> ImageRef | None:
    picked = draft.pick(key)
    if picked is None:
        return None
    node = picked.node
    at = node.get("frame") if isinstance(node, nodes.Mapping) else None
    if isinstance(node, nodes.Mapping) and (shot := node.get("shot")) is not None:
        return _of_a_shot(draft, key, shot, at)
    if at is not None:
        message = "frame is the moment of another shot's clip, and this is an image"
        draft.add(at.place, codes.DOES_NOT_APPLY, message, "leave frame out")
    found = reader.read_one(node, "image", draft.scope, reach)
    if found is None:
        draft.failed = True
        return None
    if not found.is_set:
        leave_out_unset(draft, key, found)
        return None
    if len(found.sources) > 1:
        message = f"{found.name or key} has {len(found.sources)} images, and a frame is one"
        draft.add(node.place, codes.WRONG_COUNT, message, "name the file of one of them")
    return ImageRef(source=found.sources[0], use=key, name=found.name, place=node.place)


def leave_out_unset(draft: Draft, key: str, reference: Reference) -> None:
    """Take `key` for not written, since its `reference` came to nothing.

    One that is named is a problem: whoever names it counts on it.
    """
    if not reference.name:
        draft.leave_out(key)
        return
    message = f"the reference {reference.name} is empty here, and {key} uses it"
    hint = "fill in its cell, or name it in {% if %} alone"
    draft.add(draft.place_of(key), codes.UNKNOWN_REFERENCE, message, hint)


def _of_a_shot(
    draft: Draft, key: ImageUse, shot: nodes.Node, at: nodes.Node | None
) -> ImageRef | None:
    """The frame `at` a moment of the clip of `shot`; None where it is not set, or wrong."""
    text = draft.render(shot)
    moment = draft.render(at) if at is not None else "last"
    if text is None or moment is None:
        return None
    if not text.strip():
        draft.leave_out(key)  # a template that came to nothing
        return None
    named = _TAKE.fullmatch(text.strip())
    name, take = (named[1], int(named[2])) if named else (text.strip(), None)
    seconds = _SECONDS.fullmatch(moment.strip())
    source = FrameSource(shot=normalize("NFC", name), take=take)
    if moment.strip() in ("first", "last", ""):
        first = moment.strip() == "first"
        source = FrameSource(shot=source.shot, take=take, at="first" if first else "last")
    elif seconds:
        source = FrameSource(shot=source.shot, take=take, at=Decimal(seconds[1]).normalize())
    else:
        message = f"frame must be first, last or a time, not {moment[:60]!r}"
        place = (at or shot).place
        draft.add(place, codes.WRONG_VALUE, message, "write it like 2.5s")
    return ImageRef(source=source, use=key, name="", place=shot.place)


def frame_problems(shots: Sequence[Shot], known: Ids) -> Iterator[Problem]:
    """Frames of shots or takes that there are not, or after their end; and rings of them.

    `known` are all ids of the film, those of shots with a finding among them.
    """
    needing = [shot for shot in shots if shot.frames]
    if not needing:
        return
    takes: dict[str, dict[int, Shot]] = {}
    for shot in shots:
        takes.setdefault(shot.slot.shot, {})[shot.slot.take] = shot
    for shot in needing:
        for image in shot.images:
            if isinstance(image.source, FrameSource):
                yield from _misfits(image, image.source, takes, known)
    yield from _rings(needing)


def _misfits(
    image: ImageRef,
    source: FrameSource,
    takes: Mapping[str, Mapping[int, Shot]],
    known: Ids,
) -> Iterator[Problem]:
    found = takes.get(source.shot)
    code, message, hint = "", "", ""
    if found is None:
        if source.shot in known:
            return  # it has a finding of its own
        renamed = {each.was: each.id for of_one in takes.values() for each in of_one.values()}
        code, message = codes.UNKNOWN_SHOT, f"there is no shot {source.shot[:60]}"
        hint = did_you_mean(source.shot, known) or "name another shot of the film by its id"
        if source.shot in renamed:
            hint = f"it is {renamed[source.shot]} now"
    elif (source.take or 1) not in found:
        code = codes.UNKNOWN_SHOT
        count = "1 take" if len(found) == 1 else f"{len(found)} takes"
        message = f"this is of take {source.take}, and {source.shot} has {count}"
        hint = f"name one of them, or write takes: {source.take} there"
    else:
        seconds = found[source.take or 1].duration
        if not isinstance(source.at, Decimal) or seconds is None or source.at <= seconds:
            return
        code = codes.OUT_OF_RANGE
        message = f"the frame is at {source.at:f} s, and {source.shot} has {seconds} s"
        hint = "write frame: last, or an earlier time"
    yield Problem(place=image.place, code=code, message=message, hint=hint)


def _rings(needing: Sequence[Shot]) -> Iterator[Problem]:
    """Shots that wait for each other's clips: each ring once, at its first shot."""
    sources: dict[str, list[str]] = {}
    written: dict[str, Shot] = {}
    for shot in needing:
        written.setdefault(shot.slot.shot, shot)
        known = sources.setdefault(shot.slot.shot, [])
        known += [frame.shot for frame in shot.frames if frame.shot not in known]
    done: set[str] = set()
    for start in sources:
        path: dict[str, Iterator[str]] = {}
        stack = [start]
        while stack:
            name = stack[-1]
            if name in done:
                stack.pop()
                continue
            ahead = path.setdefault(name, iter(sources.get(name, ())))
            following = next(ahead, None)
            if following is None:
                done.add(name)
                del path[name]
                stack.pop()
            elif following in path:
                ring = stack[stack.index(following) :]
                yield _ring(written[ring[-1]], ring)
            elif following not in done:
                stack.append(following)


def _ring(shot: Shot, ring: list[str]) -> Problem:
    place = next(i.place for i in shot.images if isinstance(i.source, FrameSource))
    if len(ring) == 1:
        message = f"{ring[0]} needs a frame of its own clip"
    else:
        shown = [*ring[:8], "..."] if len(ring) > 8 else ring
        message = f"{listed(shown)} need frames of each other's clips"
    hint = "one of them has to begin with a picture, or with none"
    return Problem(place=place, code=codes.FRAME_RING, message=message, hint=hint)
