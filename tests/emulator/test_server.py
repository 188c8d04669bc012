"""The server itself: its thread, its start and its end, and what it must not touch."""

import ast
import logging
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

import omnibatch.emulator
from omnibatch.emulator import Emulator, Fault, Settings

ROOM = Path(omnibatch.emulator.__file__).parent


def test_start_stop_and_start_again(tmp_path):
    emulator = Emulator(tmp_path)
    with pytest.raises(RuntimeError, match="not started"):
        _ = emulator.url
    for _ in range(3):
        emulator.start()
        assert httpx.get(emulator.url + "/_meter", trust_env=False).status_code == 200
        with pytest.raises(RuntimeError, match="started already"):
            emulator.start()
        emulator.stop()
        emulator.stop()


def test_stopping_leaves_no_thread_and_no_handler(tmp_path, caplog, capfd):
    handlers = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    threads = threading.active_count()

    with caplog.at_level(logging.DEBUG), Emulator(tmp_path) as emulator:
        httpx.get(emulator.url + "/_meter", trust_env=False)
        httpx.get(emulator.url + "/clips/none.mp4", trust_env=False)

    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == handlers
    assert threading.active_count() == threads
    assert [record for record in caplog.records if record.name.startswith("uvicorn")] == []
    assert capfd.readouterr() == ("", "")


def test_a_given_port_is_used_and_a_taken_one_is_an_error(tmp_path):
    with Emulator(tmp_path / "a") as first:
        port = int(first.url.rpartition(":")[2])
        with pytest.raises(OSError, match=r"in use|Only one usage"):
            Emulator(tmp_path / "b", port=port).start()
    with Emulator(tmp_path / "b", port=port) as second:
        assert second.url == f"http://127.0.0.1:{port}"


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.1", "::", "example.com"])
def test_others_cannot_reach_it(tmp_path, host):
    with pytest.raises(ValueError, match=r"loopback|address"):
        Emulator(tmp_path, host=host)


@pytest.mark.skipif(not socket.has_ipv6, reason="needs IPv6")
def test_ipv6_loopback(tmp_path):
    emulator = Emulator(tmp_path, host="::1")
    try:
        emulator.start()
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    with emulator:
        assert emulator.url.startswith("http://[::1]:")
        assert httpx.get(emulator.url + "/_meter", trust_env=False).status_code == 200


@pytest.mark.parametrize(
    "request_",
    [
        b"",
        b"POST /kling/v1/videos/omni-video HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{",
        b"GET /kling/v1/videos/omni-video/1 HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
def test_stop_is_prompt_whatever_clients_do(tmp_path, request_):
    faults = [Fault(on="query", do="delay", seconds=60)]
    emulator = Emulator(tmp_path, Settings(), faults)
    emulator.start()
    port = int(emulator.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(request_)
        time.sleep(0.05)
        begin = time.monotonic()
        emulator.stop()

    assert time.monotonic() - begin < 1.5


def test_half_a_create_creates_nothing(launch, talk):
    client = talk(launch())
    port = int(client.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(
            b"POST /kling/v1/videos/omni-video HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{"
        )

    assert client.comet().status_code == 200
    assert client.meter()["creates"]["received"] == 1


def test_answers_come_without_nagles_delay(launch, talk):
    client = talk(launch())
    client.meter()

    fastest = min(client.comet_query("1").elapsed.total_seconds() for _ in range(20))

    assert fastest < 0.03  # it would be 0.04 at the least


def test_it_is_an_island():
    """No module here imports another room: it would take over that room's mistakes."""
    for path in ROOM.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0, path
                names = [node.module or ""]
            for name in names:
                ours = name.partition(".")[0] == "omnibatch"
                assert not ours or name.startswith("omnibatch.emulator"), (path, name)


@pytest.mark.slow
def test_the_door_is_light():
    """Slow: an interpreter is started."""
    code = (
        "import sys; from omnibatch.emulator import Fault, Settings\n"
        "Fault(on='create', do='stuck'), Settings()\n"
        "heavy = {'starlette', 'uvicorn', 'av', 'PIL', 'httpx'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        "from omnibatch.emulator import Emulator\n"
        "heavy = {'av', 'PIL'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOM.parents[1], check=True)


def test_the_door_names_what_it_has():
    assert dir(omnibatch.emulator) == ["Emulator", "Fault", "Settings", "load_faults"]
    with pytest.raises(AttributeError, match="Nothing"):
        _ = omnibatch.emulator.Nothing
