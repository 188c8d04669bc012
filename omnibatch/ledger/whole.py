"""The lockfile's bytes, put on the disk whole or not at all."""

from contextlib import suppress
from pathlib import Path

from omnibatch import disk

__all__ = ["write_whole"]


def write_whole(path: Path, data: bytes) -> None:
    """Write by way of a temporary file beside, synced and renamed. Raise `OSError`.

    A link to a lockfile stays one, and so does one that leads to nothing yet in its own
    folder. One that leads to nothing elsewhere is replaced: a manifest that came by git must
    not make files wherever it likes.
    """
    real = path.resolve()
    if not real.exists() and not real.is_relative_to(path.parent.resolve()):
        real = path
    # One name for all: what a killed process left is replaced, and does not pile up in git.
    temporary = real.with_name(f".{real.name}.tmp")
    try:
        disk.write_file(temporary, data, "lockfile")
        disk.replace(temporary, real, "lockfile")
    except BaseException:
        with suppress(OSError):
            disk.remove(temporary, "lockfile")
        raise
