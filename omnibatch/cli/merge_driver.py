"""What git is told about lockfiles: the merge driver in the configuration of a clone.

Attributes travel with a repository, configuration does not: each clone is told once. One
that was not merges lockfiles as text, which is safe, too: a conflict that is left in
one is read by the next command.
"""

import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

__all__ = ["ATTRIBUTE", "Driver", "driver_command", "set_up_driver"]

ATTRIBUTE = "merge=omnibatch"
"""What `.gitattributes` says of a lockfile."""

_KEY = "merge.omnibatch.driver"
_ABOUT = {"merge.omnibatch.name": "omnibatch lockfiles: what either side knows"}
_OURS = "merge-lock"


class Driver(NamedTuple):
    """What was done: `action` is `set`, `kept` or `left`; `about` says what it means."""

    action: str
    about: str


def driver_command() -> str:
    """The line that git gives to its shell for each lockfile to merge.

    It names the interpreter that omnibatch is installed for, since a shell that git
    starts may have another PATH; and lets nothing of the repository be imported (`-P`).
    Where that interpreter is gone, or the files are not ours, git's own merge of texts
    does it: 0 is a join, 7 a conflict that merge-lock has left, anything else neither.
    """
    python = shlex.quote(Path(sys.executable).as_posix())
    return (
        f"{python} -P -m omnibatch {_OURS} -- %O %A %B %P; ended=$?; "
        'test "$ended" = 0 -o "$ended" = 7 && exit "$ended"; '
        "git merge-file --marker-size=%L -L ours -L base -L theirs %A %O %B"
    )


def set_up_driver(folder: Path) -> Driver:
    """Tell the clone that `folder` belongs to of the driver, unless it has its own word."""
    wanted = driver_command()
    try:
        there = _git(folder, "config", "--local", "--get", _KEY)
        if there.returncode not in (0, 1):
            return Driver("left", "no git work tree is here: after git init, run this again")
        known = there.stdout.strip()
        if known == wanted:
            return Driver("kept", "lockfiles of two branches join by themselves")
        if known and _OURS not in known:
            return Driver("kept", "it names another program for lockfiles")
        for key, value in (*_ABOUT.items(), (_KEY, wanted)):
            done = _git(folder, "config", "--local", key, value)
            if done.returncode:
                return Driver("left", f"git cannot write it: {done.stderr.strip()}")
    except OSError:
        return Driver("left", "git is not installed here")
    return Driver("set", "how lockfiles of two branches join, in this clone alone")


def _git(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["git", *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
