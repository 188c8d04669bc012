"""A shot as the JSON of Kling's Omni interface, which both providers share but for names.

Fields and defaults: Kling's omni page (KLING-FULL, 2026-03-27), CometAPI's omni page and
apimodels' Omni Video page. What a page does not list is not sent unless the shot asks for
it, because an unknown field may be ignored in silence and billed all the same.
"""

import base64
import json
from collections.abc import Mapping

from omnibatch.errors import OmnibatchError
from omnibatch.providers.provider import Files, Request
from omnibatch.shots import (
    BrokenSource,
    ElementRef,
    FileSource,
    ImageRef,
    ImageSource,
    MultiShot,
    Shot,
    UrlSource,
    VideoRef,
)

__all__ = ["omni_fields", "post"]


def omni_fields(shot: Shot, files: Files, provider: str) -> dict[str, object]:
    """Return the fields of `shot` that have one name everywhere: all but model and ids.

    `files` holds the bytes of the shot's local images and of frames of other shots;
    elements go by their ids at `provider`. Raises `OmnibatchError` for a local video,
    which no provider takes inline, and for an element without an id there; `KeyError` for
    a file or a frame that `files` lacks.
    """
    fields: dict[str, object] = {
        # Kling ignores or refuses a prompt beside listed parts, CometAPI requires the field.
        "prompt": "" if shot.multi_shot and shot.multi_shot.parts else shot.prompt,
        # Always said: the default is pro at Kling, std at apimodels, unwritten at CometAPI.
        "mode": shot.mode,
    }
    if shot.duration is not None:
        fields["duration"] = str(shot.duration)  # a string on the wire; a number gives 400
    if shot.aspect_ratio is not None:
        fields["aspect_ratio"] = shot.aspect_ratio
    if shot.images:
        fields["image_list"] = [_image(image, files) for image in shot.images]
    if shot.elements:
        fields["element_list"] = [
            {"element_id": _element_id(element, shot, provider)} for element in shot.elements
        ]
    if shot.video is not None:
        fields["video_list"] = [_video(shot.video, shot)]
    if shot.sound == "on":
        fields["sound"] = "on"  # off is the default of every model and tier
    if shot.multi_shot is not None:
        fields.update(_multi_shot(shot.multi_shot))
    if shot.callback_url is not None:
        fields["callback_url"] = shot.callback_url
    return fields


def post(path: str, fields: Mapping[str, object], shot: Shot, provider: str) -> Request:
    """Return the paid request: `fields`, with the shot's raw fields for `provider` over them.

    `external_task_id` stays ours: it is how a lost task is found again. Raises
    `OmnibatchError` if a raw field holds what JSON cannot carry.
    """
    extra = shot.extra.get(provider, {})
    kept = {name: value for name, value in extra.items() if name != "external_task_id"}
    try:
        text = json.dumps(
            {**fields, **kept},
            ensure_ascii=False,
            allow_nan=False,
            separators=(",", ":"),
            default=_plain,
        )
        body = text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise OmnibatchError(
            f"shot {shot.slot} cannot be written as JSON for {provider}: {error}",
            hint=f"keep to text, numbers, lists and maps under extra.{provider}",
        ) from error
    return Request(method="POST", path=path, body=body)


def _image(image: ImageRef, files: Files) -> dict[str, str]:
    fields = {"image_url": _inline(image.source, files)}
    if image.use != "reference":
        fields["type"] = image.use  # first_frame, end_frame; plain references have no type
    return fields


def _inline(source: ImageSource, files: Files) -> str:
    """An address as it is, a file or a frame as bare Base64: a `data:` prefix is refused."""
    if isinstance(source, UrlSource):
        return source.url
    if isinstance(source, BrokenSource):
        raise _broken(source.shown)
    key = source.path if isinstance(source, FileSource) else source
    return base64.b64encode(files[key]).decode("ascii")


def _element_id(element: ElementRef, shot: Shot, provider: str) -> int | str:
    """A JSON integer, as both resellers document; Python's are exact at any length."""
    text = element.id_at(provider)
    if element.is_broken:
        raise _broken(element.name)
    if text is None:
        raise OmnibatchError(
            f"shot {shot.slot}: the element {element.name} has no id at {provider}",
            hint=f"give its id there, or take {provider} off the shot's providers",
        )
    plain = text.isascii() and text.isdigit() and (text == "0" or not text.startswith("0"))
    return int(text) if plain else text


def _video(video: VideoRef, shot: Shot) -> dict[str, str]:
    if isinstance(video.source, FileSource):
        raise OmnibatchError(
            f"shot {shot.slot}: {video.source.shown} is a local file, and providers fetch videos",
            hint="put the video at a public https address and name that",
        )
    if isinstance(video.source, BrokenSource):
        raise _broken(video.source.shown)
    return {
        "video_url": video.source.url,
        "refer_type": video.use,
        "keep_original_sound": "yes" if shot.sound == "original" else "no",
    }


def _broken(shown: str) -> OmnibatchError:
    """A shot like this passes no check; nor does it get any further."""
    return OmnibatchError(f"{shown} cannot be used", hint="see omnibatch validate")


def _multi_shot(multi: MultiShot) -> dict[str, object]:
    if multi.auto:
        return {"multi_shot": True, "shot_type": "intelligence"}
    parts = [
        {"index": index, "prompt": part.prompt, "duration": str(part.duration)}
        for index, part in enumerate(multi.parts, start=1)
    ]
    return {"multi_shot": True, "shot_type": "customize", "multi_prompt": parts}


def _plain(value: object) -> object:
    """Write read-only maps as JSON objects."""
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")
