"""The rules in the order in which they run: those of a shot, and those of a model's row."""

from collections.abc import Callable, Iterable, Sequence

import omnibatch.checks.clip as clip
import omnibatch.checks.images as images
import omnibatch.checks.parts as parts
import omnibatch.checks.passthrough as passthrough
import omnibatch.checks.prompts as prompts
import omnibatch.checks.references as references
import omnibatch.checks.videos as videos
from omnibatch.media import ImageFacts, VideoFacts
from omnibatch.problems import Problem
from omnibatch.providers import ModelRow
from omnibatch.shots import Shot

__all__ = ["judge_at", "judge_shot"]

_OF_SHOTS: tuple[Callable[[Shot], Iterable[Problem]], ...] = (
    prompts.text,
    prompts.tokens,
    clip.unused_values,
    clip.sound_and_video,
    references.frames,
    references.element_ids,
    parts.form,
    images.sources,
    passthrough.callback,
    passthrough.extra,
)

_OF_ROWS: tuple[Callable[[Shot, ModelRow], Iterable[Problem]], ...] = (
    prompts.length,
    clip.mode,
    clip.aspect_ratio,
    clip.duration,
    clip.sound,
    references.list_limit,
    references.frame_company,
    references.element_at,
    parts.part_limits,
    passthrough.doubts,
)


def judge_shot(shot: Shot) -> list[Problem]:
    """What is wrong with a shot wherever it goes."""
    return [problem for rule in _OF_SHOTS for problem in rule(shot)]


def judge_at(
    shot: Shot, facts: Sequence[ImageFacts | None], video: VideoFacts | None, row: ModelRow
) -> list[Problem]:
    """What is wrong with a shot for one model at one provider.

    `facts` are those of its images, `video` those of its video; None for addresses.
    """
    problems = [problem for rule in _OF_ROWS for problem in rule(shot, row)]
    problems.extend(images.image_limits(shot, facts, row.limits))
    problems.extend(videos.video_limits(shot, video, row.limits))
    return problems
