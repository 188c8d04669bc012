"""From judged nodes to shots: defaults applied, templates rendered, names resolved.

Which shots there are comes first, then each shot by itself. Findings are recorded as
they come up, and work goes on for more of them; a shot with a finding is left out.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from omnibatch.manifest import codes, nodes
from omnibatch.manifest.expansion.addresses import address_flaw
from omnibatch.manifest.expansion.ids import Ids
from omnibatch.manifest.expansion.layers import Draft, Layer, layer
from omnibatch.manifest.expansion.output import DEFAULT_OUTPUT, Targets, safe_target
from omnibatch.manifest.expansion.pictures import work_out
from omnibatch.manifest.expansion.references import Reader, Reference
from omnibatch.manifest.expansion.scope import Scope, Setting
from omnibatch.manifest.shape.judging import Shape
from omnibatch.problems import Problem
from omnibatch.shots import Shot, Slot, Sound

__all__ = ["expand"]

# What a shot is where nobody says otherwise. `mode` is always sent, since the providers'
# own defaults differ: pro at Kling, std at apimodels, none printed at CometAPI.
_MODEL = "kling-video-o1"
_MODE = "std"
_SECONDS = 5
_SOUND: Sound = "off"


def expand(
    manifest: nodes.Mapping, setting: Setting, reader: Reader, shape: Shape
) -> tuple[Shot, ...]:
    """The shots of `manifest` with no finding.

    Those that `shape` found bad are worked out too, but for their bad keys, to find what
    else is wrong with them; and then left out.
    """
    top = layer("manifest", manifest)
    expansion = _Expansion(
        setting=setting,
        reader=reader,
        references=_references(manifest, setting, reader),
        outer={
            **{key: top[key] for key in ("provider", "output") if key in top},
            **layer("defaults", manifest.get("defaults"), without=shape.bad_defaults),
        },
        targets=Targets(setting.problems),
    )
    shots = []
    for position, node, name in list(_named(manifest, setting)):
        bad = shape.bad_shots.get(position)
        if name is None or bad == frozenset():
            continue
        shot = expansion.make(node, name, bad or frozenset())
        if shot is not None and bad is None:
            shots.append(shot)
    return tuple(shots)


def _references(
    manifest: nodes.Mapping, setting: Setting, reader: Reader
) -> Mapping[str, Reference]:
    node = manifest.get("references")
    return reader.read_map(node, Scope(setting)) if isinstance(node, nodes.Mapping) else {}


def _named(
    manifest: nodes.Mapping, setting: Setting
) -> Iterator[tuple[int, nodes.Mapping, str | None]]:
    """Each shot with its position and its id, or None for an id that cannot be used."""
    ids = Ids(setting.problems)
    shots = manifest.get("shots")
    for position, shot in enumerate(shots.items if isinstance(shots, nodes.Sequence) else ()):
        if not isinstance(shot, nodes.Mapping):
            continue
        scalar = shot.get("id")
        text = Scope(setting).text(scalar) if isinstance(scalar, nodes.Scalar) else None
        name = None
        if isinstance(scalar, nodes.Scalar) and text is not None:
            name = ids.take(text, scalar)
        yield position, shot, name


@dataclass(frozen=True, slots=True, kw_only=True)
class _Expansion:
    """What the shots of one manifest share while they are made."""

    setting: Setting
    reader: Reader
    references: Mapping[str, Reference]
    outer: Layer
    targets: Targets

    def make(self, node: nodes.Mapping, name: str, bad: frozenset[str]) -> Shot | None:
        """The shot with the id `name`, without its `bad` keys; None where there is a finding."""
        facts: dict[str, object] = {"id": name}
        draft = Draft(
            values={**self.outer, **layer("shot", node, without=bad)},
            scope=Scope(self.setting, facts),
            problems=self.setting.problems,
            facts=facts,
        )
        facts["tags"] = tags = draft.texts("tags")
        providers = draft.texts("provider")
        facts["model"] = model = draft.text("model", _MODEL)
        facts["mode"] = mode = draft.choice("mode", _MODE) or _MODE
        sound = _sound(draft.choice("sound", _SOUND))
        duration: int | None = draft.seconds("duration", _SECONDS)
        aspect_ratio = draft.choice("aspect_ratio")
        pictures = work_out(draft, self.reader, self.references)
        edit, framed = draft.picked("edit"), draft.picked("first_frame")
        if edit:
            draft.drop("duration", "an edit has the length of its video")
            duration = None
        elif pictures.multi_shot is not None and pictures.multi_shot.parts:
            total = sum(part.duration for part in pictures.multi_shot.parts)
            if draft.origins.get("duration") != "shot":
                draft.drop("duration", f"the parts of multi_shot add up to {total} s")
                duration = total
        if edit or framed:
            reason = "an edit has the shape of its video"
            draft.drop("aspect_ratio", reason if edit else "the first frame gives the shape")
            aspect_ratio = None
        facts["duration"], facts["aspect_ratio"] = duration or "", aspect_ratio or ""
        shot = Shot(
            slot=Slot(name),
            place=node.place,
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
            extra=_extra(draft),
            tags=tags,
            note=draft.text("note"),
            caption=draft.text("caption"),
            skip=draft.yes_no("skip"),
            target=self._target(draft, name),
            places=draft.places,
            origins=draft.origins,
            dropped=draft.dropped,
        )
        return None if draft.failed else shot

    def _target(self, draft: Draft, name: str) -> str:
        text = draft.text("output", "")
        if "output" not in draft.places:
            # DEFAULT_OUTPUT, without the detour over a template.
            text = f"renders/{self.setting.name}/{name}.mp4"
            draft.origins["output"] = "built-in"
        elif draft.failed and not text:
            return ""
        target, wrong = safe_target(text)
        place = draft.places.get("output", draft.values["id"].node.place)
        if wrong:
            hint = f"write a path such as {DEFAULT_OUTPUT}"
            draft.add(place, codes.BAD_OUTPUT, f"the output {text[:80]!r} {wrong}", hint)
        else:
            self.targets.take(target, name, place)
        return target


def _sound(text: str | None) -> Sound:
    return "on" if text == "on" else "original" if text == "original" else "off"


def _callback(draft: Draft) -> str | None:
    url = draft.text("callback_url")
    if not url:
        return None
    flaw = address_flaw(url)
    if flaw is not None:
        message, hint = flaw
        draft.add(draft.places["callback_url"], codes.URL_REFUSED, message, hint)
    return url


def _extra(draft: Draft) -> Mapping[str, Mapping[str, object]]:
    picked = draft.pick("extra")
    if picked is None or not isinstance(picked.node, nodes.Mapping):
        return {}
    extra: dict[str, Mapping[str, object]] = {}
    for provider, fields in picked.node:
        if isinstance(fields, nodes.Mapping) and fields.pairs:
            extra[provider.text] = {key.text: _json(value, draft) for key, value in fields}
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
        draft.add(node.place, codes.OUT_OF_RANGE, f"{node.text} is too large a number")
    return value
