"""Every scripted fault, as a client sees it."""

import httpx
import pytest

from omnibatch.emulator import Fault

COMET = "/kling/v1/videos/omni-video"
BODY = b'{"prompt": "A boat", "duration": "5", "aspect_ratio": "16:9"}'
RAW_CREATE = (
    b"POST /kling/v1/videos/omni-video HTTP/1.1\r\nHost: localhost\r\n"
    b"Authorization: Bearer test-key\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
)


def on_create(do, **fields):
    return [Fault(on="create", do=do, **fields)]


def accepted(client):
    return client.meter()["creates"]["accepted"]


def test_drop_before_creates_nothing(launch, talk):
    client = talk(launch(on_create("drop_before")))

    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        client.comet()
    assert client.raw(RAW_CREATE) == (b"", None)
    assert client.meter()["creates"] == {"received": 2, "accepted": 0, "refused": 0}


def test_drop_after_creates_charges_and_hangs_up(launch, talk):
    client = talk(launch(on_create("drop_after")))

    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        client.comet(external_task_id="ob-1")
    assert client.raw(RAW_CREATE) == (b"", None)
    assert accepted(client) == 2
    assert client.meter()["charged"] == "0.743 USD"
    assert client.comet_query("ob-1").status_code == 200


def test_reset_after_creates_and_resets(launch, talk):
    client = talk(launch(on_create("reset_after")))

    with pytest.raises(httpx.ReadError):
        client.comet()
    assert client.raw(RAW_CREATE) == (b"", ConnectionResetError)
    assert accepted(client) == 2


def test_delay_comes_after_the_work(launch, talk):
    emulator = launch(on_create("delay", seconds=30))
    client, watcher = talk(emulator), talk(emulator)
    client.http.timeout = httpx.Timeout(5, read=0.2)

    with pytest.raises(httpx.ReadTimeout):
        client.comet()
    watcher.until(lambda: accepted(watcher), 1)


def test_answer_does_no_work(launch, talk):
    faults = on_create("answer", status=503, body='{"error":{"code":"model_not_found"}}')
    client = talk(launch(faults))

    response = client.comet()

    assert response.status_code == 503
    assert response.json()["error"]["code"] == "model_not_found"
    assert response.headers["content-type"] == "application/json"
    assert client.meter()["creates"] == {"received": 1, "accepted": 0, "refused": 1}


@pytest.mark.parametrize(
    ("status", "body", "media_type"),
    [
        (500, "", "text/plain"),
        (504, "<html>gateway</html>", "text/html"),
        (524, "<html>timeout</html>", "text/html"),
        (200, "{}", "application/json"),
        (200, '{"code":0,"data":{"task_id":', "application/json"),
        (200, "null", "application/json"),
    ],
)
def test_answer_after_hides_a_task(launch, talk, status, body, media_type):
    client = talk(launch(on_create("answer_after", status=status, body=body)))

    response = client.comet()

    assert (response.status_code, response.text) == (status, body)
    assert response.headers["content-type"].startswith(media_type)
    assert accepted(client) == 1


def test_answers_carry_headers(launch, talk):
    faults = on_create(
        "answer", status=429, headers={"Retry-After": "86400", "content-type": "x/y"}
    )

    response = talk(launch(faults)).comet()

    assert response.headers["retry-after"] == "86400"
    assert response.headers["content-type"] == "x/y"


def test_rate_limit_in_both_dialects(launch, talk):
    client = talk(launch(on_create("rate_limit", seconds=2)))

    comet, apimodels = client.comet(), client.apimodels()

    assert (comet.status_code, comet.json()["code"]) == (429, 1302)
    assert (apimodels.status_code, apimodels.json()["code"]) == (429, 429)
    assert comet.headers["retry-after"] == "2"
    assert accepted(client) == 0


def test_rate_limit_without_retry_after(launch, talk):
    assert "retry-after" not in talk(launch(on_create("rate_limit"))).comet().headers


def test_redirect_keeps_the_method(launch, talk):
    client = talk(launch(on_create("redirect", location="http://127.0.0.1:9/elsewhere")))

    response = client.comet()

    assert response.status_code == 307
    assert response.headers["location"] == "http://127.0.0.1:9/elsewhere"
    assert accepted(client) == 0


def test_fail_task_gives_its_message(launch, talk):
    client = talk(launch(on_create("fail_task", message="Image pixel is invalid")))

    data = client.comet_query(client.comet_id()).json()["data"]

    assert (data["task_status"], data["task_status_msg"]) == ("failed", "Image pixel is invalid")


@pytest.mark.parametrize("faults", [on_create("stuck"), []])
def test_stuck_never_finishes(launch, talk, faults):
    client = talk(launch(faults))
    task_id = client.comet_id(prompt="A boat" if faults else "A boat [[slow]]")

    client.until(lambda: client.comet_query(task_id).json()["data"]["task_status"], "processing")
    assert client.meter()["tasks"][0]["state"] == "processing"


def test_truncate_cuts_inside_the_announced_length(launch, talk):
    client = talk(launch(on_create("truncate")))

    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete"):
        client.comet()
    head, _, body = client.raw(RAW_CREATE)[0].partition(b"\r\n\r\n")
    announced = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
    assert 0 < len(body) == announced // 2
    assert accepted(client) == 2


@pytest.mark.parametrize("do", ["garbage", "html"])
def test_a_success_that_cannot_be_read(launch, talk, do):
    client = talk(launch(on_create(do)))

    response = client.comet()

    assert response.status_code == 200
    with pytest.raises(ValueError, match=r"codec|Expecting"):
        response.json()
    assert accepted(client) == 1


def test_faults_of_queries(launch, talk):
    faults = [
        Fault(on="query", do="not_found", times=1),
        Fault(on="query", do="unknown_state", times=1),
        Fault(on="query", do="answer", status=502, body="<html>", times=1),
        Fault(on="query", do="garbage", times=1),
    ]
    client = talk(launch(faults))
    task_id = client.comet_id()

    assert client.comet_query(task_id).json()["code"] == 1203
    assert client.comet_query(task_id).json()["data"]["task_status"] == "reviewing"
    assert client.comet_query(task_id).status_code == 502
    with pytest.raises(ValueError, match="codec"):
        client.comet_query(task_id).json()
    assert client.comet_query(task_id).json()["data"]["task_status"] == "succeed"


def test_unknown_state_elsewhere(launch, talk):
    faults = [Fault(on="query", do="unknown_state")]
    client = talk(launch(faults, envelope="older"))

    older = client.comet_query(client.comet_id()).json()["data"]
    apimodels = client.apimodels_query(client.apimodels_id()).json()["data"]

    assert older["status"] == "UNKNOWN"
    assert apimodels["state"] == "reviewing"


def test_faults_of_lookups_leave_queries_alone(launch, talk):
    client = talk(launch([Fault(on="lookup", do="answer", status=500)]))
    task_id = client.comet_id(external_task_id="ob-1")

    assert client.comet_query("ob-1").status_code == 500
    assert client.comet_query(task_id).status_code == 200


def test_after_and_times_choose_by_count(launch, talk):
    client = talk(launch(on_create("answer", status=500, after=1, times=2)))

    statuses = [client.comet().status_code for _ in range(5)]

    assert statuses == [200, 500, 500, 200, 200]


def test_prompt_and_dialect_choose_by_content(launch, talk):
    faults = on_create("answer", status=500, prompt="storm", dialect="comet")
    client = talk(launch(faults))

    assert client.comet(prompt="a storm at sea").status_code == 500
    assert client.comet(prompt="a calm sea").status_code == 200
    assert client.apimodels(prompt="a storm at sea").status_code == 200


def test_the_prompt_of_a_query_is_that_of_its_task(launch, talk):
    client = talk(launch([Fault(on="query", do="answer", status=500, prompt="storm")]))

    assert client.comet_query(client.comet_id(prompt="a storm")).status_code == 500
    assert client.comet_query(client.comet_id(prompt="calm")).status_code == 200


def test_faults_can_be_replaced_while_it_runs(launch, talk):
    client = talk(launch(on_create("answer", status=500)))
    client.comet()
    assert client.http.get("/_faults").json() == {
        "faults": [{"on": "create", "do": "answer", "status": 500, "seen": 1, "used": 1}]
    }

    replaced = client.http.post("/_faults", content="- {on: create, do: rate_limit, times: 1}")

    assert replaced.json()["faults"][0]["used"] == 0
    assert [client.comet().status_code for _ in range(2)] == [429, 200]
    assert client.http.get("/_faults").json()["faults"][0] == {
        "on": "create",
        "do": "rate_limit",
        "times": 1,
        "seen": 2,
        "used": 1,
    }
    client.http.post("/_reset")
    assert client.comet().status_code == 429


def test_bad_faults_are_refused_and_change_nothing(launch, talk):
    client = talk(launch(on_create("answer", status=500)))

    response = client.http.post("/_faults", content='[{"on": "create", "do": "explode"}]')

    assert response.status_code == 400
    assert "fault 1" in response.json()["error"]
    assert client.comet().status_code == 500


def test_a_cut_connection_leaves_the_server_well(launch, talk):
    client = talk(launch(on_create("reset_after", times=20)))
    for _ in range(20):
        with pytest.raises(httpx.TransportError):
            client.comet()

    assert client.comet().status_code == 200
    assert accepted(client) == 21
