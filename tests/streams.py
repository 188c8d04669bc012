"""Command lines whose standard streams are the test's own: pipes, terminals, nothing at all."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from .workplace import Workplace

__all__ = ["start_with"]

_SCRIPT = Path(__file__).with_name("command_line.py")


def start_with(place: Workplace, *arguments: str, **streams: Any) -> "subprocess.Popen[bytes]":
    """Start a command line in the folder of `place`; `streams` are those of `Popen`."""
    silent = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
    return subprocess.Popen(
        [sys.executable, str(_SCRIPT), *arguments],
        cwd=place.folder,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(place.home),
            "PYTHONUTF8": "1",
            **place.environment,
        },
        **(silent | streams),
    )
