"""Rules about a clip of several shots, `multi_shot`."""

from collections.abc import Iterator

from omnibatch.checks.codes import Code, error
from omnibatch.checks.counting import counted
from omnibatch.problems import Problem
from omnibatch.providers import ModelRow
from omnibatch.shots import MultiShot, Shot

__all__ = ["form", "part_limits"]


def form(shot: Shot) -> Iterator[Problem]:
    """Parts or auto, parts that fill the clip, no prompt beside them, and no frames."""
    multi_shot = shot.multi_shot
    if multi_shot is None:
        return
    if multi_shot.auto == bool(multi_shot.parts):
        yield error(
            Code.MULTI_SHOT_FORM,
            multi_shot.place,
            "multi_shot has both auto and parts" if multi_shot.auto else "multi_shot has no parts",
            "write multi_shot: auto, or a list of {prompt, duration}",
        )
    for frame in (image for image in shot.images if image.use != "reference"):
        yield error(
            Code.MULTI_SHOT_FRAMES,
            frame.place,
            f"a multi-shot clip takes no {frame.use.replace('_', ' ')}",
            f"list the picture among the references, or leave {frame.use} out",
        )
    if multi_shot.parts and shot.prompt.strip():
        yield error(
            Code.PROMPT_BESIDE_PARTS,
            shot.place_of("prompt"),
            "the prompt is not sent: each part of multi_shot has its own",
            "move its words into the parts, or write multi_shot: auto",
        )
    yield from _parts(multi_shot)
    yield from _sum(shot, multi_shot)


def _parts(multi_shot: MultiShot) -> Iterator[Problem]:
    for number, part in enumerate(multi_shot.parts, 1):
        if not part.prompt.strip():
            yield error(
                Code.PART_PROMPT_EMPTY,
                part.place,
                f"the prompt of part {number} is empty",
                "say what is to be seen in it",
            )
        if part.duration < 1:
            yield error(
                Code.PART_DURATION,
                part.place,
                f"part {number} has {part.duration} s; the least is 1 s",
                "write duration: 1 or more",
            )


def _sum(shot: Shot, multi_shot: MultiShot) -> Iterator[Problem]:
    seconds = sum(part.duration for part in multi_shot.parts)
    if multi_shot.parts and shot.duration is not None and seconds != shot.duration:
        yield error(
            Code.PART_SUM,
            multi_shot.place,
            f"the parts add up to {seconds} s, and the shot has {shot.duration} s",
            f"write duration: {seconds}, or change the parts",
        )


def part_limits(shot: Shot, row: ModelRow) -> Iterator[Problem]:
    """Whether the model does it at all, how many parts, and how long their prompts."""
    multi_shot = shot.multi_shot
    if multi_shot is None:
        return
    span = row.limits.parts.value
    if span is None:
        yield error(
            Code.MULTI_SHOT,
            multi_shot.place,
            f"{row.model} makes no multi-shot clips",
            "use model: kling-v3-omni, or one shot for each part",
        )
        return
    if multi_shot.parts and len(multi_shot.parts) not in span:
        yield error(
            Code.PART_COUNT,
            multi_shot.place,
            f"{counted(len(multi_shot.parts), 'part')}, limit {span.most}",
            "make two shots of it",
        )
    most = row.limits.part_prompt_length.value
    for number, part in enumerate(multi_shot.parts, 1):
        if most is not None and len(part.prompt) > most:
            yield error(
                Code.PART_PROMPT_LENGTH,
                part.place,
                f"the prompt of part {number} has {len(part.prompt):,} characters, limit {most:,}",
                f"cut {len(part.prompt) - most:,}",
            )
