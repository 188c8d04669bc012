"""Writing files all or none, each of them whole."""

import errno
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from omnibatch.cli.starter.contents import Step
from omnibatch.errors import OmnibatchError

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
    try:
        _make(folder, made)
        for path, content in ((s.path, s.content) for s in steps if s.content is not None):
            # A link is followed: what it points to is what is written.
            target = path.resolve()
            beside = temporary[target] = target.with_name(f".{target.name}.tmp")
            _write(beside, content)
            if target.exists():
                shutil.copymode(target, beside)
        for target, beside in temporary.items():
            os.replace(beside, target)
    except OSError as error:
        _clear(temporary.values(), made)
        reason = error.strerror or str(error)
        if folder in made or not temporary:
            where = folder
        raise OmnibatchError("", "") from error
    except BaseException:
        _clear(temporary.values(), made)
        raise


def _clear(files: Iterable[Path], folders: Iterable[Path]) -> None: ...
