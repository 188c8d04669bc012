"""A create body, read and checked: from JSON to an `Order`.

The rules are those of CometAPI's Omni Video page, filled in from Kling's legacy
omni-video reference where the page folds its child attributes away. apimodels.app says
that its endpoint wraps the same one, so both dialects share them; `Terms` holds the rest.
Fields that no page knows are ignored, as the providers do.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from omnibatch.emulator.orders.fields import Body, OrderError, UnknownModel, choice, text, url
from omnibatch.emulator.orders.multi_shot import check_parts, read_prompt
from omnibatch.emulator.orders.references import References, read_references

__all__ = ["Order", "Terms", "read_order"]

_MAX_SECONDS: Mapping[str, int] = {"kling-video-o1": 10, "kling-v3-omni": 15}
_SHORT_SIDE: Mapping[str, int] = {"std": 720, "pro": 1080}
_RATIOS: Mapping[str, tuple[int, int]] = {"16:9": (16, 9), "9:16": (9, 16), "1:1": (1, 1)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Where the two providers' pages differ.

    `model_field` names the model; `model_default` stands in for it, None where it is
    required. `short_or_long` admits only 5 and 10 seconds to kling-video-o1 without
    references or with nothing but a first frame.
    """

    model_field: str
    model_default: str | None
    mode_default: str
    short_or_long: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One clip that was ordered. `digest` tells two orders apart; sizes are in pixels."""

    model: str
    prompt: str
    mode: str
    seconds: int
    width: int
    height: int
    sound: bool
    keeps_sound: bool
    external_id: str | None
    callback_url: str | None
    digest: str


def read_order(body: object, terms: Terms) -> Order:
    """Return what `body` orders. Raise `OrderError` for the first rule that it breaks."""
    if not isinstance(body, dict):
        raise OrderError("the request body must be a JSON object")
    model = _model(body, terms)
    references = read_references(body, model)
    prompt = read_prompt(body, model, framed=references.first_frame)
    mode = choice(body, "mode", tuple(_SHORT_SIDE)) or terms.mode_default
    sound = choice(body, "sound", ("on", "off")) == "on"
    if sound and references.video:
        raise OrderError("sound must be off with a reference video")
    seconds = _seconds(body, model, references, short_or_long=terms.short_or_long)
    check_parts(body, seconds)
    width, height = _size(body, mode, references)
    return Order(
        model=model,
        prompt=prompt,
        mode=mode,
        seconds=seconds,
        width=width,
        height=height,
        sound=sound,
        keeps_sound=references.keeps_sound,
        external_id=text(body, "external_task_id") or None,
        callback_url=url(body, "callback_url"),
        digest=_digest(body),
    )


def _model(body: Body, terms: Terms) -> str:
    model = text(body, terms.model_field) or terms.model_default
    if not model:
        raise OrderError(f"{terms.model_field} is required")
    if model not in _MAX_SECONDS:
        raise UnknownModel(model)
    return model


def _seconds(body: Body, model: str, references: References, *, short_or_long: bool) -> int:
    value = text(body, "duration") or "5"
    if not (value.isascii() and value.isdigit()):
        raise OrderError(f"duration must be a string of whole seconds, got {value!r}")
    seconds = int(value)
    if references.edits:
        # An edit lasts as long as its video, which is not fetched here; what was asked
        # for stands in, within the lengths that a video may have.
        return min(max(seconds, 3), 10)
    longest = 10 if references.video else _MAX_SECONDS[model]
    if not 3 <= seconds <= longest:
        raise OrderError(f"duration must be from 3 to {longest} for this request, got {seconds}")
    bare = not references.elements and not references.video and not references.end_frame
    only_first = references.images == int(references.first_frame)
    if (
        short_or_long
        and model == "kling-video-o1"
        and bare
        and only_first
        and seconds not in (5, 10)
    ):
        raise OrderError(f"duration must be 5 or 10 without references, got {seconds}")
    return seconds


def _size(body: Body, mode: str, references: References) -> tuple[int, int]:
    ratio = choice(body, "aspect_ratio", tuple(_RATIOS))
    if references.first_frame or references.edits:
        wide, high = references.first_size or _RATIOS[ratio or "16:9"]
    elif ratio is None:
        raise OrderError("aspect_ratio is required without a first frame or a video to edit")
    else:
        wide, high = _RATIOS[ratio]
    short = _SHORT_SIDE[mode]
    # Even sides: the colour planes of the clip have half its size.
    long = round(short * max(wide, high) / min(wide, high) / 2) * 2
    return (long, short) if wide >= high else (short, long)


def _digest(body: Body) -> str:
    """Return a hash of the order itself: where its news go to is no part of it."""
    bought = {name: value for name, value in body.items() if name != "callback_url"}
    canonical = json.dumps(bought, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
