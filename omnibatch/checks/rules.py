"""The rules in the order in which they run: those of a shot, and those of a model's row.

A hundred thousand shots differ in their words and in little else. So rules that look at
words or addresses run for every shot, and all others once for each `likeness`: no two
shots alike in it are told apart by them.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence

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

__all__ = ["judge_at", "judge_shot", "judge_words", "likeness"]

_OF_WORDS: tuple[Callable[[Shot], Iterable[Problem]], ...] = (
    prompts.text,
    prompts.tokens,
    images.sources,
)

_OF_SHOTS: tuple[Callable[[Shot], Iterable[Problem]], ...] = (
    clip.unused_values,
    clip.sound_and_video,
    references.frames,
    references.element_ids,
    parts.form,
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


def judge_words(shot: Shot) -> list[Problem]:
    """What is wrong with the words and addresses of a shot, wherever it goes."""
    return [problem for rule in _OF_WORDS for problem in rule(shot)]


def likeness(shot: Shot, facts: Sequence[ImageFacts | None]) -> Hashable | None:
    """What the rules below go by, but for the length of the prompt.

    None for a shot with more to it than most have, which is like no other.
    """
    if shot.elements or shot.video or shot.multi_shot or shot.extra or shot.callback_url:
        return None
    images = tuple([(image.use, seen) for image, seen in zip(shot.images, facts, strict=True)])
    sound, ratio = shot.sound, shot.aspect_ratio
    return shot.providers, shot.model, shot.mode, shot.duration, ratio, sound, images


def judge_shot(shot: Shot) -> list[Problem]:
    """What else is wrong with a shot wherever it goes."""
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
