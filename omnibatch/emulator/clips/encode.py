"""A card becomes an MP4: H.264, yuv420p, an exact length, the index in front.

One thread, one quality, no clock and no version text in the file: the same card gives
the same bytes. Only the timecode changes from frame to frame, and it is written straight
into the brightness plane, so that a frame costs little more than its encoding.
"""

import threading
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
from PIL import Image

from omnibatch.emulator.clips.card import Card, Cells

__all__ = ["write_clip"]

_CODEC_OPTIONS = {"preset": "ultrafast", "qp": "24", "bf": "0", "sc_threshold": "0"}
_MUXER_OPTIONS = {"movflags": "+faststart", "fflags": "+bitexact"}


def write_clip(path: Path, card: Card, *, fps: int, seconds: int, stop: threading.Event) -> bool:
    """Write a clip of `seconds` at `fps` frames a second to `path`; say whether it is whole.

    It is not where `stop` was set meanwhile: then this returns after the frame at hand.
    """
    from_image: Callable[[Image.Image], av.VideoFrame] = av.VideoFrame.from_image  # untyped there
    still = from_image(card.image).reformat(format="yuv420p")
    brightness = still.planes[0]
    view = memoryview(brightness)
    shown = ""
    with av.open(str(path), "w", format="mp4", options=_MUXER_OPTIONS) as out:
        stream = out.add_stream("libx264", rate=fps, options=_CODEC_OPTIONS | {"g": str(2 * fps)})
        stream.width, stream.height = card.image.size
        stream.pix_fmt = "yuv420p"
        stream.codec_context.thread_count = 1
        still.time_base = Fraction(1, fps)
        for number in range(fps * seconds):
            if stop.is_set():
                return False
            code = _timecode(number, fps)
            _stamp(view, brightness.line_size, card.cells, shown, code)
            shown = code
            still.pts = number
            out.mux(stream.encode(still))
        out.mux(stream.encode())
    return True


def _timecode(frame: int, fps: int) -> str:
    whole, rest = divmod(frame, fps)
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours:02}:{minute:02}:{second:02}:{rest:02}"


def _stamp(view: memoryview, stride: int, cells: Cells, before: str, code: str) -> None:
    """Write the characters of `code` that differ from those shown `before`."""
    for index, digit in enumerate(code):
        if index < len(before) and before[index] == digit:
            continue
        rows = cells.rows[digit]
        start = cells.top * stride + cells.left + index * cells.width
        for row in range(cells.height):
            place = start + row * stride
            view[place : place + cells.width] = rows[row * cells.width : (row + 1) * cells.width]
