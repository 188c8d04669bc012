"""Callbacks: when they come, what they say, and that only this machine is called."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import pytest


@pytest.fixture
def listener() -> Iterator[SimpleNamespace]:
    """A receiver of callbacks; `statuses` are its next answers, then 200."""
    heard: list[Any] = []
    statuses: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            heard.append((json.loads(body), dict(self.headers)))
            self.send_response(statuses.pop(0) if statuses else 200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}/hook"
    yield SimpleNamespace(heard=heard, statuses=statuses, url=url)
    server.shutdown()
    thread.join()
    server.server_close()


def test_comet_tells_every_change_in_a_flat_body(launch, talk, listener):
    client = talk(launch(render_s=(0.1, 0.1), queue_s=0.05))
    task_id = client.comet_id(callback_url=listener.url, external_task_id="ob-1")

    client.until(lambda: len(listener.heard), 3)

    bodies = [body for body, _ in listener.heard]
    assert [body["task_status"] for body in bodies] == ["submitted", "processing", "succeed"]
    assert {body["task_id"] for body in bodies} == {task_id}
    assert bodies[0]["task_result"] == {"images": [], "videos": []}
    assert bodies[2]["task_result"]["videos"][0]["url"] == client.link(task_id)
    everything = {"delivered": 3, "failed": 0, "withheld": 0}
    client.until(lambda: client.meter()["callbacks"], everything)


def test_apimodels_tells_the_end_only(launch, talk, listener):
    client = talk(launch(render_s=(0.05, 0.05)))
    task_id = client.apimodels_id(callback_url=listener.url)

    client.until(lambda: len(listener.heard), 1)

    ((body, headers),) = listener.heard
    assert (body["code"], body["msg"]) == (200, "success")
    data = body["data"]
    assert (data["taskId"], data["state"]) == (task_id, "completed")
    result = json.loads(data["resultJson"])
    assert result == {"resultUrls": [result["resultUrls"][0]], "videoDuration": 5}
    assert client.http.get(result["resultUrls"][0]).status_code == 200
    assert json.loads(data["param"])["prompt"] == "A boat"
    assert data["failMsg"] is None
    assert data["costTime"] == pytest.approx(50, abs=2)
    assert not any("signature" in name.lower() for name in headers)


def test_apimodels_tells_a_failure(launch, talk, listener):
    client = talk(launch())
    client.apimodels(callback_url=listener.url, prompt="[[policy]]")

    client.until(lambda: len(listener.heard), 1)

    data = listener.heard[0][0]["data"]
    assert (data["state"], data["resultJson"]) == ("failed", None)
    assert data["failMsg"] == "Content policy violation"


def test_a_callback_is_repeated_until_it_is_taken(launch, talk, listener):
    listener.statuses += [500, 302, 404]
    client = talk(launch(callback_retry_s=(0.01, 0.01, 0.01)))
    client.apimodels(callback_url=listener.url)

    client.until(lambda: len(listener.heard), 4)

    assert len({json.dumps(body) for body, _ in listener.heard}) == 1
    client.until(lambda: client.meter()["callbacks"]["delivered"], 1)


def test_a_callback_that_nobody_takes_is_counted(launch, talk):
    client = talk(launch(callback_retry_s=()))
    client.comet(callback_url="http://127.0.0.1:9/nobody")

    client.until(lambda: client.meter()["callbacks"]["failed"], 3)


@pytest.mark.parametrize("url", ["https://example.com/hook", "http://[::bad/", "http://10.0.0.1/"])
def test_nobody_outside_is_called(launch, talk, url):
    client = talk(launch())
    client.comet(callback_url=url)

    assert client.meter()["callbacks"] == {"delivered": 0, "failed": 0, "withheld": 1}


def test_what_was_pending_is_sent_once_after_a_restart(launch, talk, listener):
    first = launch(render_s=(0.3, 0.3))
    talk(first).apimodels(callback_url=listener.url)
    first.stop()
    time.sleep(0.3)  # the task ends while nobody is there to tell
    second = launch()
    client = talk(second)

    client.until(lambda: client.meter()["callbacks"]["delivered"], 1)
    second.stop()
    third = talk(launch())
    third.apimodels(callback_url=listener.url, prompt="Another")
    third.until(lambda: third.meter()["callbacks"]["delivered"], 2)

    told = [json.loads(body["data"]["resultJson"]) for body, _ in listener.heard]
    assert len(told) == 2
    assert told[0]["resultUrls"][0].startswith(client.url)


def test_stopping_gives_up_callbacks_on_their_way(launch, talk):
    emulator = launch(render_s=(30, 30))
    talk(emulator).comet(callback_url="http://127.0.0.1:9/nobody")

    emulator.stop()
