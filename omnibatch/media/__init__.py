"""Facts of image and video files: what the bytes say, with no opinion on what a provider allows.

Pillow is imported only when an image is probed, so that this door costs nothing; of videos
only the index is read, by our own hands.
"""

from omnibatch.media.cache import ImageProbe, VideoProbe
from omnibatch.media.clip import ClipFacts, probe_clip
from omnibatch.media.facts import (
    FaultKind,
    ImageFacts,
    ImageFormat,
    MediaFault,
    VideoFacts,
    VideoFormat,
)
from omnibatch.media.files import content_hash, read_unchanged
from omnibatch.media.frames import frame_of
from omnibatch.media.image import probe_image
from omnibatch.media.video import probe_video

__all__ = [
    "ClipFacts",
    "FaultKind",
    "ImageFacts",
    "ImageFormat",
    "ImageProbe",
    "MediaFault",
    "VideoFacts",
    "VideoFormat",
    "VideoProbe",
    "content_hash",
    "frame_of",
    "probe_clip",
    "probe_image",
    "probe_video",
    "read_unchanged",
]
