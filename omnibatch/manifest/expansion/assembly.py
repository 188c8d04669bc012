"""One shot from its draft: every value read, what does not apply left out."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from omnibatch.manifest import codes, nodes
from omnibatch.manifest.addresses import address_flaw
from omnibatch.manifest.composition.film import Named
from omnibatch.manifest.expansion.draft import Draft
from omnibatch.manifest.expansion.mentions import check_mentions
from omnibatch.manifest.expansion.output import DEFAULT_OUTPUT, Targets, numbered, safe_target
from omnibatch.manifest.expansion.pictures import Pictures, work_out
from omnibatch.manifest.expansion.prompts import PromptFiles
from omnibatch.manifest.expansion.references import Reader
from omnibatch.manifest.expansion.scope import Setting
from omnibatch.manifest.expansion.written import Shared
from omnibatch.problems import Place, Problem
from omnibatch.shots import Shot, Slot, Sound

__all__ = ["MOST_TAKES", "Assembly"]

MOST_TAKES: Final = 100

# What a shot is where nobody says otherwise. `mode` is always sent, since the providers'
# own defaults differ: pro at Kling, std at apimodels, none printed at CometAPI.
_MODEL: Final = "kling-video-o1"
_MODE: Final = "std"
_SECONDS: Final = 5
_SOUND: Final[Sound] = "off"

# Words that `output` may use, or else has added to its file's name.
_IN_TARGETS: Final = frozenset({"profile", "take"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """What the shots of one manifest share while they are made."""

    setting: Setting
    reader: Reader
    prompts: PromptFiles
    targets: Targets
    shared: Shared

    def make(
        self,
        draft: Draft,
        slot: Slot,
        *,
        place: Place,
        around: Mapping[str, Named],
        scene: str,
        was: str,
        row: Place | None,
    ) -> Shot | None:
        """The shot for `slot`, written at `place`; None where there is a finding.

        `around` are the references in reach of it, `was` is its former id.
        """
        facts = draft.facts
        facts["id"] = slot.shot
        facts["tags"] = tags = draft.texts("tags")
        providers = draft.texts("provider")
        facts["model"] = model = draft.text("model", _MODEL)
        facts["mode"] = mode = draft.choice("mode", _MODE) or _MODE
        sound = _sound(draft.choice("sound", _SOUND))
        seconds = draft.seconds("duration", _SECONDS)
        aspect_ratio = draft.choice("aspect_ratio")
        pictures = work_out(draft, self.reader, self.prompts, around)
        check_mentions(draft, pictures, around)
        duration = _duration(draft, pictures, seconds)
        if draft.picked("edit") or draft.picked("first_frame"):
            edit = "an edit has the shape of its video"
            frame = "the first frame gives the shape"
            draft.drop("aspect_ratio", edit if draft.picked("edit") else frame)
            aspect_ratio = None
        facts["duration"], facts["aspect_ratio"] = duration or "", aspect_ratio or ""
        shot = Shot(
            slot=slot,
            place=place,
            providers=providers,
            model=model,
            prompt=pictures.prompt,
            mode=mode,
            duration=duration,
            aspect_ratio=aspect_ratio,
            sound=sound,
            images=pictures.images,
            elements=pictures.elements,
            video=pictures.video,
            multi_shot=pictures.multi_shot,
            callback_url=_callback(draft),
            extra=_extra(draft, providers),
            tags=tags,
            note=draft.text("note"),
            caption=draft.text("caption"),
            skip=draft.yes_no("skip"),
            locked=draft.yes_no("locked"),
            scene=scene,
            was=was,
            row=row,
            target=self._target(draft, slot),
            places=self.shared.places(draft.written),
            origins=self.shared.texts(draft.origins),
            dropped=self.shared.texts(draft.dropped),
        )
        return None if draft.failed else shot

    def _target(self, draft: Draft, slot: Slot) -> str:
        asked = draft.scope.by_name().asked
        outside = asked & _IN_TARGETS
        asked -= outside
        text = draft.text("output")
        if not draft.picked("output"):
            # DEFAULT_OUTPUT, without the detour over a template.
            folder = f"{self.setting.name}/{slot.profile}" if slot.profile else self.setting.name
            text = f"renders/{folder}/{slot.shot}.mp4"
            asked.add("profile")
            draft.origins["output"] = "built-in"
        elif draft.failed and not text:
            return ""
        target, wrong = safe_target(text)
        if wrong:
            place = draft.place_of("output")
            hint = f"write a path such as {DEFAULT_OUTPUT}"
            draft.add(place, codes.BAD_OUTPUT, f"the output {text[:80]!r} {wrong}", hint)
            return target
        target = numbered(
            target,
            profile="" if "profile" in asked else slot.profile,
            take=1 if "take" in asked else slot.take,
        )
        asked |= outside
        self.targets.take(target, str(slot), lambda: draft.place_of("output"))
        return target


def _sound(text: str | None) -> Sound:
    return "on" if text == "on" else "original" if text == "original" else "off"


def _duration(draft: Draft, pictures: Pictures, seconds: int) -> int | None:
    """The seconds of the shot, where it is not for its video to say."""
    if draft.picked("edit"):
        draft.drop("duration", "an edit has the length of its video")
        return None
    if pictures.multi_shot is not None and pictures.multi_shot.parts:
        total = sum(part.duration for part in pictures.multi_shot.parts)
        if not draft.is_own("duration"):
            draft.drop("duration", f"the parts of multi_shot add up to {total} s")
            draft.origins["duration"] = "multi_shot"
            return total
    return seconds


def _callback(draft: Draft) -> str | None:
    url = draft.text("callback_url") if "callback_url" in draft.values else ""
    if not url:
        return None
    flaw = address_flaw(url)
    if flaw is not None:
        message, hint = flaw
        draft.add(draft.place_of("callback_url"), codes.URL_REFUSED, message, hint)
    return url


def _extra(draft: Draft, providers: tuple[str, ...]) -> Mapping[str, Mapping[str, object]]:
    """The raw fields by provider, with a warning of those that are sent."""
    picked = draft.pick("extra")
    if picked is None or not isinstance(picked.node, nodes.Mapping):
        return {}
    extra: dict[str, Mapping[str, object]] = {}
    for provider, fields in picked.node:
        if isinstance(fields, nodes.Mapping) and fields.pairs:
            extra[provider.text] = {key.text: _json(value, draft) for key, value in fields}
            if provider.text not in providers:
                continue  # they are not sent, which the checks tell
            words = ", ".join(extra[provider.text])
            draft.problems.append(
                Problem(
                    place=provider.place,
                    code=codes.UNCHECKED,
                    message=f"extra fields are sent to {provider.text} unchecked: {words}",
                    hint="a field that the provider does not know may be ignored, and billed",
                    severity="warning",
                )
            )
    return extra


def _json(node: nodes.Node, draft: Draft) -> object:
    if isinstance(node, nodes.Mapping):
        return {key.text: _json(value, draft) for key, value in node}
    if isinstance(node, nodes.Sequence):
        return [_json(item, draft) for item in node.items]
    text = draft.render(node)
    value = nodes.core_value(node) if text == node.text else text
    if isinstance(value, float) and not math.isfinite(value):
        message = f"{node.text} is too large a number"
        draft.add(node.place, codes.OUT_OF_RANGE, message, "quote it, or write a smaller one")
    return value
