"""The wire of a machine that slept: replies are waited for on, old connections are left."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time

import anyio
import pytest

from omnibatch.providers import Response
from omnibatch.wire import HttpWire, Lost, WireSettings

from .conftest import CREATE, QUERY, Dialled
from .listening import Call, Listener

SENDER = """
    import sys
    import anyio
    from omnibatch.endpoints import Account, Endpoint, Secret
    from omnibatch.providers import Request
    from omnibatch.wire import HttpWire, WireSettings

    async def main():
        endpoint = Endpoint.at(sys.argv[1])
        account = Account(provider="apimodels", endpoint=endpoint, key=Secret("k"), name="a")
        async with HttpWire(WireSettings(create_within_s=3.0)) as wire:
            print(await wire.create(account, Request(method="POST", path="/", body=b"{}")))

    anyio.run(main)
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="signals are POSIX here")
@pytest.mark.parametrize("is_early", [True, False], ids=["while-stopped", "after-it"])
def test_a_reply_is_waited_for_however_long_nobody_was_awake(is_early: bool) -> None:
    """Some six seconds: the process is stopped for longer than its exchange may take."""
    came = threading.Event()
    may_answer = threading.Event()

    def answer(call: Call) -> None:
        call.read()
        came.set()
        assert may_answer.wait(10)
        call.send(b"HTTP/1.1 200 OK\r\ncontent-length: 15\r\n")
        time.sleep(0.1)
        call.send(b"\r\n")
        time.sleep(0.1)
        call.send(b'{"taskId": "1"}')

    with (
        Listener(answer) as server,
        subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(SENDER), server.url],
            stdout=subprocess.PIPE,
            text=True,
        ) as sender,
    ):
        assert came.wait(30)
        os.kill(sender.pid, signal.SIGSTOP)
        if is_early:
            may_answer.set()
        time.sleep(4)
        os.kill(sender.pid, signal.SIGCONT)
        time.sleep(0.3)
        may_answer.set()
        said, _ = sender.communicate(timeout=30)

    assert "taskId" in said, said


def test_the_time_awake_is_bounded_all_the_same(dialled: Dialled) -> None:
    dialled.settings = WireSettings(create_within_s=0.3)

    def drip(call: Call) -> None:
        call.read()
        call.send(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n")
        for _ in range(100):
            call.send(b".")
            time.sleep(0.05)

    with Listener(drip) as server:
        reply = dialled.create(server.url)

    assert reply == Lost(reason="no whole reply within 0.3 s")


def test_connections_that_were_kept_are_forgotten(dialled: Dialled) -> None:
    def keep_alive(call: Call) -> None:
        while call.read():
            call.answer(200, b"{}")
            call.received = b""

    async def act(wire: HttpWire) -> list[int]:
        account = dialled.account(server.url)
        seen = []
        for forget in (False, False, True, False):
            if forget:
                wire.forget_connections()
            assert isinstance(await wire.ask(account, QUERY), Response)
            seen.append(len(server.calls))
        return seen

    with Listener(keep_alive) as server:
        assert dialled.use(act) == [1, 1, 2, 2]


def test_what_is_out_when_they_are_forgotten_comes_back(dialled: Dialled) -> None:
    go_on = threading.Event()

    def late(call: Call) -> None:
        call.read()
        assert go_on.wait(10)
        call.answer(200, b"{}")

    async def act(wire: HttpWire) -> list[object]:
        account = dialled.account(server.url)
        replies: list[object] = []

        async def ask() -> None:
            replies.append(await wire.ask(account, QUERY))

        async def create() -> None:
            replies.append(await wire.create(account, CREATE))

        async with anyio.create_task_group() as group:
            group.start_soon(ask)
            group.start_soon(create)
            while len(server.calls) < 2:  # noqa: ASYNC110 - the server has no event for us
                await anyio.sleep(0.01)
            wire.forget_connections()
            go_on.set()
        return replies

    with Listener(late) as server:
        assert [type(reply) for reply in dialled.use(act)] == [Response, Response]
