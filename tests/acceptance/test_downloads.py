"""Downloads that go wrong: no broken clip, no overwritten file, no second purchase."""

import hashlib
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import av
import pytest

from omnibatch.emulator import Fault

from ..workplace import KEY, Document, Workplace, both

SPOILED = {
    "cut off": Fault(on="download", do="truncate", times=1),
    "too short": Fault(on="download", do="wrong_length", times=1),
    "HTML": Fault(on="download", do="html", times=1),
    "noise": Fault(on="download", do="garbage", times=1),
    "dropped": Fault(on="download", do="drop_before", times=1),
    "reset": Fault(on="download", do="reset_after", times=1),
    "expired": Fault(on="download", do="expire", times=1),
    "gone for a while": Fault(on="download", do="not_found", times=1),
    "busy": Fault(on="download", do="rate_limit", times=1),
    "503": Fault(on="download", do="answer", status=503, times=1),
}


def seconds_of(clip: Path) -> float:
    with av.open(str(clip)) as opened:
        assert opened.duration is not None
        return opened.duration / 1_000_000


@pytest.mark.parametrize("fault", SPOILED.values(), ids=SPOILED.keys())
def test_a_spoiled_download_is_fetched_again(place: Workplace, fault: Fault) -> None:
    place.write(1)
    place.faults(fault)

    finished = place.run()

    assert finished.code == 0, finished.said
    assert place.clips() == ["s1.mp4"]
    assert seconds_of(place.folder / "renders/film/s1.mp4") == pytest.approx(5, abs=0.2)
    assert place.meter()["downloads"] == 2
    assert place.posts == 1


@both
def test_an_expired_link_is_asked_for_anew(place: Workplace) -> None:
    place.write(1)
    place.faults(SPOILED["expired"])
    place.run()

    assert place.meter()["queries"] >= 2
    assert place.states() == {"s1": "collected"}


@pytest.mark.parametrize("do", ["html", "wrong_length", "truncate"])
def test_what_never_comes_whole_never_stands_at_the_target(place: Workplace, do: str) -> None:
    place.write(1)
    place.faults(Fault(on="download", do=do))  # type: ignore[arg-type]  # one of the allowed words

    first = place.run()
    assert first.code == 1, first.said
    assert not (place.folder / "renders/film/s1.mp4").exists()
    assert place.states() == {"s1": "succeeded"}
    place.faults()
    second = place.run()

    assert second.code == 0, second.said
    assert place.clips() == ["s1.mp4"]
    assert place.posts == 1


@pytest.mark.skipif(
    not Path("/proc/self/fd").exists(), reason="has no /proc, which tells a descriptor's path"
)
def test_a_clip_that_finds_no_room_ends_the_sending_and_is_collected_later(
    place: Workplace, tmp_path: Path
) -> None:
    """What was under way by then is let go on; nothing is bought that could not be kept."""
    place.reopen(render_s=(0.3, 0.3))
    place.write(12, run={"in_flight": 1})
    told = str(tmp_path / "told")

    full = place.run(OMNIBATCH_TEST_DISK="CLIPS:1", OMNIBATCH_TEST_DISK_TOLD=told)

    assert full.code == 7, full.said
    assert "No space left on device" in full.err
    assert "nothing more was sent" in full.err
    assert "make room" in full.err
    bought = place.posts
    assert 1 <= bought < 12
    assert set(place.states().values()) == {"succeeded", "unsent"}
    assert f"collects {bought} already paid for" in full.out
    again = place.run()

    assert again.code == 0, again.said
    assert place.posts == 12
    assert len(place.clips()) == 12


def test_a_strangers_file_is_not_overwritten(place: Workplace) -> None:
    place.write(1)
    stranger = place.folder / "renders/film/s1.mp4"
    stranger.parent.mkdir(parents=True)
    stranger.write_bytes(b"mine")

    finished = place.run()

    assert finished.code == 0, finished.said
    assert stranger.read_bytes() == b"mine"
    assert place.clips() == ["s1.mp4", "s1.v2.mp4"]
    assert place.status()["shots"][0]["output"] == "renders/film/s1.v2.mp4"


@both
def test_a_deleted_clip_is_fetched_again_for_free(place: Workplace) -> None:
    place.write(2)
    place.run()
    clip = place.folder / "renders/film/s1.mp4"
    digest = hashlib.sha256(clip.read_bytes()).hexdigest()
    clip.unlink()

    finished = place.omnibatch("run", "film.yaml")

    assert finished.code == 0, finished.said
    assert hashlib.sha256(clip.read_bytes()).hexdigest() == digest
    assert place.posts == 2
    assert place.meter()["downloads"] == 3


def test_an_edited_clip_is_left_alone_and_fetched_again_once_it_is_moved_away(
    place: Workplace,
) -> None:
    """Perhaps it was graded on purpose: the status tells, and nothing is overwritten."""
    place.write(1)
    place.run()
    clip = place.folder / "renders/film/s1.mp4"
    whole = clip.read_bytes()
    clip.write_bytes(whole[:1000])

    edited = place.run()
    assert edited.code == 0, edited.said
    assert "edited" in place.status()["shots"][0]["note"]
    assert clip.read_bytes() == whole[:1000]
    clip.unlink()
    finished = place.run()

    assert finished.code == 0, finished.said
    assert clip.read_bytes() == whole
    assert place.posts == 1


def bytes_of_a_clip(place: Workplace) -> int:
    """Render `s1` in full once, and let everything be forgotten but the size of its clip."""
    place.write(1)
    assert place.run().code == 0
    clip = place.folder / "renders/film/s1.mp4"
    size = clip.stat().st_size
    clip.unlink()
    return size


def downloads_of(place: Workplace, *options: str) -> tuple[int, int]:
    """Run; return the exit code and how many downloads it took."""
    before: int = place.meter()["downloads"]
    finished = place.run(*options)
    return finished.code, place.meter()["downloads"] - before


def clip_is_as_recorded(place: Workplace) -> bool:
    (attempt,) = place.ledger()["attempts"]
    (task,) = attempt["tasks"]
    output: Document = task["output"]
    content = (place.folder / output["path"]).read_bytes()
    return hashlib.sha256(content).hexdigest() == output["sha256"]


def test_a_download_cut_again_and_again_goes_on_and_loses_no_progress(place: Workplace) -> None:
    """Ten answers, each with an eighth of the clip: from the start each time, none would do."""
    size = bytes_of_a_clip(place)
    place.faults(Fault(on="download", do="cut", bytes=size // 8 + 1))

    assert downloads_of(place) == (0, 8)
    assert clip_is_as_recorded(place)
    assert place.clips() == ["s1.mp4"]
    assert place.posts == 1


def test_a_download_that_one_run_began_is_finished_by_the_next(place: Workplace) -> None:
    size = bytes_of_a_clip(place)
    most = size * 3 // 4
    place.faults(
        Fault(on="download", do="cut", bytes=most, times=1),
        Fault(on="download", do="answer", status=503),
    )
    assert place.run().code == 1
    # Three quarters once more would not be the whole; what is left is less than that.
    place.faults(Fault(on="download", do="cut", bytes=most))

    assert downloads_of(place) == (0, 1)
    assert clip_is_as_recorded(place)
    assert place.clips() == ["s1.mp4"]


def test_a_download_that_is_resumed_in_another_file_begins_anew(
    place: Workplace,
) -> None:
    """The beginning of one file and the end of another make no clip."""
    place.write(1)
    place.faults(
        Fault(on="download", do="cut", bytes=9_000, times=1),
        Fault(on="download", do="changed", times=1),
    )

    assert downloads_of(place) == (0, 2)
    assert clip_is_as_recorded(place)
    clip = place.folder / "renders/film/s1.mp4"
    assert clip.read_bytes().endswith(b"changed")
    assert seconds_of(clip) == pytest.approx(5, abs=0.2)


@both
@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_clip_that_is_gone_for_good_is_told_and_not_bought_again(
    place: Workplace, status: int
) -> None:
    """Providers clear clips away, Kling after 30 days."""
    place.write(1)
    place.faults(Fault(on="download", do="answer", status=status))

    first = place.run()
    again = place.run("--failed")

    for finished in (first, again):
        assert finished.code == 1, finished.said
        assert f"clip not fetched: HTTP {status}" in finished.err
    assert place.states() == {"s1": "succeeded"}
    assert place.posts == 1


INSIDE = [
    "http://169.254.169.254/latest/meta-data",
    "https://169.254.169.254/latest/meta-data",
    "https://10.0.0.1/clip.mp4",
    "https://[::ffff:10.0.0.1]/clip.mp4",
    "https://[fd00::1]/clip.mp4",
    "http://8.8.8.8/clip.mp4",
    "file:///etc/passwd",
]


@pytest.mark.parametrize("address", INSIDE)
def test_a_clip_is_not_fetched_from_inside_a_network_nor_by_redirect(
    place: Workplace, address: str
) -> None:
    """Were it dialled, the tests' own guard would end the run."""
    place.write(1)
    place.faults(Fault(on="download", do="redirect", location=address))

    finished = place.run()

    assert finished.code == 1, finished.said
    assert "the clip's address is refused" in finished.err
    assert "RealNetwork" not in finished.err
    assert place.states() == {"s1": "succeeded"}
    assert place.posts == 1
    place.faults()
    assert place.run().code == 0


@pytest.mark.parametrize("address", INSIDE[:-1])
def test_a_result_that_names_an_address_inside_a_network_is_refused(
    place: Workplace, address: str
) -> None:
    place.write(1)
    named = {"state": "completed", "taskId": "1", "resultUrls": [address]}
    body = json.dumps({"code": 200, "data": named})
    place.faults(Fault(on="query", do="answer", status=200, body=body))

    finished = place.run()

    assert finished.code == 1, finished.said
    assert "the clip's address is refused" in finished.err
    assert "RealNetwork" not in finished.err
    assert place.posts == 1


@pytest.fixture
def stranger() -> Iterator[tuple[int, list[bytes]]]:
    """Another server of this machine: its port, and whatever it is sent."""
    received: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with closing(connection):
                    received.append(connection.recv(65536))
                    connection.sendall(b"HTTP/1.1 404 Gone\r\ncontent-length: 0\r\n\r\n")

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield server.getsockname()[1], received
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


@both
def test_a_redirected_create_sends_nothing_and_no_key_to_where_it_points(
    place: Workplace, stranger: tuple[int, list[bytes]]
) -> None:
    port, received = stranger
    place.write(2)
    place.faults(
        Fault(on="create", do="redirect", location=f"http://127.0.0.1:{port}/x", status=307)
    )

    finished = place.run()

    assert finished.code == 5, finished.said
    assert received == []
    assert place.posts == 1


@both
def test_a_redirected_download_carries_no_key(
    place: Workplace, stranger: tuple[int, list[bytes]]
) -> None:
    port, received = stranger
    place.write(1)
    location = f"http://127.0.0.1:{port}/clip.mp4"
    place.faults(Fault(on="download", do="redirect", location=location, times=1))

    finished = place.run()

    assert finished.code == 0, finished.said
    (request,) = received
    assert request.startswith(b"GET /clip.mp4 ")
    assert KEY.encode() not in request
    assert b"authorization" not in request.lower()


@pytest.mark.parametrize("point", ["kept.write", "kept.written", "clip.cut", "clip.write:2"])
def test_a_kill_within_a_broken_download_spoils_no_clip(place: Workplace, point: str) -> None:
    place.write(1)
    place.faults(Fault(on="download", do="cut", bytes=9_000, times=1))

    killed = place.run(OMNIBATCH_FAILPOINT=point)
    assert killed.was_killed, killed.said
    finished = place.run()

    assert finished.code == 0, finished.said
    assert clip_is_as_recorded(place)
    assert seconds_of(place.folder / "renders/film/s1.mp4") == pytest.approx(5, abs=0.2)
    assert place.clips() == ["s1.mp4"]
    assert place.posts == 1
