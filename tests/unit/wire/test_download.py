"""Downloads: whole or not at all, followed by hand, and never from where they may not come."""

import gzip
import hashlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from omnibatch.wire import FetchBounds, Fetched, NotFetched, WireSettings

from .conftest import Dialled
from .listening import Call, Listener

CLIP = bytes(range(256)) * 5000


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "renders" / "clip.mp4.part"


def whole(content: bytes = CLIP) -> Fetched:
    return Fetched(bytes=len(content), sha256=hashlib.sha256(content).hexdigest())


def serve(call: Call) -> None:
    call.read()
    call.answer(200, CLIP)


def failed(fetched: Fetched | NotFetched) -> NotFetched:
    assert isinstance(fetched, NotFetched), fetched
    return fetched


def test_a_download_is_written_whole_counted_and_hashed(dialled: Dialled, part: Path) -> None:
    with Listener(serve) as server:
        fetched = dialled.fetch(f"{server.url}/clip.mp4", part)

    assert fetched == whole()
    assert part.read_bytes() == CLIP


def test_what_stood_at_the_part_file_is_replaced(dialled: Dialled, part: Path) -> None:
    part.parent.mkdir()
    part.write_bytes(b"x" * 2 * len(CLIP))

    with Listener(serve) as server:
        dialled.fetch(server.url, part)

    assert part.read_bytes() == CLIP


@pytest.mark.parametrize("chunks", [[CLIP], [b"a", b"b" * 100_000, b"c"]])
def test_a_chunked_download_needs_no_length(
    dialled: Dialled, part: Path, chunks: list[bytes]
) -> None:
    def in_chunks(call: Call) -> None:
        call.read()
        call.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for chunk in [*chunks, b""]:
            call.send(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")

    with Listener(in_chunks) as server:
        assert dialled.fetch(server.url, part) == whole(b"".join(chunks))


def test_a_chunked_download_that_breaks_off_is_not_whole(dialled: Dialled, part: Path) -> None:
    def break_off(call: Call) -> None:
        call.read()
        call.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n")

    with Listener(break_off) as server:
        assert failed(dialled.fetch(server.url, part)).again


def test_fewer_bytes_than_promised_are_not_whole(dialled: Dialled, part: Path) -> None:
    def cut(call: Call) -> None:
        call.read()
        call.answer(200, CLIP, content_length=str(len(CLIP) + 1))

    with Listener(cut) as server:
        assert failed(dialled.fetch(server.url, part)).again


def test_a_length_beyond_all_clips_is_refused_unread(dialled: Dialled, part: Path) -> None:
    def huge(call: Call) -> None:
        call.read()
        call.answer(200, b"", content_length=str(3 * 1024**3))

    with Listener(huge) as server:
        fetched = failed(dialled.fetch(server.url, part))

    assert fetched.reason == f"{3 * 1024**3} bytes, limit {2 * 1024**3}"
    assert not fetched.again
    assert not part.exists()


@pytest.mark.parametrize(
    ("status", "again"), [(403, True), (404, True), (410, False), (451, False), (500, True)]
)
def test_an_error_status_says_whether_another_address_may_help(
    dialled: Dialled, part: Path, status: int, again: bool
) -> None:
    def refuse(call: Call) -> None:
        call.read()
        call.answer(status, b"<Error/>")

    with Listener(refuse) as server:
        fetched = dialled.fetch(server.url, part)

    denied = status != 500
    assert fetched == NotFetched(reason=f"HTTP {status}", again=again, denied=denied)
    assert not part.exists()


@pytest.mark.parametrize("status", [204, 206])
def test_a_part_of_a_clip_is_not_the_clip(dialled: Dialled, part: Path, status: int) -> None:
    def some(call: Call) -> None:
        call.read()
        call.answer(status, b"" if status == 204 else b"some")

    with Listener(some) as server:
        failed(dialled.fetch(server.url, part))


def test_a_connection_refused_may_be_tried_again(dialled: Dialled, part: Path) -> None:
    with Listener(serve) as server:
        pass

    assert failed(dialled.fetch(server.url, part)).again


def hops(count: int) -> Listener:
    """A server that sends on from /N to /N-1, and at /0 has the clip."""

    def send_on(call: Call) -> None:
        number = int(call.read().split(b" ")[1].strip(b"/") or count)
        if number:
            call.answer(302, b"", location=f"/{number - 1}")
        else:
            call.answer(200, CLIP)

    return Listener(send_on)


@pytest.mark.parametrize("count", [1, 5])
def test_up_to_five_redirects_are_followed(dialled: Dialled, part: Path, count: int) -> None:
    with hops(count) as server:
        assert dialled.fetch(server.url, part) == whole()

        assert len(server.calls) <= count + 1


def test_a_sixth_redirect_is_not_followed(dialled: Dialled, part: Path) -> None:
    with hops(6) as server:
        assert failed(dialled.fetch(server.url, part)).reason == "more than 5 redirects"


def test_a_redirect_to_nowhere_ends(dialled: Dialled, part: Path) -> None:
    def nowhere(call: Call) -> None:
        call.read()
        call.answer(302, b"")

    with Listener(nowhere) as server:
        failed(dialled.fetch(server.url, part))


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "http://10.0.0.1/clip.mp4",
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:10.0.0.1]/",
        "https://user:word@8.8.8.8/",
        "ftp://8.8.8.8/",
        "http://8.8.8.8/",
    ],
)
def test_each_redirect_is_judged_like_the_first_address(
    dialled: Dialled, part: Path, location: str
) -> None:
    def point(call: Call) -> None:
        call.read()
        call.answer(302, b"", location=location)

    with Listener(point) as server:
        fetched = failed(dialled.fetch(server.url, part))

    assert fetched.reason.startswith("the clip's address is refused: ")
    assert not part.exists()


def test_a_redirect_that_is_no_address_is_not_followed(dialled: Dialled, part: Path) -> None:
    def point(call: Call) -> None:
        call.read()
        call.answer(302, b"", location="http://[::1")

    with Listener(point) as server:
        failed(dialled.fetch(server.url, part))


def test_this_machine_is_refused_unless_allowed(dialled: Dialled, part: Path) -> None:
    with Listener(serve) as server:
        fetched = failed(dialled.fetch(server.url, part, loopback=False))

        assert server.calls == []
    assert "refused" in fetched.reason


def test_a_redirect_carries_no_cookie_of_the_hop_before(dialled: Dialled, part: Path) -> None:
    with Listener(serve) as second:

        def point(call: Call) -> None:
            call.read()
            call.answer(302, b"", location=second.url, set_cookie="who=canary")

        with Listener(point) as first:
            dialled.fetch(first.url.replace("127.0.0.1", "localhost"), part)

    assert b"canary" not in second.requests[0]


def test_a_folder_that_cannot_be_made_is_not_tried_again(dialled: Dialled, tmp_path: Path) -> None:
    (tmp_path / "renders").write_text("a file where a folder should be")

    with Listener(serve) as server:
        fetched = failed(dialled.fetch(server.url, tmp_path / "renders" / "clip.part"))

    assert not fetched.again
    assert "renders" in fetched.reason


@pytest.fixture
def small_disk() -> Iterator[int]:
    """Let no file grow beyond 300,000 bytes: a write there takes what fits, as a full disk does."""
    resource = pytest.importorskip("resource", reason="file size limits are POSIX's")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, before[1]))
    yield 300_000
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("size", [300_001, 1_000_000])
def test_a_full_disk_is_told_and_never_taken_for_a_whole_clip(
    dialled: Dialled, part: Path, small_disk: int, size: int
) -> None:
    def big(call: Call) -> None:
        call.read()
        call.answer(200, os.urandom(size))

    with Listener(big) as server:
        fetched = failed(dialled.fetch(server.url, part))

    assert not fetched.again
    assert str(part) in fetched.reason
    assert "make room and run again" in fetched.reason
    assert list(part.parent.iterdir()) == []  # what lies there takes the ledger's room


def test_a_clip_that_just_fits_is_whole(dialled: Dialled, part: Path, small_disk: int) -> None:
    content = os.urandom(small_disk)

    def big(call: Call) -> None:
        call.read()
        call.answer(200, content)

    with Listener(big) as server:
        assert dialled.fetch(server.url, part) == whole(content)

    assert part.read_bytes() == content


@pytest.mark.parametrize("coding", ["gzip", "br", "x-unknown", "\x1b[31m"])
def test_a_clip_that_is_compressed_all_the_same_is_refused_unread(
    dialled: Dialled, part: Path, coding: str
) -> None:
    """200 MB of zeros in 200 KB: nothing of it is unpacked."""

    def squeeze(call: Call) -> None:
        assert b"accept-encoding: identity" in call.read().lower()
        call.answer(200, gzip.compress(bytes(1_000_000)), content_encoding=coding)

    with Listener(squeeze) as server:
        fetched = failed(dialled.fetch(server.url, part))

    assert fetched.again
    assert fetched.reason.isprintable()
    assert not part.exists()


def test_a_clip_that_never_ends_is_left_and_takes_no_room(dialled: Dialled, part: Path) -> None:
    left = threading.Event()
    dialled.settings = WireSettings(fetch=FetchBounds(most_bytes=1_000_000))

    def endless(call: Call) -> None:
        call.read()
        call.send(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        try:
            while True:
                call._connection.sendall(b"10000\r\n" + bytes(65536) + b"\r\n")
        except OSError:
            left.set()

    with Listener(endless) as server:
        fetched = failed(dialled.fetch(server.url, part))

        assert left.wait(5)
    assert fetched == NotFetched(reason="more than 1000000 bytes", again=False)
    assert not part.exists()


@pytest.mark.parametrize("where", ["head", "body"])
def test_a_clip_that_drips_is_stalled(dialled: Dialled, part: Path, where: str) -> None:
    """Each byte comes in time for the socket, but all of them would take for ever."""
    done = threading.Event()
    dialled.settings = WireSettings(fetch=FetchBounds(window_s=0.5, window_bytes=10_000))

    def drip(call: Call) -> None:
        call.read()
        call.send(b"HTTP/1.1 200 OK\r\n")
        call.send(b"x-a: " if where == "head" else b"content-length: 1000000\r\n\r\n")
        while not done.wait(0.02):
            call.send(b"x")

    with Listener(drip) as server:
        fetched = failed(dialled.fetch(server.url, part))
        done.set()

    assert fetched == NotFetched(reason="fewer than 10000 bytes came in 0.5 s")


def test_a_clip_that_is_slow_and_comes_is_waited_for(dialled: Dialled, part: Path) -> None:
    """It takes longer than the window, and each piece comes within it."""
    pieces = [os.urandom(10_000) for _ in range(8)]
    pause = threading.Event()
    dialled.settings = WireSettings(fetch=FetchBounds(window_s=2, window_bytes=10_000))

    def slow(call: Call) -> None:
        call.read()
        call.send(b"HTTP/1.1 200 OK\r\ncontent-length: 80000\r\n\r\n")
        for piece in pieces:
            call.send(piece)
            pause.wait(0.3)

    with Listener(slow) as server:
        assert dialled.fetch(server.url, part) == whole(b"".join(pieces))


def test_a_clip_that_takes_too_long_in_all_is_left(dialled: Dialled, part: Path) -> None:
    done = threading.Event()
    dialled.settings = WireSettings(fetch=FetchBounds(within_s=0.5))

    def slow(call: Call) -> None:
        call.read()
        call.send(b"HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n")
        while not done.wait(0.02):
            call.send(bytes(1000))

    with Listener(slow) as server:
        fetched = failed(dialled.fetch(server.url, part))
        done.set()

    assert fetched == NotFetched(reason="not done within 0.5 s")


def test_redirects_without_end_in_time_end_all_the_same(dialled: Dialled, part: Path) -> None:
    def round_and_round(call: Call) -> None:
        call.read()
        call.answer(302, b"", location="/")

    with Listener(round_and_round) as server:
        assert failed(dialled.fetch(server.url, part)).reason == "more than 5 redirects"
        assert len(server.calls) == 6
