"""Formats named from the first bytes of a file, never from its name."""

import re

__all__ = ["sniff"]

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"BM", "BMP"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"8BPS", "Photoshop"),
    (b"%PDF", "PDF"),
    (b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
    (b"\x00\x00\x00\x0cJXL ", "JPEG XL"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\x1aE\xdf\xa3", "WebM or Matroska video"),
    (b"PK\x03\x04", "ZIP"),
    (b"#EXTM3U", "HLS playlist"),
    (b"FLV\x01", "FLV video"),
    (b"\x00\x00\x01\xba", "MPEG video"),
    (b"version https://git-lfs.github.com/spec/", "Git LFS pointer"),
)

# ISO base media files say what they are in the brand after `ftyp` (ISO/IEC 23008-12 for
# the HEIF family).
_BRANDS = {
    b"heic": "HEIC",
    b"heix": "HEIC",
    b"hevc": "HEIC",
    b"heim": "HEIC",
    b"heis": "HEIC",
    b"mif1": "HEIC",
    b"msf1": "HEIC",
    b"avif": "AVIF",
    b"avis": "AVIF",
    b"qt  ": "MOV video",
    b"3gp4": "3GP video",
    b"3gp5": "3GP video",
    b"3gp6": "3GP video",
    b"3g2a": "3GP video",
    b"M4A ": "M4A sound",
}

# QuickTime files from before there was `ftyp` begin with one of these boxes.
_QUICKTIME = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")

_MARKUP = re.compile(rb"\s*<(?:[?!a-z])", re.IGNORECASE)


def sniff(content: bytes) -> str | None:
    """Name the format of `content`, which is not empty: `png`, `jpeg`, another's usual name,
    or None.
    """
    for magic, name in _MAGIC:
        if content.startswith(magic):
            return name
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "WebP"
    if content[4:8] == b"ftyp":
        return _BRANDS.get(content[8:12], "MP4 video")
    if content[4:8] in _QUICKTIME and content[0] < 9:  # a length, and no letter
        return "MOV video"
    if content.startswith(b"RIFF") and content[8:12] == b"AVI ":
        return "AVI video"
    return _sniff_markup(content[:4096].removeprefix(b"\xef\xbb\xbf"))


def _sniff_markup(head: bytes) -> str | None:
    """SVG may begin with a declaration and comments; a saved error page is HTML."""
    if not _MARKUP.match(head):
        return None
    lower = head.lower()
    if b"<svg" in lower or b"<!doctype svg" in lower:
        return "SVG"
    return "HTML" if b"<html" in lower or b"<!doctype html" in lower else "XML"
