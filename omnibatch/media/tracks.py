"""Tracks of an MP4 or MOV file: what its index says of pictures and sound.

The index is read here and not by FFmpeg: FFmpeg makes room for every frame that a table
counts, and eight kilobytes can count so many that three gigabytes do not hold them. Here
counts are added up, and nothing is made for them. Nothing is decoded.

Source: ISO/IEC 14496-12, sections 8.2 to 8.8; QuickTime's format has the same boxes.
"""

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from omnibatch.media.boxes import Box, Boxes, ContainerError

__all__ = ["Index", "Track", "read_index"]

_PICTURES = b"vide"
_SOUND = b"soun"
_UNKNOWN = (0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF)  # a duration that nobody has filled in


@dataclass(slots=True)
class Track:
    """One track: `frames` (or packets of sound) that take `ticks` of `1 / timescale` s."""

    number: int = 0
    handler: bytes = b""
    codec: str = ""
    width: int = 0
    height: int = 0
    turned: bool = False
    timescale: int = 0
    frames: int = 0
    ticks: int = 0
    ticks_each: int = 0
    """Of a frame in a fragment that does not say otherwise."""

    @property
    def seconds(self) -> Fraction:
        """How long it takes, before any edit list."""
        return Fraction(self.ticks, self.timescale) if self.timescale else Fraction(0)

    @property
    def frame_rate(self) -> Fraction:
        """Frames in a second, on average; 0 where it takes no time."""
        return self.frames / self.seconds if self.seconds else Fraction(0)


@dataclass(slots=True)
class Index:
    """What the index of a file says. `stated_seconds` is its own word, 0 where it has none."""

    stated_seconds: Fraction = Fraction(0)
    tracks: list[Track] = field(default_factory=list)
    data_bytes: int = 0
    """Of pictures and sound, all tracks together."""

    @property
    def picture(self) -> Track | None:
        """The track of moving pictures; of several, such as a still beside a film, the longest."""
        return max(self._filled(_PICTURES), key=lambda track: track.frames, default=None)

    @property
    def has_sound(self) -> bool:
        """Whether there is a track of sound with something in it."""
        return bool(self._filled(_SOUND))

    @property
    def seconds(self) -> Fraction:
        """How long the film is: what it says, else its longest track."""
        return self.stated_seconds or max((t.seconds for t in self.tracks), default=Fraction(0))

    def _filled(self, handler: bytes) -> list[Track]:
        return [t for t in self.tracks if t.handler == handler and t.frames]


def read_index(boxes: Boxes) -> Index | None:
    """Read the index of a file, None where it has none; raise `ContainerError`."""
    index: Index | None = None
    data_bytes = 0
    fragments: list[Box] = []
    for box in boxes.outermost():
        if box.kind == b"moov" and index is None:
            index = _index(boxes, box)
        elif box.kind == b"moof":
            fragments.append(box)
        elif box.kind == b"mdat":
            data_bytes += box.end - box.start
    if index is None:
        return None
    index.data_bytes = data_bytes
    by_number = {track.number: track for track in index.tracks}
    for fragment in fragments:
        index.stated_seconds = Fraction(0)  # it is about what stands before the fragments
        _add_fragment(boxes, fragment, by_number)
    return index


def _index(boxes: Boxes, moov: Box) -> Index:
    index = Index()
    defaults: dict[int, int] = {}
    for box in boxes.within(moov):
        if box.kind == b"mvhd":
            timescale, ticks = _times(boxes.payload(box))
            if timescale and ticks not in _UNKNOWN:
                index.stated_seconds = Fraction(ticks, timescale)
        elif box.kind == b"trak":
            index.tracks.append(_track(boxes, box))
        elif box.kind == b"mvex":
            for inner in boxes.within(box):
                if inner.kind == b"trex":
                    number, _, ticks = _numbers(boxes.payload(inner), 4, ">III")
                    defaults[number] = ticks
        elif box.kind == b"cmov":
            raise ContainerError("its index is compressed")
    for track in index.tracks:
        track.ticks_each = defaults.get(track.number, 0)
    return index


def _track(boxes: Boxes, trak: Box) -> Track:
    track = Track()
    for box in boxes.within(trak):
        if box.kind == b"tkhd":
            data = boxes.payload(box)
            is_long = data[:1] == b"\1"
            (track.number,) = _numbers(data, 20 if is_long else 12, ">I")
            a, b = _numbers(data, 52 if is_long else 40, ">ii")
            track.turned = a == 0 and b != 0  # a quarter of a turn, as telephones write it
        elif box.kind == b"mdia":
            _add_media(boxes, box, track)
    return track


def _add_media(boxes: Boxes, mdia: Box, track: Track) -> None:
    for box in boxes.within(mdia):
        if box.kind == b"mdhd":
            track.timescale, _ = _times(boxes.payload(box))
        elif box.kind == b"hdlr":
            track.handler = boxes.payload(box)[8:12]
        elif box.kind == b"minf":
            tables = (
                i
                for inner in boxes.within(box)
                if inner.kind == b"stbl"
                for i in boxes.within(inner)
            )
            _add_tables(boxes, tables, track)


def _add_tables(boxes: Boxes, tables: Iterable[Box], track: Track) -> None:
    for box in tables:
        if box.kind == b"stsd":
            data = boxes.payload(box)
            track.codec = data[12:16].decode("latin-1")
            # Of sound the same bytes are something else, and are not asked for.
            track.width, track.height = _numbers(data.ljust(44, b"\0"), 40, ">HH")
        elif box.kind == b"stts":
            data = boxes.payload(box)
            (count,) = _numbers(data, 4, ">I")
            entries = data[8 : 8 + 8 * count]
            for frames, ticks in struct.iter_unpack(">II", entries[: len(entries) // 8 * 8]):
                track.frames += frames
                track.ticks += frames * ticks


def _add_fragment(boxes: Boxes, moof: Box, tracks: Mapping[int, Track]) -> None:
    for traf in boxes.within(moof):
        if traf.kind != b"traf":
            continue
        track: Track | None = None
        ticks_each = 0
        for box in boxes.within(traf):
            if box.kind == b"tfhd":
                data = boxes.payload(box)
                flags, number = _numbers(data, 0, ">II")
                track = tracks.get(number)
                ticks_each = 0 if track is None else track.ticks_each
                if flags & 0x8:
                    at = 8 + (8 if flags & 0x1 else 0) + (4 if flags & 0x2 else 0)
                    (ticks_each,) = _numbers(data, at, ">I")
            elif box.kind == b"trun" and track is not None:
                frames, ticks = _run(boxes.payload(box), ticks_each)
                track.frames += frames
                track.ticks += ticks


def _run(data: bytes, ticks_each: int) -> tuple[int, int]:
    """How many frames a run of them has, and how long it takes."""
    flags, frames = _numbers(data, 0, ">II")
    width = 4 * (flags & 0xF00).bit_count()  # duration, size, flags and offset of each frame
    if not flags & 0x100:
        return frames, frames * ticks_each
    at = 8 + 4 * (flags & 0x5).bit_count()
    entries = data[at : at + width * frames]
    if len(entries) < width * frames:
        raise ContainerError(f"a run of {frames:,} frames is cut short")
    each = struct.iter_unpack(f">I{width - 4}x", entries)
    return frames, sum(ticks for (ticks,) in each)


def _times(data: bytes) -> tuple[int, int]:
    """Timescale and duration of `mvhd` and `mdhd`."""
    timescale, ticks = _numbers(data, 20, ">IQ") if data[:1] == b"\1" else _numbers(data, 12, ">II")
    return timescale, ticks


def _numbers(data: bytes, at: int, form: str) -> tuple[int, ...]:
    try:
        return struct.unpack_from(form, data, at)
    except struct.error as error:
        raise ContainerError("a table is cut short") from error
