"""What a shot is shown beside its prompt: references, frames and video, and its prompts.

Prompts are worked out here too, since the tokens in them are numbers of these lists.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from omnibatch.manifest import codes, nodes
from omnibatch.manifest.composition.film import Named
from omnibatch.manifest.expansion.direction import warn_of_turned
from omnibatch.manifest.expansion.draft import Draft
from omnibatch.manifest.expansion.fields import read_seconds
from omnibatch.manifest.expansion.frames import leave_out_unset, read_frames
from omnibatch.manifest.expansion.numbering import EDIT_MARK, Marks, number, token_flaws
from omnibatch.manifest.expansion.prompts import PromptFiles
from omnibatch.manifest.expansion.references import Reach, Reader, Reference, name_problems
from omnibatch.shots import ElementRef, ImageRef, MultiShot, Part, VideoRef
from omnibatch.tokens import tokens_in

__all__ = ["Pictures", "work_out"]


class Pictures(NamedTuple):
    """The prompts and lists of one shot, as `Shot` has them."""

    prompt: str
    multi_shot: MultiShot | None
    images: tuple[ImageRef, ...]
    elements: tuple[ElementRef, ...]
    video: VideoRef | None


class _Line(NamedTuple):
    """One text of a shot and the scalar it was written in; `style` has been joined."""

    text: str
    scalar: nodes.Scalar | None


def work_out(
    draft: Draft, reader: Reader, prompts: PromptFiles, around: Mapping[str, Named]
) -> Pictures:
    """Work out everything of `draft` that has to do with references.

    `around` are the references of the manifest and the scene.
    """
    reach, held, in_order = _in_reach(draft, reader, around)
    frames = read_frames(draft, reader, reach)
    picked = draft.pick("edit") if "edit" in draft.values else None
    base = None
    if picked is not None:
        base = reader.read_one(picked.node, "video", draft.scope, reach)
        draft.failed = draft.failed or base is None
        if base is not None and not base.is_set:
            leave_out_unset(draft, "edit", base)
            base = None
    marks = Marks(reach)
    draft.scope.refs = marks
    draft.scope.edit = EDIT_MARK if draft.picked("edit") else None
    lines, parts, auto = _lines(draft, prompts)
    warn_of_turned(draft, lines)
    _note_tokens(draft, lines)
    draft.scope.refs = None  # else scope and references would hold each other
    known = marks.by_mark()
    _all_set(draft, known.values())
    if base is not None:
        known[EDIT_MARK] = base
        held = [*held, base]
    if draft.failed:
        return Pictures(prompt="", multi_shot=None, images=(), elements=(), video=None)
    numbered = number([line.text for line in lines], known, held, in_order=in_order)
    references = numbered.references
    images = frames
    elements: tuple[ElementRef, ...] = ()
    video = None
    if references:
        _one_video(draft, references)
        images = _images(references) + frames
        elements = _elements(references)
        video = _video(references, base)
    if not any(each.is_broken for each in references):
        counts = {"image": len(images), "element": len(elements), "video": int(video is not None)}
        for line, text in zip(lines, numbered.texts, strict=True):
            if "<<<" in text:
                _check_tokens(draft, line, text, counts)
    multi_shot = _multi_shot(draft, numbered.texts[1:], parts, auto)
    return Pictures(
        prompt=numbered.texts[0],
        multi_shot=multi_shot,
        images=images,
        elements=elements,
        video=video,
    )


# What is in reach ------------------------------------------------------------------


def _in_reach(
    draft: Draft, reader: Reader, around: Mapping[str, Named]
) -> tuple[Reach, list[Reference], bool]:
    """The references in reach, those that the shot lists itself, and whether in order."""
    picked = draft.pick("references")
    if picked is None:
        return Reach(around, reader, draft.scope), [], False
    before = len(draft.problems)
    if isinstance(picked.node, nodes.Mapping):
        draft.problems.extend(name_problems(picked.node))
        draft.failed = draft.failed or len(draft.problems) > before
        own = {key.text: Named(key, value) for key, value in picked.node}
        reach = Reach({**around, **own} if around else own, reader, draft.scope)
        held = [found for name in own if (found := reach.get(name)) is not None]
    else:
        reach = Reach(around, reader, draft.scope)
        held = reach.listed(picked.node) if isinstance(picked.node, nodes.Sequence) else []
        for item in picked.node.items if isinstance(picked.node, nodes.Sequence) else ():
            if isinstance(item, nodes.Scalar):
                draft.written[f"references {draft.scope.text(item)}"] = item
        draft.failed = draft.failed or len(draft.problems) > before
    held = [reference for reference in held if reference.is_set]
    return reach, held, isinstance(picked.node, nodes.Sequence)


def _all_set(draft: Draft, used: Iterable[Reference]) -> None:
    """Record each reference that the prompt uses and that came to nothing."""
    for reference in used:
        if not reference.is_set:
            message = f"the reference {reference.name} is empty here, and the prompt uses it"
            hint = "fill in its cell, or use it in {% if %} alone"
            draft.add(draft.place_of("prompt"), codes.UNKNOWN_REFERENCE, message, hint)


def _one_video(draft: Draft, references: tuple[Reference, ...]) -> None:
    videos = [each for each in references if each.kind == "video"]
    if len(videos) > 1 and len({each.sources for each in videos}) > 1:
        names = " and ".join(each.name or "edit" for each in videos)
        place = draft.place_of("edit" if draft.picked("edit") else "prompt")
        message = f"a shot may carry one video, and this has {len(videos)}: {names}"
        draft.add(place, codes.SECOND_VIDEO, message, "make a shot for each")


def _images(references: tuple[Reference, ...]) -> tuple[ImageRef, ...]:
    return tuple(
        [
            ImageRef(source=source, name=each.name, place=each.place)
            for each in references
            if each.kind == "image"
            for source in each.sources
        ]
    )


def _elements(references: tuple[Reference, ...]) -> tuple[ElementRef, ...]:
    return tuple(
        [
            ElementRef(
                element_id=each.element_id or "",
                by_provider=each.by_provider,
                name=each.name,
                place=each.place,
                is_broken=each.is_broken,
            )
            for each in references
            if each.kind == "element"
        ]
    )


def _video(references: tuple[Reference, ...], base: Reference | None) -> VideoRef | None:
    if base is not None and base.sources:
        return VideoRef(source=base.sources[0], use="base", name=base.name, place=base.place)
    for each in references:
        if each.kind == "video" and each.sources:
            return VideoRef(source=each.sources[0], name=each.name, place=each.place)
    return None


# Prompts ---------------------------------------------------------------------------


def _lines(
    draft: Draft, prompts: PromptFiles
) -> tuple[list[_Line], list[tuple[nodes.Node, int]], bool]:
    """The prompt, then the prompts of the parts; the parts' seconds; whether `auto`."""
    style = draft.pick("style", prompt=True)
    style_text = (draft.read(style, prompt=True) or "").strip() if style else ""
    prompt = draft.pick("prompt", prompt=True)
    many = draft.pick("multi_shot")
    lines = [_line(draft, prompts, prompt.node, style_text) if prompt else _Line("", None)]
    if many is None or isinstance(many.node, nodes.Scalar):
        return lines, [], draft.choice("multi_shot") is not None
    parts: list[tuple[nodes.Node, int]] = []
    for node in many.node.items if isinstance(many.node, nodes.Sequence) else ():
        assert isinstance(node, nodes.Mapping)  # the schema has let nothing else pass
        written_in = {key.text: value for key, value in node}
        lines.append(_line(draft, prompts, written_in["prompt"], style_text))
        seconds_node = written_in["duration"]
        written = draft.render(seconds_node) or ""
        seconds = read_seconds(written)
        if seconds is None and written:
            message = f"duration must be whole seconds, not {written[:60]!r}"
            hint = "write a whole number, such as 5"
            draft.add(seconds_node.place, codes.WRONG_VALUE, message, hint)
        parts.append((node, seconds or 0))
    return lines, parts, False


def _line(draft: Draft, prompts: PromptFiles, node: nodes.Node, style: str) -> _Line:
    scalar = prompts.scalar(node, draft.scope)
    text = (draft.render(scalar, prompt=True) or "").rstrip() if scalar else ""
    draft.failed = draft.failed or scalar is None
    return _Line(f"{text}\n{style}" if style else text, scalar)


def _note_tokens(draft: Draft, lines: Iterable[_Line]) -> None:
    """Keep the places of tokens that were written by hand, for those that judge them later."""
    for index, line in enumerate(lines):
        if line.scalar is not None and "<" in line.scalar.text:
            for token in tokens_in(line.scalar.text):
                place = draft.place_in(line.scalar, token)
                draft.written[f"{index} {token}"] = nodes.scalar_at(place, token)


def _check_tokens(draft: Draft, line: _Line, text: str, counts: Mapping[str, int]) -> None:
    for flaw in token_flaws(text, counts):
        place = draft.place_in(line.scalar, flaw.token)
        draft.add(place, codes.BAD_TOKEN, flaw.message, flaw.hint)


def _multi_shot(
    draft: Draft, prompts: tuple[str, ...], parts: list[tuple[nodes.Node, int]], auto: bool
) -> MultiShot | None:
    if not auto and not parts:
        return None
    made = tuple(
        Part(prompt=prompt, duration=seconds, place=node.place)
        for prompt, (node, seconds) in zip(prompts, parts, strict=True)
    )
    return MultiShot(auto=auto, parts=made, place=draft.place_of("multi_shot"))
