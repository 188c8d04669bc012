"""apimodels.app's dialect, against what its page shows."""

import re

import pytest

APIMODELS = "/api/v1/video/generations"


def test_create_answers_as_documented(launch, talk):
    body = {
        "model": "kling-video-o1",
        "prompt": "A girl dancing on the beach at sunset, cinematic lighting",
        "mode": "std",
        "duration": "5",
        "aspect_ratio": "16:9",
    }
    response = talk(launch()).http.post(APIMODELS, json=body)

    assert response.status_code == 200
    answer = response.json()
    assert (answer["code"], answer["msg"]) == (200, "success")
    task_id = answer["data"].pop("taskId")
    assert answer["data"] == {"state": "pending", "model": "kling-video/kling-video-o1"}
    assert re.fullmatch("cl[a-z0-9]{23}", task_id)


def test_a_waiting_task_is_answered_as_documented(launch, talk):
    client = talk(launch(render_s=(60, 60), queue_s=60))
    task_id = client.apimodels_id()

    assert client.apimodels_query(task_id).json()["data"] == {
        "taskId": task_id,
        "state": "pending",
        "model": "kling-video/kling-video-o1",
    }


def test_a_task_goes_from_processing_to_completed(launch, talk):
    client = talk(launch(render_s=(0.3, 0.3), queue_s=0))
    task_id = client.apimodels_id()
    slow = client.apimodels_id(prompt="[[slow]]")

    def data():
        return client.apimodels_query(task_id).json()["data"]

    assert client.apimodels_query(slow).json()["data"]["state"] == "processing"
    client.until(lambda: data()["state"], "completed")
    done = data()
    assert set(done) == {"taskId", "state", "model", "resultUrls", "createTime", "completeTime"}
    assert done["resultUrls"][0].startswith(f"{client.url}/clips/{task_id}.mp4?sig=")
    assert done["completeTime"] - done["createTime"] == pytest.approx(300, abs=2)


def test_a_failed_task(launch, talk):
    client = talk(launch())
    task_id = client.apimodels_id(prompt="[[policy]]")

    answer = client.apimodels_query(task_id).json()

    assert answer["code"] == 200
    assert answer["data"] == {
        "taskId": task_id,
        "state": "failed",
        "model": "kling-video/kling-video-o1",
        "failMsg": "Content policy violation",
    }


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"model": None}, "model is required"),
        ({"model": "kling-v9"}, "Unknown model"),
        ({"prompt": ""}, "prompt"),
        ({"duration": 5}, "string"),
        ({"prompt": "[[refuse]]"}, "refused"),
    ],
)
def test_bad_requests(launch, talk, fields, word):
    response = talk(launch()).apimodels(**fields)

    assert response.status_code == 400
    assert response.json()["code"] == 400
    assert word in response.json()["msg"]


def test_errors_by_status(launch, talk):
    emulator = launch(accept_keys=("right",))
    client = talk(emulator, key="right")

    refused = talk(emulator, key="wrong").apimodels()
    malformed = client.http.post(APIMODELS, content=b"{")
    unknown = client.apimodels_query("clnothing")
    without_id = client.http.get(APIMODELS)
    elsewhere = client.http.get("/api/v2/video")

    found = [r.status_code for r in (refused, malformed, unknown, without_id, elsewhere)]
    assert found == [401, 400, 404, 400, 404]
    assert all(r.json()["code"] == r.status_code for r in (refused, malformed, unknown))


def test_external_ids_mean_nothing_here(launch, talk):
    client = talk(launch())
    first = client.apimodels_id(external_task_id="ob-1")
    second = client.apimodels_id(external_task_id="ob-1")

    assert first != second
    assert client.apimodels_query("ob-1").status_code == 404
    assert client.meter()["lookups"] == 0


def test_a_task_of_the_other_dialect_is_unknown(launch, talk):
    client = talk(launch())

    assert client.apimodels_query(client.comet_id()).status_code == 404
    assert client.comet_query(client.apimodels_id()).status_code == 404


def test_the_default_mode_is_std(launch, talk):
    client = talk(launch())
    client.apimodels(mode=None)
    client.comet(mode=None)

    assert [task["mode"] for task in client.meter()["tasks"]] == ["std", "pro"]
