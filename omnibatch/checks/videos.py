"""Rules about a video given as a file: it cannot be sent, and whether it is worth uploading."""

from collections.abc import Callable, Iterator
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from fractions import Fraction
from pathlib import Path

from omnibatch.checks.codes import Code, error, warning
from omnibatch.checks.faults import fault_problem
from omnibatch.media import MediaFault, VideoFacts
from omnibatch.problems import Problem
from omnibatch.providers import Limits
from omnibatch.shots import FileSource, Shot

__all__ = ["ProbeOfVideos", "look_at_video", "video_limits"]

ProbeOfVideos = Callable[[Path], VideoFacts | MediaFault]

# What cameras call 24 frames a second is 24,000 in 1,001 seconds.
_NOMINAL = Fraction(1, 1000)
# A clip cut at ten seconds may last some frames, or a packet of sound, longer; one that
# Kling itself has made for ten seconds does.
_OVERRUN = Fraction(1, 10)


def look_at_video(
    shot: Shot, probe: ProbeOfVideos
) -> tuple[VideoFacts | None, tuple[Problem, ...]]:
    """The facts of a video file (None for an address, a fault or no video), and problems."""
    if shot.video is None or not isinstance(shot.video.source, FileSource):
        return None, ()
    source, place = shot.video.source, shot.video.place
    seen = probe(source.path)
    if isinstance(seen, MediaFault):
        fault = fault_problem(seen, source, place, Code.VIDEO_DAMAGED)
        return None, (fault, *_local(shot, source, ""))
    return seen, (*_local(shot, source, f" ({_described(seen)})"), *_silent(shot, source, seen))


def _local(shot: Shot, source: FileSource, described: str) -> Iterator[Problem]:
    yield error(
        Code.VIDEO_IS_LOCAL,
        shot.place if shot.video is None else shot.video.place,
        f"{source.shown} is a file{described}, and a video must be an address: "
        "the provider fetches it",
        "upload it to where it can be fetched without signing in (a bucket, a CDN), and write "
        "{video: https://...}; where the address is signed anew each time, with key: NAME",
    )


def _silent(shot: Shot, source: FileSource, facts: VideoFacts) -> Iterator[Problem]:
    """A silent clip is rendered all the same, perhaps at the price of one with sound."""
    if shot.sound == "original" and not facts.has_sound:
        yield warning(
            Code.VIDEO_SILENT,
            shot.place_of("sound"),
            f"{source.shown} has no sound that could be kept",
            "leave sound out: keeping it may cost more",
        )


def video_limits(shot: Shot, facts: VideoFacts | None, limits: Limits) -> Iterator[Problem]:
    """Format, length, sides, frame rate and bytes of a local video whose facts are known."""
    if facts is None or shot.video is None or not isinstance(shot.video.source, FileSource):
        return
    for code, message, hint in _misfits(facts, limits):
        yield error(code, shot.video.place, f"{shot.video.source.shown} {message}", hint)


def _misfits(facts: VideoFacts, limits: Limits) -> Iterator[tuple[Code, str, str]]:
    formats = limits.video_formats.value
    if facts.format not in formats:
        wanted = " or ".join(formats).upper()
        hint = f"convert it to {formats[0].upper()}"
        yield Code.VIDEO_FORMAT, f"is {facts.format.upper()}, not {wanted}", hint
    seconds = limits.video_seconds.value
    if not seconds.least <= facts.seconds <= seconds.most + _OVERRUN:
        shown = _shown(facts.seconds, seconds.most)
        hint = f"cut it to {seconds.most} s" if facts.seconds > seconds.most else "use a longer one"
        yield Code.VIDEO_SECONDS, f"lasts {shown} s; it may last {seconds} s", hint
    side = limits.video_side.value
    if facts.width not in side or facts.height not in side:
        size = f"{facts.width} x {facts.height} px"
        hint = f"scale or crop it so that both sides have {side.least} to {side.most} px"
        yield Code.VIDEO_SIDE, f"is {size}; each side may have {side} px", hint
    rate = limits.video_frame_rate.value
    if not rate.least <= _nominal(facts.frame_rate) <= rate.most:
        shown = _shown(facts.frame_rate, rate.most)
        hint = f"convert it to {rate.least} to {rate.most} frames/s"
        yield Code.VIDEO_FRAME_RATE, f"has {shown} frames/s; it may have {rate}", hint
    most = limits.video_bytes.value
    if facts.size_bytes > most:
        message = f"has {facts.size_bytes:,} bytes, limit {most:,}"
        yield Code.VIDEO_BYTES, message, "save it with a lower bit rate"


def _nominal(rate: Fraction) -> Fraction:
    """A rate within a thousandth of a whole number as that number."""
    whole = Fraction(round(rate))
    return whole if abs(rate - whole) <= rate * _NOMINAL else rate


def _shown(value: Fraction, most: int) -> str:
    """With three decimals, rounded away from a limit that is passed, not onto it."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    rounded = exact.quantize(Decimal("0.001"), ROUND_UP if value > most else ROUND_DOWN)
    return f"{rounded.normalize():f}"


def _described(facts: VideoFacts) -> str:
    codec = facts.codec.strip()
    return ", ".join(
        (
            f"{facts.format.upper()} {codec}" if codec.isalnum() else facts.format.upper(),
            f"{facts.width} x {facts.height} px",
            f"{float(facts.seconds):.6g} s",
            f"{float(facts.frame_rate):.4g} frames/s",
            "sound" if facts.has_sound else "no sound",
            f"{facts.size_bytes:,} bytes",
        )
    )
