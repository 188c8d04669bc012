"""CometAPI's dialect, against what its pages show."""

import pytest

from omnibatch.emulator import Settings

COMET = "/kling/v1/videos/omni-video"


def test_create_answers_as_documented(launch, talk):
    response = talk(launch(render_s=(9, 9))).comet(external_task_id="ob-1")

    answer = response.json()
    assert response.status_code == 200
    assert set(answer) == {"code", "message", "request_id", "data"}
    assert (answer["code"], answer["message"]) == (0, "SUCCEED")
    data = answer["data"]
    assert set(data) == {"task_id", "task_info", "task_status", "created_at", "updated_at"}
    assert data["task_status"] == "submitted"
    assert data["task_info"] == {"external_task_id": "ob-1"}
    assert data["task_id"].isdigit()
    assert len(data["task_id"]) == 18
    assert data["created_at"] == data["updated_at"] > 1_700_000_000_000


def test_a_waiting_task_is_answered_as_documented(launch, talk):
    client = talk(launch(render_s=(60, 60), queue_s=60))
    task_id = client.comet_id()

    first = client.comet_query(task_id).json()

    assert set(first) == {"code", "message", "request_id", "data"}
    assert (first["code"], first["message"]) == (0, "success")
    assert first["data"]["task_status"] == "submitted"
    assert first["data"]["task_info"] == {}
    assert first["data"]["task_result"] == {}


def test_a_task_goes_from_processing_to_succeed(launch, talk):
    client = talk(launch(render_s=(0.3, 0.3), queue_s=0))
    task_id = client.comet_id()
    slow = client.comet_id(prompt="[[slow]]")

    def state():
        return client.comet_query(task_id).json()["data"]["task_status"]

    working = client.comet_query(slow).json()["data"]
    assert (working["task_status"], working["task_result"]) == ("processing", {})
    client.until(state, "succeed")
    data = client.comet_query(task_id).json()["data"]
    (video,) = data["task_result"]["videos"]
    assert video["id"] == task_id
    assert video["duration"] == "5"
    assert video["url"].startswith(f"{client.url}/clips/{task_id}.mp4?sig=")
    assert data["updated_at"] - data["created_at"] == pytest.approx(300, abs=2)


def test_a_failed_task_is_answered_like_a_success(launch, talk):
    client = talk(launch())

    response = client.comet_query(client.comet_id(prompt="war [[policy]]"))

    answer = response.json()
    assert response.status_code == 200
    assert (answer["code"], answer["message"]) == (0, "SUCCEED")
    assert answer["data"]["task_status"] == "failed"
    assert answer["data"]["task_status_msg"] == "Failure to pass the risk control system"
    assert answer["data"]["task_result"] == {}


def test_the_older_envelope(launch, talk):
    waiting = talk(launch(state="a", envelope="older", render_s=(60, 60), queue_s=60))
    client = talk(launch(state="b", envelope="older"))
    slow, task_id = client.comet_id(prompt="[[slow]]"), client.comet_id()

    first = waiting.comet_query(waiting.comet_id()).json()
    middle = client.comet_query(slow).json()["data"]
    last = client.comet_query(task_id).json()["data"]

    assert (first["code"], first["message"]) == ("success", "")
    assert (first["data"]["status"], first["data"]["progress"]) == ("SUBMITTED", "0%")
    assert middle["status"] == "IN_PROGRESS"
    assert last["status"] == "SUCCESS"
    assert last["progress"] == "100%"
    url = last["data"]["task_result"]["videos"][0]["url"]
    assert url.startswith(client.url)
    assert last["fail_reason"] == url


def test_a_failure_in_the_older_envelope(launch, talk):
    client = talk(launch(envelope="older"))

    data = client.comet_query(client.comet_id(prompt="[[policy]]")).json()["data"]

    assert data["status"] == "FAILURE"
    assert data["fail_reason"] == "Failure to pass the risk control system"
    assert data["data"]["task_status"] == "failed"


@pytest.mark.parametrize("key", ["", "wrong"])
def test_a_key_is_needed(launch, talk, key):
    client = talk(launch(accept_keys=("right",)), key=key)

    for response in (client.comet(), client.comet_query("1")):
        assert response.status_code == 401
        assert response.json()["error"]["type"] == "comet_api_error"
    assert client.meter()["creates"] == {"received": 1, "accepted": 0, "refused": 1}


@pytest.mark.parametrize("scheme", ["Basic right", "Bearer", "right"])
def test_only_a_bearer_key_counts(launch, talk, scheme):
    client = talk(launch(), key="")

    response = client.http.post(COMET, json={}, headers={"authorization": scheme})

    assert response.status_code == 401


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"\xff"])
def test_a_body_that_is_no_object_is_malformed(launch, talk, body):
    response = talk(launch()).http.post(COMET, content=body)

    assert response.status_code == 400
    error = response.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["code"] == "invalid_request"


def test_the_older_error_form_hides_the_request_id_in_the_message(launch, talk):
    error = talk(launch(envelope="older")).http.post(COMET, content=b"{").json()["error"]

    assert set(error) == {"code", "message", "type"}
    assert error["code"] == ""
    assert "(request id: " in error["message"]


def test_a_broken_rule_is_answered_in_klings_own_form(launch, talk):
    response = talk(launch()).comet(duration=5)

    assert response.status_code == 400
    answer = response.json()
    assert set(answer) == {"code", "message", "request_id"}
    assert answer["code"] == 1201
    assert "duration must be a string" in answer["message"]


def test_an_unknown_model(launch, talk):
    response = talk(launch()).comet(model_name="kling-v9")

    assert response.status_code == 400
    assert "invalid model name" in response.json()["error"]["message"]


def test_a_refusal_dressed_as_a_server_error(launch, talk):
    client = talk(launch())

    response = client.comet(prompt="[[refuse]]")

    assert response.status_code == 500
    assert response.json()["error"]["code"] == "invalid_request"
    assert client.meter()["creates"] == {"received": 1, "accepted": 0, "refused": 1}


def test_unknown_tasks_and_those_of_others_are_not_found(launch, talk):
    emulator = launch()
    mine = talk(emulator, key="mine").comet_id()
    other = talk(emulator, key="other")

    for key in ("123", "ob-nothing", mine):
        response = other.comet_query(key)
        assert response.status_code == 404
        assert response.json()["code"] == 1203


def test_path_mistakes_are_redirects_or_pages(launch, talk):
    client = talk(launch())

    for path in ("/v1/videos/omni-video", COMET + "/", "/"):
        posted = client.http.post(path, json={})
        assert posted.status_code == 301
        assert posted.headers["location"] == "/"
    page = client.http.get("/v1/videos/omni-video/1")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert client.http.delete(COMET).headers["content-type"].startswith("text/html")


def test_lookup_by_external_id(launch, talk):
    client = talk(launch())
    task_id = client.comet_id(external_task_id="ob-1")

    found = client.comet_query("ob-1").json()["data"]

    assert found["task_id"] == task_id
    assert client.meter()["lookups"] == 1
    assert client.meter()["queries"] == 0


def test_lookup_can_be_switched_off(launch, talk):
    client = talk(launch(lookup=False))
    client.comet_id(external_task_id="ob-1")

    assert client.comet_query("ob-1").json()["code"] == 1203


def test_lookup_can_lag(launch, talk):
    late, soon = talk(launch(state="a", lookup_lag_s=60)), talk(launch(lookup_lag_s=0.05))
    for client in (late, soon):
        client.comet_id(external_task_id="ob-1")

    assert late.comet_query("ob-1").status_code == 404
    soon.until(lambda: soon.comet_query("ob-1").status_code, 200)


def test_a_numeric_external_id_is_found_too(launch, talk):
    client = talk(launch())
    task_id = client.comet_id(external_task_id="42")

    assert client.comet_query("42").json()["data"]["task_id"] == task_id
    assert client.meter()["lookups"] == 1


def test_a_repeated_external_id_is_refused_for_the_account(launch, talk):
    emulator = launch()
    client = talk(emulator)
    client.comet_id(external_task_id="ob-1")

    again = client.comet(external_task_id="ob-1", prompt="Another")
    elsewhere = talk(emulator, key="other").comet(external_task_id="ob-1")

    assert again.status_code == 409
    assert "not unique" in again.json()["message"]
    assert elsewhere.status_code == 200
    assert client.meter()["accepted_by_external_id"] == {"ob-1": 2}


def test_a_repeated_external_id_may_be_accepted(launch, talk):
    client = talk(launch(duplicate="accept"))
    first = client.comet_id(external_task_id="ob-1")
    second = client.comet_id(external_task_id="ob-1")

    assert first != second
    assert client.comet_query("ob-1").json()["data"]["task_id"] == first
    assert client.meter()["accepted_by_external_id"] == {"ob-1": 2}


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"render_s": (2.0, 1.0)}, "render_s"),
        ({"latency_s": (-1.0, 1.0)}, "latency_s"),
        ({"queue_s": -1}, "queue_s"),
        ({"parallel": 0}, "parallel"),
        ({"credit": "much"}, "credit"),
        ({"credit": "-1"}, "credit"),
        ({"envelope": "newest"}, "envelope"),
    ],
)
def test_settings_that_cannot_be_meant(settings, word):
    with pytest.raises(ValueError, match=word):
        Settings(**settings)
