"""Rules about the clip itself: mode, aspect ratio, duration, sound."""

from collections.abc import Iterator

from omnibatch.checks.codes import Code, error
from omnibatch.problems import Problem
from omnibatch.providers import ModelRow
from omnibatch.shots import Shot

__all__ = ["aspect_ratio", "duration", "mode", "sound", "sound_and_video", "unused_values"]


def mode(shot: Shot, row: ModelRow) -> Iterator[Problem]:
    """One of the modes of the model at this provider."""
    modes = row.limits.modes.value
    if shot.mode not in modes:
        yield error(
            Code.MODE,
            shot.place_of("mode"),
            f"{row.model} at {row.provider} has no mode {shot.mode!r}",
            f"use {' or '.join(modes)}",
        )


def aspect_ratio(shot: Shot, row: ModelRow) -> Iterator[Problem]:
    """Needed unless a first frame or a video to edit gives it, and one of a few."""
    ratios = row.limits.aspect_ratios.value
    place = shot.place_of("aspect_ratio")
    if shot.aspect_ratio is None:
        if not _takes_shape_from_source(shot):
            yield error(
                Code.ASPECT_RATIO_MISSING,
                place,
                "the shot has no aspect ratio, and no first frame to take it from",
                f"write aspect_ratio: {ratios[0]} ({', '.join(ratios)})",
            )
    elif shot.aspect_ratio not in ratios:
        yield error(
            Code.ASPECT_RATIO,
            place,
            f"{row.model} renders no aspect ratio {shot.aspect_ratio}",
            f"use {', '.join(ratios)}",
        )


def unused_values(shot: Shot) -> Iterator[Problem]:
    """Values that the source decides: written all the same, they would be ignored."""
    if shot.aspect_ratio is not None and _takes_shape_from_source(shot):
        source = "video being edited" if _is_edit(shot) else "first frame"
        yield error(
            Code.ASPECT_RATIO_UNUSED,
            shot.place_of("aspect_ratio"),
            f"aspect_ratio {shot.aspect_ratio} has no effect: the {source} decides",
            "leave aspect_ratio out of this shot",
        )
    if shot.duration is not None and _is_edit(shot):
        yield error(
            Code.DURATION_UNUSED,
            shot.place_of("duration"),
            f"duration {shot.duration} has no effect: an edit is as long as its video",
            "leave duration out of this shot",
        )


def duration(shot: Shot, row: ModelRow) -> Iterator[Problem]:
    """Whole seconds, within what the model renders from what the shot has."""
    if _is_edit(shot):
        return
    place = shot.place_of("duration")
    limits = row.limits
    span = (limits.duration if shot.video is None else limits.duration_with_video).value
    if shot.duration is None:
        parts = shot.multi_shot.parts if shot.multi_shot is not None else ()
        seconds = sum(part.duration for part in parts) or span.least
        yield error(
            Code.DURATION_MISSING, place, "the shot has no duration", f"write duration: {seconds}"
        )
        return
    length, in_all = f"{shot.duration} s", ""
    if "duration" not in shot.places and shot.multi_shot is not None and shot.multi_shot.parts:
        place = shot.multi_shot.place
        length, in_all = f"the parts add up to {length}", " in all"
    if shot.duration not in span:
        video = " with a reference video" if shot.video is not None else ""
        yield error(
            Code.DURATION,
            place,
            f"{length}, and {row.model} renders {span} s{video}",
            f"use {span.least} to {span.most}{in_all}",
        )
    elif limits.plain_durations.value is not None and _is_plain(shot):
        few = limits.plain_durations.value
        if shot.duration not in few:
            allowed = " or ".join(str(seconds) for seconds in few)
            source = "a first frame" if shot.images else "text"
            yield error(
                Code.DURATION_PLAIN,
                place,
                f"{length}, and {row.model} renders {allowed} s from {source} alone",
                f"use {allowed}{in_all}, or add a reference",
            )


def sound(shot: Shot, row: ModelRow) -> Iterator[Problem]:
    """Some models cannot make sound and only keep that of a video."""
    sounds = row.limits.sounds.value
    if shot.sound not in sounds:
        yield error(
            Code.SOUND,
            shot.place_of("sound"),
            f"{row.model} cannot do sound: {shot.sound}",
            f"use sound: {' or '.join(sounds)}, or another model",
        )


def sound_and_video(shot: Shot) -> Iterator[Problem]:
    """Sound is made only without a video, and kept only from one."""
    if shot.sound == "on" and shot.video is not None:
        yield error(
            Code.SOUND_WITH_VIDEO,
            shot.place_of("sound"),
            "sound cannot be made for a shot that has a video",
            "use sound: original to keep the video's own, or off",
        )
    if shot.sound == "original" and shot.video is None:
        yield error(
            Code.SOUND_WITHOUT_VIDEO,
            shot.place_of("sound"),
            "there is no video whose original sound could be kept",
            "use sound: off or on, or add a video",
        )


def _is_edit(shot: Shot) -> bool:
    return shot.video is not None and shot.video.use == "base"


def _takes_shape_from_source(shot: Shot) -> bool:
    return _is_edit(shot) or any(image.use == "first_frame" for image in shot.images)


def _is_plain(shot: Shot) -> bool:
    """Made from text alone, or from text and a first frame alone."""
    uses = [image.use for image in shot.images]
    return not shot.elements and shot.video is None and uses in ([], ["first_frame"])
