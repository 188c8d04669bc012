"""Shots to problems: what models, providers and files allow. The door of the room.

`check` is the only maker of a `CheckedBatch`, and only a `CheckedBatch` can be bought.
"""

from omnibatch.checks.admission import check
from omnibatch.checks.checked import CheckedBatch, CheckedShot, CheckResult, Clip
from omnibatch.checks.codes import MEANINGS
from omnibatch.checks.digest import digest_of, request_of
from omnibatch.checks.files import load_files
from omnibatch.checks.frames import with_frames

__all__ = [
    "MEANINGS",
    "CheckResult",
    "CheckedBatch",
    "CheckedShot",
    "Clip",
    "check",
    "digest_of",
    "load_files",
    "request_of",
    "with_frames",
]
