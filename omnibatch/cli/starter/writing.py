"""Writing files all or none, each of them whole."""

import errno
import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from omnibatch.cli.starter.contents import Step
from omnibatch.errors import OmnibatchError, UsageError

__all__ = ["carry_out"]

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def carry_out(folder: Path, steps: Iterable[Step]) -> None:
    """Make `folder` and write what the steps bring.

    Everything is on the disk under other names before the first file gets its own, so
    that a full disk leaves nothing behind. Raise `UsageError` where the folder cannot be
    made, `OmnibatchError` where something cannot be written.
    """
    made: list[Path] = []
    temporary: dict[Path, Path] = {}
    at = folder
    try:
        _make(folder, made)
        for path, content in ((s.path, s.content) for s in steps if s.content is not None):
            # A link is followed: what it points to is what is written.
            at = target = path.resolve()
            beside = temporary[target] = target.with_name(f".{target.name}.tmp")
            _write(beside, content)
            if target.exists():
                shutil.copymode(target, beside)
        for target, beside in temporary.items():
            at = target
            os.replace(beside, target)
    except OSError as error:
        _clear(temporary.values(), made)
        reason = error.strerror or str(error)
        if error.errno in _NO_ROOM:
            raise OmnibatchError(f"{at}: {reason}", "make room, then run it again") from error
        if at == folder:
            message = f"the folder {folder} cannot be made: {reason}"
            raise UsageError(message, "name another one") from error
        hint = "check the permissions of its folder"
        raise OmnibatchError(f"{at} cannot be written: {reason}", hint) from error
    except BaseException:
        _clear(temporary.values(), made)
        raise


def _make(folder: Path, made: list[Path]) -> None:
    """Make a folder and those above it, remembering which are new."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir()
        made.append(each)
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _clear(files: Iterable[Path], folders: Iterable[Path]) -> None:
    """Take away what was begun; what is not there, or not empty, stays."""
    for file in files:
        with suppress(OSError):
            file.unlink()
    for folder in reversed(list(folders)):
        with suppress(OSError):
            folder.rmdir()
