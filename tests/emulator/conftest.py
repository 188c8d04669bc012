"""Emulators on free ports, and a client that knows both dialects' requests."""

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from omnibatch.emulator import Emulator, Settings

COMET = "/kling/v1/videos/omni-video"
APIMODELS = "/api/v1/video/generations"
QUICK = {"render_s": (0.0, 0.0), "clip": "small"}


class Talk:
    """A client of one emulator: requests as the documents show them."""

    def __init__(self, url: str, key: str) -> None:
        headers = {"authorization": f"Bearer {key}"} if key else {}
        self.url = url
        self.http = httpx.Client(
            base_url=url, headers=headers, timeout=10, trust_env=False, verify=False
        )

    def comet(self, **fields: Any) -> httpx.Response:
        body = {"prompt": "A boat", "mode": "std", "duration": "5", "aspect_ratio": "16:9"}
        return self.http.post(COMET, json=body | fields)

    def comet_id(self, **fields: Any) -> str:
        return str(self.comet(**fields).json()["data"]["task_id"])

    def comet_query(self, key: str) -> httpx.Response:
        return self.http.get(f"{COMET}/{key}")

    def apimodels(self, **fields: Any) -> httpx.Response:
        body = {
            "model": "kling-video-o1",
            "prompt": "A boat",
            "mode": "std",
            "duration": "5",
            "aspect_ratio": "16:9",
        }
        return self.http.post(APIMODELS, json=body | fields)

    def apimodels_id(self, **fields: Any) -> str:
        return str(self.apimodels(**fields).json()["data"]["taskId"])

    def apimodels_query(self, key: str) -> httpx.Response:
        return self.http.get(APIMODELS, params={"task_id": key})

    def link(self, task_id: str) -> str:
        """Return the download link of a finished task of CometAPI's dialect."""
        data = self.comet_query(task_id).json()["data"]
        return str(data["task_result"]["videos"][0]["url"])

    def meter(self) -> Any:
        return self.http.get("/_meter").json()

    def until(self, answers: Callable[[], Any], wanted: object) -> None:
        """Ask until `wanted` is the answer; fail after three seconds."""
        end = time.monotonic() + 3
        while (found := answers()) != wanted:
            assert time.monotonic() < end, f"{found!r} never became {wanted!r}"
            time.sleep(0.005)

    def raw(self, request: bytes) -> tuple[bytes, type[Exception] | None]:
        """Send bytes over a socket of their own; return what came until it ended, and how."""
        port = int(self.url.rpartition(":")[2])
        received = b""
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(request)
            try:
                while piece := connection.recv(65536):
                    received += piece
            except ConnectionError as error:
                return received, type(error)
        return received, None


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Callable[..., Emulator]]:
    """Start an emulator: `launch(faults=..., state="name", **settings)`."""
    started: list[Emulator] = []

    def start(faults: Any = (), state: str = "state", **settings: Any) -> Emulator:
        emulator = Emulator(tmp_path / state, Settings(**(QUICK | settings)), faults)
        emulator.start()
        started.append(emulator)
        return emulator

    yield start
    for emulator in started:
        emulator.stop()


@pytest.fixture
def talk() -> Iterator[Callable[..., Talk]]:
    """Make a client: `talk(emulator, key="...")`."""
    made: list[Talk] = []

    def make(emulator: Emulator | SimpleNamespace, key: str = "test-key") -> Talk:
        client = Talk(emulator.url, key)
        made.append(client)
        return client

    yield make
    for client in made:
        client.http.close()
