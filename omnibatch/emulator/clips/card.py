"""The picture of a placeholder clip: title, prompt, and the room for a running timecode.

Drawn with the font that Pillow carries, so that the same order gives the same picture on
every machine. It has Latin letters; other scripts appear as boxes.
"""

import colorsys
from collections.abc import Mapping
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

__all__ = ["Card", "Cells", "draw_card"]

_DIGITS = "0123456789:"
_INK = (240, 240, 235)
_TIMECODE_CELLS = 11  # HH:MM:SS:FF

_Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Where the timecode stands, and each of its characters as rows of brightness.

    `left` and `top` are those of the first character in pixels; every character takes
    `width` by `height`, and `rows` holds that many bytes, one for a pixel.
    """

    left: int
    top: int
    width: int
    height: int
    rows: Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The still picture, and the cells that change in it."""

    image: Image.Image
    cells: Cells


def draw_card(*, width: int, height: int, title: str, prompt: str, foot: str, hue: float) -> Card:
    """Draw the card of a clip; `hue` from 0 to 1 gives its colour."""
    red, green, blue = colorsys.hls_to_rgb(hue, 0.2, 0.45)
    image = Image.new("RGB", (width, height), (int(red * 255), int(green * 255), int(blue * 255)))
    pen = ImageDraw.Draw(image)
    unit = min(width, height)
    margin = unit // 16
    room = width - 2 * margin
    large, small = _font(unit // 9), _font(max(7, unit // 24))
    title = _fitting(title, large, room)[0]
    pen.text((margin, margin), title, font=large, fill=_INK)
    top = margin + unit // 6
    step = unit // 18
    cell_height = unit // 12
    floor = height - margin - cell_height - step - unit // 24
    for line in _fitting(prompt, small, room)[: max(1, (floor - top) // step)]:
        pen.text((margin, top), line, font=small, fill=_INK)
        top += step
    pen.text((margin, height - margin - unit // 24), foot, font=small, fill=_INK)
    cells = _cells(image, left=margin, top=floor, unit=unit, room=room)
    return Card(image=image, cells=cells)


def _font(size: int) -> _Font:
    return ImageFont.load_default(size=size)


def _fitting(text: str, font: _Font, room: int) -> list[str]:
    """Break `text` into lines of about `room` pixels at most; always at least one."""
    widths = {letter: font.getlength(letter) for letter in {*text, " "}}
    lines, left = [""], float(room)
    for word in text.split():
        wide = sum(widths[letter] for letter in word)
        if lines[-1] and widths[" "] + wide <= left:
            lines[-1] += f" {word}"
            left -= widths[" "] + wide
            continue
        if lines[-1]:
            lines.append("")
            left = room
        for letter in word:  # one word alone may be too wide: it goes on in the next line
            if lines[-1] and widths[letter] > left:
                lines.append("")
                left = room
            lines[-1] += letter
            left -= widths[letter]
    return lines


def _cells(image: Image.Image, *, left: int, top: int, unit: int, room: int) -> Cells:
    height = unit // 12
    width = min(height * 5 // 9, room // _TIMECODE_CELLS)
    font = _font(min(height, width * 3 // 2))
    shade = _brightness(image.convert("L").tobytes()[0])
    rows = {}
    for digit in _DIGITS:
        cell = Image.new("L", (width, height), shade)
        pen = ImageDraw.Draw(cell)
        pen.text((width / 2, height / 2), digit, font=font, fill=_brightness(_INK[0]), anchor="mm")
        rows[digit] = cell.tobytes()
    return Cells(left=left, top=top, width=width, height=height, rows=rows)


def _brightness(level: int) -> int:
    """Return a level of 0 to 255 as video writes it: from 16 to 235 (ITU-R BT.601)."""
    return 16 + round(level * 219 / 255)
