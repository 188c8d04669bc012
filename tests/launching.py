"""Starting command lines and waiting for their end."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from .canary import spelling_in

__all__ = ["Finished", "Launcher", "Running"]

_SCRIPT = Path(__file__).with_name("command_line.py")
_PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """How a command line ended. `code` is minus the signal's number where one killed it."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """Both streams together."""
        return self.out + self.err

    @property
    def was_killed(self) -> bool:
        return self.code == -getattr(signal, "SIGKILL", signal.SIGTERM)


class _Process(Protocol):
    pid: int

    def wait(self, timeout: float | None) -> int:
        """Return the exit code. Raise `subprocess.TimeoutExpired`."""


class Running:
    """A command line under way; a context manager that leaves none behind."""

    def __init__(self, process: _Process, out: Path, err: Path) -> None:
        self._process = process
        self._out = out
        self._err = err
        self.pid = process.pid
        self._finished: Finished | None = None

    def wait(self, timeout_s: float = _PATIENCE_S) -> Finished:
        """Wait for the end; what outlasts `timeout_s` is killed, and the test fails."""
        if self._finished is None:
            try:
                code = self._process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                self.kill()
                self._process.wait(None)
                raise AssertionError(f"still running after {timeout_s} s: {self.said}") from None
            self._finished = Finished(code=code, out=_text(self._out), err=_text(self._err))
            shown = [spelling_in(stream.read_bytes()) for stream in (self._out, self._err)]
            self._out.unlink()
            self._err.unlink()
            assert shown == [None, None], f"the key was printed: {self._finished.said}"
        return self._finished

    @property
    def said(self) -> str:
        """What it has printed so far."""
        return self._finished.said if self._finished else _text(self._out) + _text(self._err)

    def until(self, words: str, times: int = 1) -> None:
        """Wait until it has printed `words` so many times; fail after a while."""
        end = time.monotonic() + _PATIENCE_S
        while (said := self.said).count(words) < times:
            assert time.monotonic() < end, f"{words!r} never came: {said}"
            time.sleep(0.01)

    def signal(self, number: int) -> None:
        """Send a signal, if the process is still there."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.signal(getattr(signal, "SIGKILL", signal.SIGTERM))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._finished is None:
            self.kill()
            self.wait()


class Launcher:
    """Starts command lines: `warm` ones forked from a process that has imported all."""

    def __init__(self) -> None:
        self._streams = tempfile.TemporaryDirectory(prefix="omnibatch-streams-")
        self._numbers = count(1)
        self._lock = threading.Lock()
        self._server: subprocess.Popen[bytes] | None = None
        self._requests: socket.socket | None = None

    def start(
        self,
        arguments: Sequence[str],
        *,
        folder: Path,
        environment: Mapping[str, str],
        cold: bool = False,
    ) -> Running:
        """Start `omnibatch ARGUMENTS` in `folder` with nobody at the keyboard."""
        stem = Path(self._streams.name, str(next(self._numbers)))
        out, err = stem.with_suffix(".out"), stem.with_suffix(".err")
        with open(os.devnull, "rb") as nothing, open(out, "wb") as to, open(err, "wb") as also_to:
            streams = (nothing.fileno(), to.fileno(), also_to.fileno())
            if cold or not hasattr(os, "fork"):
                return Running(_start_cold(arguments, folder, environment, streams), out, err)
            request = {
                "arguments": list(arguments),
                "folder": str(folder),
                "environment": dict(environment),
            }
            return Running(self._fork(json.dumps(request).encode(), streams), out, err)

    def stop(self) -> None:
        """Let the server go."""
        if self._server is not None and self._requests is not None:
            self._requests.close()
            self._server.wait(10)
            self._server = None
        self._streams.cleanup()

    def _fork(self, request: bytes, streams: tuple[int, int, int]) -> "_Forked":
        ours, theirs = socket.socketpair()
        with theirs, self._lock:
            requests = self._ready()
            head = f"{len(request):08}".encode()
            socket.send_fds(requests, [head], [theirs.fileno(), *streams])
            requests.sendall(request)
        return _Forked(ours)

    def _ready(self) -> socket.socket:
        if self._requests is None:
            self._requests, theirs = socket.socketpair()
            with theirs:
                self._server = subprocess.Popen(
                    [sys.executable, str(_SCRIPT), "--serve", str(theirs.fileno())],
                    pass_fds=[theirs.fileno()],
                    env={"PATH": os.environ["PATH"], "PYTHONUTF8": "1"},
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                )
        return self._requests


class _Forked:
    """A process that the server has forked, as its reports tell of it."""

    def __init__(self, reports: socket.socket) -> None:
        self._reports = reports
        self._lines = reports.makefile("r")
        self.pid = int(self._lines.readline())

    def wait(self, timeout: float | None) -> int:
        """Wait for the report of its end."""
        self._reports.settimeout(timeout)
        try:
            code = int(self._lines.readline())
        except TimeoutError:
            raise subprocess.TimeoutExpired("omnibatch", timeout or 0) from None
        self._lines.close()
        self._reports.close()
        return code


def _start_cold(
    arguments: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    streams: tuple[int, int, int],
) -> subprocess.Popen[bytes]:
    stdin, stdout, stderr = streams
    return subprocess.Popen(
        [sys.executable, str(_SCRIPT), *arguments],
        cwd=folder,
        env=dict(environment),
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
    )


def _text(file: Path) -> str:
    """All that a stream has brought so far."""
    return file.read_bytes().decode("utf-8", "replace")
