"""Open shots closed: what is bought is known once the clips are that frames come from."""

from collections.abc import Mapping
from dataclasses import replace

from omnibatch.checks.checked import CheckedShot, Clip
from omnibatch.checks.digest import digest_of, request_of
from omnibatch.shots import FrameSource

__all__ = ["with_frames"]


def with_frames(checked: CheckedShot, clips: Mapping[FrameSource, Clip]) -> CheckedShot:
    """The shot with its frames taken from `clips`, which may hold more than it needs.

    Request and digest are those of the purchase where all are there. Nothing else
    changes: neither the price nor what a provider can take depends on a frame.
    """
    needed = {frame: clips[frame] for frame in checked.shot.frames if frame in clips}
    request = request_of(checked.shot, checked.image_facts, needed)
    return replace(checked, request=request, digest=digest_of(request), clips=needed)
