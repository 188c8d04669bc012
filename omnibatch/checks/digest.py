"""What a shot buys, as data fit to be stored, and the hash that tells it from others.

Two shots with one digest buy the same clip. The digest therefore holds everything that
shapes the picture, by content where there is content, and nothing else: not who renders
it, where it is stored, what it is called, nor the address to be told at the end.
Lockfiles keep these digests for years: a change of form needs a new `_VERSION`.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from urllib.parse import urlsplit, urlunsplit

from omnibatch.checks.checked import Clip
from omnibatch.media import ImageFacts
from omnibatch.shots import (
    BrokenSource,
    ElementRef,
    FrameSource,
    ImageSource,
    ImageUse,
    MultiShot,
    Shot,
    Source,
    UrlSource,
)

__all__ = ["digest_of", "request_of"]

_VERSION = b"omnibatch-request-1\n"
_CANONICAL = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)


def request_of(
    shot: Shot,
    facts: Sequence[ImageFacts | None],
    clips: Mapping[FrameSource, Clip] | None = None,
) -> dict[str, object]:
    """Describe what `shot` buys in plain JSON data; absent values are left out.

    `facts` runs along `shot.images`: of each local file its facts, of an address None.
    `clips` are those that frames are taken from; a frame without one stands for itself.
    Raises `ValueError` for a local file without facts, and for a broken source.
    """
    sources = [
        (image.use, _image(image.source, known, clips or {}))
        for image, known in zip(shot.images, facts, strict=True)
    ]
    described: dict[str, object] = {
        "model": shot.model,
        "prompt": shot.prompt,
        "mode": shot.mode,
        "duration": shot.duration,
        "aspect_ratio": shot.aspect_ratio,
        "sound": shot.sound,
        "images": [source for use, source in sources if use == "reference"],
        "first_frame": _frame(sources, "first_frame"),
        "end_frame": _frame(sources, "end_frame"),
        "elements": [_element(element) for element in shot.elements],
        "video": shot.video and {"url": _stand_in(shot.video.source, None), "use": shot.video.use},
        "multi_shot": shot.multi_shot and _multi_shot(shot.multi_shot),
        "extra": {name: _plain(fields) for name, fields in sorted(shot.extra.items()) if fields},
    }
    return {key: value for key, value in described.items() if value or value == 0}


def digest_of(request: Mapping[str, object]) -> str:
    """`sha256:` and the hash of the canonical JSON of a request, under its version.

    Canonical: keys sorted, no spaces, text as UTF-8. Raises `ValueError` for numbers
    that JSON lacks (infinities and NaN).
    """
    text = _CANONICAL.encode(request)
    # Half a surrogate pair is a problem of its own; it must not stop the others' listing.
    return "sha256:" + hashlib.sha256(_VERSION + text.encode("utf-8", "surrogatepass")).hexdigest()


def _image(
    source: ImageSource, facts: ImageFacts | None, clips: Mapping[FrameSource, Clip]
) -> object:
    if not isinstance(source, FrameSource):
        return _stand_in(source, facts)
    clip = clips.get(source)
    if clip is None:
        return {"shot": source.shot, "take": source.take or 1, "frame": source.moment}
    return {"clip": f"sha256:{clip.sha256}", "frame": source.moment}


def _stand_in(source: Source, facts: ImageFacts | None) -> str:
    """The text that stands for a source: a content's hash, a key, or a bare address."""
    if isinstance(source, UrlSource):
        return f"key:{source.key}" if source.key is not None else _bare(source.url)
    if facts is None or isinstance(source, BrokenSource):
        raise ValueError(f"BUG: no facts of {source.shown} were given")
    return f"sha256:{facts.sha256}"


@lru_cache(maxsize=1024)  # a cast of references stands in many shots
def _bare(url: str) -> str:
    """An address without what may be secret: user and password go, a query is hashed.

    The fragment goes too, since no server ever sees it.
    """
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    query = ""
    if parts.query:
        query = "sha256=" + hashlib.sha256(parts.query.encode("utf-8", "surrogatepass")).hexdigest()
    return urlunsplit((parts.scheme, host, parts.path, query, ""))


def _frame(sources: Sequence[tuple[ImageUse, object]], use: ImageUse) -> object:
    return (
        next((source for used_as, source in sources if used_as == use), None) if sources else None
    )


def _element(element: ElementRef) -> object:
    """The id; or all ids by provider, so that it does not matter who is chosen of them."""
    if element.is_broken:
        raise ValueError(f"BUG: the element {element.name} cannot be used")
    return dict(sorted(element.by_provider.items())) or element.element_id


def _multi_shot(multi_shot: MultiShot) -> dict[str, object]:
    if multi_shot.auto:
        return {"auto": True}
    return {"parts": [{"prompt": p.prompt, "duration": p.duration} for p in multi_shot.parts]}


def _plain(value: object) -> object:
    """Mappings and sequences of any kind as the two that JSON knows."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
