"""A manifest's file: its bytes, or why there are none."""

import os
import stat
from pathlib import Path

from omnibatch.manifest import codes
from omnibatch.manifest.text.source import LARGEST_BYTES
from omnibatch.problems import Place, Problem

__all__ = ["read_file"]


def read_file(path: Path, file: str) -> bytes | Problem:
    """The bytes at `path`, which problems name `file`."""
    hint = "check the path"
    try:
        found = os.stat(path)
        if not stat.S_ISREG(found.st_mode):
            reason = "it is not a file"
        elif found.st_size > LARGEST_BYTES:  # said before it fills the memory
            reason = f"it has {found.st_size:,} bytes, limit {LARGEST_BYTES:,}"
            hint = "keep the values in a CSV or JSONL file and use rows"
        else:
            return path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
    except ValueError as error:  # a path with a NUL
        reason = str(error)
    message = f"the manifest cannot be read: {reason}"
    return Problem(place=Place(file), code=codes.UNREADABLE, message=message, hint=hint)
