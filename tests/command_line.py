"""omnibatch as tests start it: the real command line, kept in by the guard.

    python command_line.py COMMAND ...       once
    python command_line.py --serve FD        once for each request at the socket FD

`TESTS_CLOCK_S` in the environment moves the wall clock by so many seconds, as a user or
a time server does; pauses are measured by another clock, and stay.

A server has imported everything and read a manifest already, and forks for each request,
which saves most of a start's time. What runs then is an ordinary process: it has a process
id, its own streams, environment and folder, and can be killed.
"""

import array
import gc
import json
import os
import signal
import socket
import sys
import tempfile
import traceback
from datetime import datetime, timedelta, tzinfo
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from guard import keep_in

_WARM = (
    *(f"omnibatch.cli.{name}" for name in ("entry", "run", "plan", "status", "validate")),
    *(f"omnibatch.cli.{name}" for name in ("adopt", "retry", "abandon", "expand", "schema")),
    *("omnibatch.providers.cometapi", "omnibatch.providers.apimodels"),
    *("omnibatch.run.batch", "omnibatch.wire.http", "omnibatch.manifest.load"),
    *("anyio._backends._asyncio", "certifi", "concurrent.futures.thread", "httpcore"),
    *("jinja2.sandbox", "jsonschema", "dotenv", "av", "av.subtitles.stream", "PIL.Image"),
)
_HEAD = 8  # bytes of a request that give the length of the rest


def _main() -> NoReturn:
    keep_in()
    if sys.argv[1:2] == ["--serve"]:
        _serve(socket.socket(fileno=int(sys.argv[2])))
    _be_omnibatch()


def _be_omnibatch() -> NoReturn:
    from omnibatch.cli import main

    if ahead_s := os.environ.get("TESTS_CLOCK_S"):
        _move_clock(timedelta(seconds=float(ahead_s)))
    if rough := os.environ.get("OMNIBATCH_TEST_DISK"):
        from rough_disk import RoughDisk

        from omnibatch import disk

        told = Path(os.environ["OMNIBATCH_TEST_DISK_TOLD"])
        disk.os = RoughDisk(rough, told)  # type: ignore[assignment]  # it has what os has
    if seconds := os.environ.get("OMNIBATCH_TEST_TIMEOUT"):
        _be_impatient(float(seconds))
    main()
    raise AssertionError("BUG: the command line returned")


def _move_clock(ahead: timedelta) -> None:
    """Let the one place where omnibatch reads the wall clock see another time."""
    from omnibatch.cli import reading

    class Moved(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return datetime.now(tz) + ahead

    vars(reading)["datetime"] = Moved


def _be_impatient(seconds: float) -> None:
    """Wait so long for a silent server and no longer, where minutes would be usual."""
    import httpx

    from omnibatch.wire import dialling, http

    for name in ("_CREATE", "_ASK"):
        setattr(http, name, httpx.Timeout(seconds, pool=None))
    dialling._TIMEOUT.update(connect=seconds, write=seconds, read=seconds)


def _serve(requests: socket.socket) -> NoReturn:
    """Fork for each request until the other end is closed."""
    _warm_up()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system buries the keepers
    while True:
        received = _receive(requests)
        if received is None:
            os._exit(0)
        request, fds = received
        if os.fork() == 0:
            requests.close()
            _keep(request, *fds)
        for fd in fds:
            os.close(fd)


def _warm_up() -> None:
    """Import all, and have the schema prepared, which takes longer than a run of one shot."""
    for name in _WARM:
        import_module(name)
    from omnibatch.checks import check
    from omnibatch.manifest import load_manifest

    with tempfile.TemporaryDirectory() as folder:
        manifest = Path(folder, "film.yaml")
        manifest.write_text(
            "version: 1\nprovider: apimodels\n"
            "shots: [{id: s1, prompt: Sea, duration: 5, aspect_ratio: 1:1}]\n"
        )
        batch = load_manifest(manifest).batch
        assert batch is not None
        assert check(batch).batch is not None


def _receive(requests: socket.socket) -> tuple[Any, list[int]] | None:
    head, ancillary, _, _ = requests.recvmsg(_HEAD, socket.CMSG_SPACE(4 * 4))
    if not head:
        return None
    fds = array.array("i")
    for _, _, data in ancillary:
        fds.frombytes(data)
    body = b""
    while len(body) < int(head):
        body += requests.recv(int(head) - len(body))
    return json.loads(body), list(fds)


def _keep(request: Any, reports: int, stdin: int, stdout: int, stderr: int) -> NoReturn:
    """Run one command line in a child; report its id and, at its end, its exit code."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    child = os.fork()
    if child == 0:
        for number, fd in enumerate((stdin, stdout, stderr)):
            os.dup2(fd, number)
        os.closerange(3, 256)
        os.environ.clear()
        os.environ.update(request["environment"])
        os.chdir(request["folder"])
        # A Python that starts anew reads this by itself.
        sys.path[1:1] = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
        sys.argv = ["omnibatch", *request["arguments"]]
        try:
            _be_omnibatch()
        except SystemExit as end:
            os._exit(int(end.code or 0))
        except BaseException:  # the guard's, which the command line does not know
            traceback.print_exc()
            sys.stderr.flush()
        finally:
            os._exit(70)
    os.write(reports, f"{child}\n".encode())
    _, status = os.waitpid(child, 0)
    os.write(reports, f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


if __name__ == "__main__":
    _main()
