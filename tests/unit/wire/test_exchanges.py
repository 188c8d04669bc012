"""Creates and queries over real sockets: what was sent, what came back, what is in doubt."""

import gzip
import json
import socket
import threading
import tracemalloc
import zlib
from collections.abc import Callable

import anyio
import pytest

from omnibatch.endpoints import Account, Secret
from omnibatch.providers import Request, Response
from omnibatch.wire import HttpWire, Lost, NotSent, WireSettings

from .conftest import CREATE, Certificate, Dialled, Resolver
from .listening import Call, Listener


def answer(call: Call) -> None:
    call.read()
    call.answer(200, b'{"code": 200}', x_request_id="r1")


def test_a_reply_comes_whole_with_lower_case_header_names(dialled: Dialled) -> None:
    def shout(call: Call) -> None:
        call.read()
        call.send(b"HTTP/1.1 201 Made\r\nX-Request-ID: r1\r\nContent-Length: 2\r\n\r\n{}")

    with Listener(shout) as server:
        reply = dialled.create(server.url)

    assert isinstance(reply, Response)
    assert (reply.status, reply.headers["x-request-id"], reply.body) == (201, "r1", b"{}")


def test_a_create_carries_its_body_to_the_byte(dialled: Dialled) -> None:
    with Listener(answer) as server:
        dialled.create(server.url)

    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /create HTTP/1.1\r\n")
    assert b"content-type: application/json" in head.lower()
    assert body == CREATE.body


def test_a_query_is_percent_encoded_and_has_no_body(dialled: Dialled) -> None:
    with Listener(answer) as server:
        dialled.ask(server.url)

    assert server.requests[0].startswith(b"GET /tasks?task_id=a+b%2Fc HTTP/1.1\r\n")
    assert b"content-type" not in server.requests[0].lower()


def test_a_base_address_with_a_path_keeps_it(dialled: Dialled) -> None:
    with Listener(answer) as server:
        dialled.create(f"{server.url}/relay/")

    assert server.requests[0].startswith(b"POST /relay/create ")


def test_every_create_has_a_connection_of_its_own(dialled: Dialled) -> None:
    async def three(wire: HttpWire) -> None:
        for _ in range(3):
            assert isinstance(await wire.create(dialled.account(server.url), CREATE), Response)

    with Listener(_keep_alive) as server:
        dialled.use(three)

        assert len(server.calls) == 3


def test_creates_in_waves_have_connections_of_their_own_too(dialled: Dialled) -> None:
    async def waves(wire: HttpWire) -> None:
        account = dialled.account(server.url)
        for _ in range(3):
            async with anyio.create_task_group() as group:
                for _ in range(10):
                    group.start_soon(wire.create, account, CREATE)

    with Listener(_keep_alive) as server:
        dialled.use(waves)

        assert len(server.calls) == 30


def test_queries_share_a_connection(dialled: Dialled) -> None:
    async def three(wire: HttpWire) -> None:
        for _ in range(3):
            request = Request(method="GET", path="/tasks")
            assert isinstance(await wire.ask(dialled.account(server.url), request), Response)

    with Listener(_keep_alive) as server:
        dialled.use(three)

        assert len(server.calls) == 1


def _keep_alive(call: Call) -> None:
    while call.read():
        call.answer(200)
        call.received = b""


def test_fifty_at_once_wait_for_nobody(dialled: Dialled) -> None:
    gate = threading.Barrier(50, timeout=10)

    def together(call: Call) -> None:
        call.read()
        gate.wait()
        call.answer(200)

    async def fifty(wire: HttpWire) -> None:
        account = dialled.account(server.url)

        async def one() -> None:
            assert isinstance(await wire.create(account, CREATE), Response)

        async with anyio.create_task_group() as group:
            for _ in range(50):
                group.start_soon(one)

    with Listener(together) as server:
        dialled.use(fifty)


def test_a_refused_connection_sent_nothing(dialled: Dialled) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        reply = dialled.create(f"http://127.0.0.1:{taken.getsockname()[1]}")

    assert isinstance(reply, NotSent)


def test_a_server_that_does_not_speak_tls_was_sent_nothing(dialled: Dialled) -> None:
    def plain(call: Call) -> None:
        call.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with Listener(plain) as server:
        reply = dialled.create(server.url.replace("http:", "https:"))

    assert isinstance(reply, NotSent)
    assert all(CREATE.body and CREATE.body not in received for received in server.requests)


def test_another_scheme_sent_nothing(dialled: Dialled) -> None:
    assert isinstance(dialled.create("ftp://127.0.0.1"), NotSent)


@pytest.mark.parametrize("reset", [False, True])
def test_a_connection_that_ends_before_the_request_is_read_is_a_doubt(
    dialled: Dialled, reset: bool
) -> None:
    def leave(call: Call) -> None:
        call.wait()
        if reset:
            call.reset()

    with Listener(leave) as server:
        assert isinstance(dialled.create(server.url), Lost)


@pytest.mark.parametrize("reset", [False, True])
def test_a_connection_that_ends_after_the_request_was_read_is_a_doubt(
    dialled: Dialled, reset: bool
) -> None:
    def leave(call: Call) -> None:
        call.read()
        if reset:
            call.reset()

    with Listener(leave) as server:
        assert isinstance(dialled.create(server.url), Lost)


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + b'{"code": 200, "da',
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"co',
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}",
    ],
    ids=["half a body", "half a chunk", "half a head", "another protocol", "a mad length"],
)
def test_a_reply_that_is_cut_or_mad_is_a_doubt(dialled: Dialled, reply: bytes) -> None:
    def speak(call: Call) -> None:
        call.read()
        call.send(reply)

    with Listener(speak) as server:
        assert isinstance(dialled.create(server.url), Lost)


def test_an_answer_before_the_whole_body_was_sent_is_an_answer(dialled: Dialled) -> None:
    """A gateway may refuse a body that is too long without reading it to its end."""
    big = Request(method="POST", path="/create", body=b"x" * 20_000_000)

    def refuse(call: Call) -> None:
        call._more()
        call.answer(413, b"{}", connection="close")

    with Listener(refuse) as server:
        reply = dialled.create(server.url, big)

    # What the reset that follows lets through is up to the system.
    assert isinstance(reply, Lost) or (isinstance(reply, Response) and reply.status == 413)


def test_a_cancelled_create_ends_its_connection(dialled: Dialled) -> None:
    ended = threading.Event()

    def wait(call: Call) -> None:
        call.read()
        if not call._more():
            ended.set()

    async def cancelled(wire: HttpWire) -> None:
        with anyio.move_on_after(0.05):
            await wire.create(dialled.account(server.url), CREATE)

    with Listener(wait) as server:
        dialled.use(cancelled)

        assert ended.wait(5)


def test_after_a_cancelled_query_the_next_one_works(dialled: Dialled) -> None:
    calls = iter(range(10))

    def slow_first(call: Call) -> None:
        call.read()
        if next(calls):
            call.answer(200)
        else:
            call._more()

    async def both(wire: HttpWire) -> Response | NotSent | Lost:
        request = Request(method="GET", path="/tasks")
        with anyio.move_on_after(0.05):
            await wire.ask(dialled.account(server.url), request)
        return await wire.ask(dialled.account(server.url), request)

    with Listener(slow_first) as server:
        assert isinstance(dialled.use(both), Response)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_a_reply_and_nothing_arrives_where_it_points(
    dialled: Dialled, status: int
) -> None:
    with Listener(answer) as elsewhere:

        def point(call: Call) -> None:
            call.read()
            call.answer(status, b"", location=f"{elsewhere.url}/create")

        with Listener(point) as server:
            created = dialled.create(server.url)
            asked = dialled.ask(server.url)

        assert elsewhere.calls == []
    assert isinstance(created, Response)
    assert isinstance(asked, Response)
    assert created.status == asked.status == status


def test_a_reply_of_eight_megabytes_is_read_and_a_longer_one_is_a_doubt(dialled: Dialled) -> None:
    limit = 8 * 1024 * 1024

    def long(call: Call) -> None:
        size = limit + int(b"/longer" in call.read())
        call.answer(200, b"x" * size)

    with Listener(long) as server:
        whole = dialled.create(server.url)
        longer = dialled.create(server.url, Request(method="POST", path="/longer", body=b"{}"))

    assert isinstance(whole, Response)
    assert len(whole.body) == limit
    assert longer == Lost(reason=f"the reply is longer than {limit} bytes")


def test_an_endless_reply_is_left(dialled: Dialled) -> None:
    left = threading.Event()

    def endless(call: Call) -> None:
        call.read()
        call.send(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            while True:
                call._connection.sendall(b"x" * 65536)
        except OSError:
            left.set()

    with Listener(endless) as server:
        assert isinstance(dialled.create(server.url), Lost)

        assert left.wait(5)


def test_a_reply_that_is_compressed_all_the_same_is_read(dialled: Dialled) -> None:
    """A paid task's id may stand in it."""
    created = json.dumps({"code": 200, "data": {"taskId": "88"}}).encode()

    def squeeze(call: Call) -> None:
        assert b"accept-encoding: identity" in call.read().lower()
        call.answer(200, gzip.compress(created), content_encoding="gzip")

    with Listener(squeeze) as server:
        reply = dialled.create(server.url)

    assert isinstance(reply, Response)
    assert reply.body == created


@pytest.mark.parametrize(
    "pack",
    [zlib.compress, lambda data: zlib.compress(data, wbits=-15)],
    ids=["with a head", "bare"],
)
def test_deflate_is_read_in_both_its_forms(
    dialled: Dialled, pack: Callable[[bytes], bytes]
) -> None:
    def squeeze(call: Call) -> None:
        call.read()
        call.answer(200, pack(b'{"code": 200}'), content_encoding="deflate")

    with Listener(squeeze) as server:
        reply = dialled.create(server.url)

    assert isinstance(reply, Response)
    assert reply.body == b'{"code": 200}'


def test_an_empty_reply_is_an_answer_whatever_it_is_packed_as(dialled: Dialled) -> None:
    def refuse(call: Call) -> None:
        call.read()
        call.answer(401, b"", content_encoding="gzip")

    with Listener(refuse) as server:
        reply = dialled.create(server.url)

    assert isinstance(reply, Response)
    assert (reply.status, reply.body) == (401, b"")


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_small_reply_that_unpacks_to_a_huge_one_is_left_in_little_memory(
    dialled: Dialled, coding: str
) -> None:
    """It comes in one piece of 300 KB, and would be 300 MB: the bound holds within the piece."""
    stream = zlib.compressobj(9, wbits=31 if coding == "gzip" else 15)
    bomb = b"".join(stream.compress(bytes(1_000_000)) for _ in range(300)) + stream.flush()

    def squeeze(call: Call) -> None:
        call.read()
        call.answer(200, bomb, content_encoding=coding)

    with Listener(squeeze) as server:
        tracemalloc.start()
        reply = dialled.create(server.url)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert len(bomb) < 400_000
    assert reply == Lost(reason="the reply is longer than 8388608 bytes")
    assert most < 40 * 1024 * 1024


@pytest.mark.parametrize("body", [b"not gzip", gzip.compress(b"x" * 99)[:-3]], ids=["other", "cut"])
def test_a_reply_that_cannot_be_unpacked_is_a_doubt(dialled: Dialled, body: bytes) -> None:
    def squeeze(call: Call) -> None:
        call.read()
        call.answer(200, body, content_encoding="gzip")

    with Listener(squeeze) as server:
        assert isinstance(dialled.create(server.url), Lost)


def test_an_account_is_dialled_where_it_says(dialled: Dialled) -> None:
    with Listener(answer) as first, Listener(answer) as second:
        accounts = [dialled.account(first.url), dialled.account(second.url)]

        async def both(wire: HttpWire, to: list[Account] = accounts) -> None:
            for account in to:
                await wire.create(account, CREATE)

        dialled.use(both)

        assert (len(first.calls), len(second.calls)) == (1, 1)


def test_a_reply_that_drips_for_ever_is_a_doubt_in_the_end(dialled: Dialled) -> None:
    """Each byte comes in time, so only a bound on the whole exchange ends it."""

    def drip(call: Call) -> None:
        call.read()
        call.send(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
        for _ in range(1000):
            call.send(b" ")
            if done.wait(0.02):
                return

    done = threading.Event()
    dialled.settings = WireSettings(create_within_s=0.3)
    with Listener(drip) as listener:
        reply = dialled.create(listener.url)
        done.set()

    assert isinstance(reply, Lost)
    assert "0.3 s" in reply.reason


def test_an_answer_that_drips_for_ever_ends_too(dialled: Dialled) -> None:
    """Else one worker of few would wait for it till the end of the run."""

    def drip(call: Call) -> None:
        call.read()
        call.send(b"HTTP/1.1 200 OK\r\n")
        while not done.wait(0.02):
            call.send(b"x-a: b\r\n")

    done = threading.Event()
    dialled.settings = WireSettings(ask_within_s=0.3)
    with Listener(drip) as listener:
        reply = dialled.ask(listener.url)
        done.set()

    assert reply == Lost(reason="no whole reply within 0.3 s")


@pytest.mark.parametrize("when", ["before the reply", "within the reply"])
def test_a_tls_record_that_cannot_be_read_is_a_doubt(
    dialled: Dialled, certificate: Certificate, resolver: Resolver, when: str
) -> None:
    """httpx has no name for this, and lets it through as it comes from the system."""

    def disturb(call: Call) -> None:
        call.read()
        if when == "within the reply":
            call.send(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{")
        call.send_beneath(b"\x17\x03\x03\x00\x20" + b"not of this session, at all, it is")

    dialled.settings = WireSettings(ca_file=str(certificate.file))
    with Listener(disturb, tls=certificate.context) as server:
        reply = dialled.create(server.tls_url)

    assert isinstance(reply, Lost)
    assert reply.reason.startswith("SSLError")
    assert CREATE.body is not None
    assert server.requests[0].endswith(CREATE.body)


def test_a_certificate_that_does_not_fit_sent_nothing(
    dialled: Dialled, certificate: Certificate, resolver: Resolver
) -> None:
    with Listener(answer, tls=certificate.context) as server:
        reply = dialled.create(server.tls_url)

        assert isinstance(reply, NotSent)
        assert server.requests == [b""]


def test_a_wire_that_is_closed_raises_nothing(dialled: Dialled) -> None:
    async def closed() -> Response | NotSent | Lost:
        async with HttpWire() as wire:
            pass
        return await wire.create(dialled.account("http://127.0.0.1:9"), CREATE)

    assert anyio.run(closed) == Lost(reason="RuntimeError")


def test_a_whole_reply_counts_however_its_connection_ends(dialled: Dialled) -> None:
    def leave_rudely(call: Call) -> None:
        call.read()
        call.answer(200, b'{"code": 200}')
        call.reset()

    with Listener(leave_rudely) as server:
        reply = dialled.create(server.url)

    assert isinstance(reply, Response)
    assert reply.body == b'{"code": 200}'


def test_headers_of_a_reply_are_short_and_steer_no_terminal(dialled: Dialled) -> None:
    def shout(call: Call) -> None:
        call.read()
        call.answer(429, b"", retry_after="7", x_note="\x9b31mred" + "x" * 5000)

    with Listener(shout) as server:
        reply = dialled.create(server.url)

    assert isinstance(reply, Response)
    assert reply.headers["retry-after"] == "7"
    assert all(value.isprintable() and len(value) <= 300 for value in reply.headers.values())


@pytest.mark.parametrize(
    "line",
    [b"HTTP/1.1 2\x1b[2J\x1b]0;mine\x07", b"HTTP/1.1 407 \x1b[2J\x1b]0;mine\x07"],
    ids=["no status", "a status"],
)
def test_a_mad_status_line_is_told_in_words_that_steer_no_terminal(
    dialled: Dialled, line: bytes
) -> None:
    def shout(call: Call) -> None:
        call.read()
        call.send(line + b"x" * 5000 + b"\r\n\r\n")

    with Listener(shout) as proxy:
        dialled.settings = WireSettings(proxy=Secret(proxy.url))
        reply = dialled.create("https://provider.example")

    assert isinstance(reply, Lost | NotSent)
    assert reply.reason.isprintable()
    assert len(reply.reason) < 400
