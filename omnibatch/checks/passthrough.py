"""Rules about what goes to the provider as it is: `extra` fields and the callback."""

import math
from collections.abc import Iterator, Mapping

from omnibatch.checks.addresses import address_fault
from omnibatch.checks.codes import Code, error, warning
from omnibatch.checks.prompts import HALF_PAIR
from omnibatch.problems import Problem
from omnibatch.providers import ModelRow
from omnibatch.shots import Shot

__all__ = ["callback", "doubts", "extra"]

# Body field -> the manifest's key for it; the id belongs to the ledger, and a second
# spelling would go past every check.
_RESERVED = {
    "model": "model",
    "model_name": "model",
    "prompt": "prompt",
    "mode": "mode",
    "duration": "duration",
    "aspect_ratio": "aspect_ratio",
    "sound": "sound",
    "image_list": "references",
    "element_list": "references",
    "video_list": "references",
    "multi_shot": "multi_shot",
    "shot_type": "multi_shot",
    "multi_prompt": "multi_shot",
    "callback_url": "callback_url",
    "external_task_id": "",
}


def callback(shot: Shot) -> Iterator[Problem]:
    """A callback goes to a public https address."""
    if shot.callback_url is None:
        return
    fault = address_fault(shot.callback_url, ("https",))
    if fault is not None:
        place = shot.place_of("callback_url")
        yield error(Code.CALLBACK, place, f"callback_url: {fault.message}", fault.hint)


def extra(shot: Shot) -> Iterator[Problem]:
    """Raw fields go unchecked, so they may not replace those that have a check."""
    place = shot.place_of("extra")
    for provider, fields in shot.extra.items():
        if shot.providers and provider not in shot.providers:
            yield warning(
                Code.EXTRA_UNUSED,
                place,
                f"extra for {provider} is not sent: the shot goes to {', '.join(shot.providers)}",
                f"leave it out, or add {provider} to the shot's providers",
            )
        for name, value in fields.items():
            if name in _RESERVED:
                key = _RESERVED[name]
                yield error(
                    Code.EXTRA_RESERVED,
                    place,
                    f"extra cannot set {name}",
                    f"use the shot's own {key}" if key else "leave it out: omnibatch sets it",
                )
            elif not _is_json(value):
                yield error(
                    Code.EXTRA_NOT_JSON,
                    place,
                    f"extra field {name} holds a value that JSON cannot carry",
                    "use text, finite numbers, true, false, null, lists and maps of these",
                )


def _is_json(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, Mapping):
        return all(_is_json(str(key)) and _is_json(item) for key, item in value.items())
    if isinstance(value, list | tuple):
        return all(_is_json(item) for item in value)
    if isinstance(value, str):
        return HALF_PAIR.search(value) is None
    return value is None or isinstance(value, bool | int)


def doubts(shot: Shot, row: ModelRow) -> Iterator[Problem]:
    """What the provider may refuse or ignore: the table says so, and so do we."""
    uses = {"model": True, "sound": shot.sound == "on", "multi_shot": shot.multi_shot is not None}
    for doubt in row.doubts:
        if uses.get(doubt.about, False):
            message = f"{row.provider}: {doubt.message}"
            yield warning(Code.DOUBT, shot.place_of(doubt.about), message, doubt.hint)
