"""A command line in a process of its own: what it said, and what it took.

    python measured.py SECONDS COMMAND ...

prints that as JSON. The measured process is begun from this small one: the system counts
to a process what the one that it was begun from had in memory.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

__all__ = ["Measured", "measured"]

_SCRIPT = Path(__file__).with_name("command_line.py")
_LARGEST_BYTES = 2 << 30  # of addresses, not of memory in use


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """`seconds` of the processor, and the most `megabytes` of memory that it had at once.

    `code` is minus the signal's number where one ended it.
    """

    code: int
    said: str
    seconds: float
    megabytes: float


def measured(arguments: Sequence[str], folder: Path, *, most_seconds: int) -> Measured:
    """Run `omnibatch` in `folder`; it is killed where it takes more of the processor than that."""
    ended = subprocess.run(
        [sys.executable, __file__, str(most_seconds), *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=True,
    )
    return Measured(**json.loads(ended.stdout))


def _measure(most_seconds: int, arguments: Sequence[str]) -> Measured:
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [sys.executable, str(_SCRIPT), *arguments],
            stdout=output,
            stderr=output,
            env={**os.environ, "PYTHONUTF8": "1"},
        )
        resource.prlimit(process.pid, resource.RLIMIT_CPU, (most_seconds, most_seconds + 1))
        resource.prlimit(process.pid, resource.RLIMIT_AS, (_LARGEST_BYTES, _LARGEST_BYTES))
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        return Measured(
            code=process.returncode,
            said=output.read().decode("utf-8", "replace"),
            seconds=usage.ru_utime + usage.ru_stime,
            megabytes=usage.ru_maxrss / 1024,  # kilobytes, on Linux
        )


if __name__ == "__main__":
    print(json.dumps(asdict(_measure(int(sys.argv[1]), sys.argv[2:]))))
