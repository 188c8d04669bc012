"""CometAPI against its own pages, Kling's, and the relays that serve the same path."""

import json
from typing import Any

import pytest

from omnibatch.problems import Place
from omnibatch.providers import LookupReply, Response, StatusReply, provider_named
from omnibatch.shots import ElementRef, ImageRef, Shot, Slot, UrlSource

COMET = provider_named("cometapi")
HERE = Place("harbor.yaml", 3, 5)
ATTEMPT = "ob-abcdefghijklmnopqrstuvwxyz"
TASK = "878106484537192522"
CLIP = "https://cdn.example.com/878106484537192522.mp4"

# The request body on CometAPI's omni page.
PAGE_PROMPT = (
    "The boy in <<<image_1>>> is wearing <<<element_1>>> and, together with the girl in "
    "<<<image_2>>>, sits side by side in <<<element_2>>>, playfully and intimately chatting, "
    "close-up shot."
)


def response(body: Any, status: int = 200, **headers: str) -> Response:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Response(status=status, headers=headers, body=raw)


def status(body: Any, http: int = 200) -> StatusReply:
    return COMET.read_status(response(body, http))


def current(**data: Any) -> dict[str, Any]:
    """Omni Query's reply as the English page prints it, with `data` over its own."""
    printed = {
        "task_id": TASK,
        "task_info": {},
        "created_at": 1777385419126,
        "updated_at": 1777385430317,
        "task_result": {},
        "task_status": "processing",
    }
    return {"code": 0, "message": "success", "request_id": TASK, "data": printed | data}


def older(outer: str, inner: Any, **record: Any) -> dict[str, Any]:
    """The envelope of the page's older revision: a relay's record around the task."""
    data = {
        "task_id": TASK,
        "status": outer,
        "progress": "100%",
        "fail_reason": "",
        "submit_time": 0,
        "data": inner,
    }
    return {"code": "success", "message": "", "data": data | record}


def done(**more: Any) -> dict[str, Any]:
    result = {"videos": [{"id": "v-1", "url": CLIP, "duration": "5.1"}]}
    return {"task_id": TASK, "task_status": "succeed", "task_result": result} | more


def test_the_pages_example_as_a_whole_body() -> None:
    pictures = ("https://example.com/boy.png", "https://example.com/girl.png")
    shot = Shot(
        slot=Slot("opening"),
        place=HERE,
        providers=("cometapi",),
        model="kling-video-o1",
        prompt=PAGE_PROMPT,
        mode="pro",
        duration=5,
        aspect_ratio="1:1",
        images=tuple(ImageRef(source=UrlSource(url=url), place=HERE) for url in pictures),
        elements=(
            ElementRef(element_id="160123456789012345", place=HERE),
            ElementRef(element_id="160123456789012346", place=HERE),
        ),
        callback_url="https://example.com/hook",
        target="renders/opening.mp4",
    )
    request = COMET.create_request(shot, ATTEMPT, {})

    assert request.path == "/kling/v1/videos/omni-video"
    assert request.query == {}
    assert json.loads(request.body or b"") == {
        "model_name": "kling-video-o1",
        "prompt": PAGE_PROMPT,
        "mode": "pro",
        "duration": "5",
        "aspect_ratio": "1:1",
        "image_list": [{"image_url": url} for url in pictures],
        "element_list": [
            {"element_id": 160123456789012345},
            {"element_id": 160123456789012346},
        ],
        "callback_url": "https://example.com/hook",
        "external_task_id": ATTEMPT,
    }


@pytest.mark.parametrize(
    ("body", "task_id"),
    [
        # Kling's capture, and the sibling page's schema.
        ({"code": 0, "message": "SUCCEED", "request_id": "r", "data": {"task_id": TASK}}, TASK),
        ({"code": 0, "message": "", "task_id": "task_9"}, "task_9"),  # xmsmartlink: flat
        ({"id": "v-1", "task_id": "task_9", "status": "queued"}, "task_9"),  # new-api
        ({"code": 0, "data": {"id": "d-1"}, "id": "r-1"}, "d-1"),
        ({"code": 0, "task_id": "t-1", "data": {"id": "d-1"}}, "t-1"),
        ({"code": "success", "id": "r-1"}, "r-1"),
        ({"code": 0, "data": {"task_id": 867283741759111202}}, "867283741759111202"),
    ],
)
def test_a_task_id_is_found_in_the_documented_order(body: Any, task_id: str) -> None:
    assert COMET.read_created(response(body)).task_id == task_id


def test_a_query_goes_to_the_task_under_the_same_path() -> None:
    assert COMET.query_request(TASK).path == f"/kling/v1/videos/omni-video/{TASK}"


def test_the_pages_sample_is_running() -> None:
    assert status(current()) == StatusReply(phase="running", state="processing")


def test_a_finished_task_names_its_clip() -> None:
    reply = status(current(**done(task_status_msg="")))

    assert reply == StatusReply(phase="succeeded", urls=(CLIP,), state="succeed")


def test_a_failed_task_says_succeed_in_its_message_and_is_failed_all_the_same() -> None:
    """The body recorded in QuantumNous/new-api's pull request 2532."""
    body = {
        "code": 0,
        "data": {
            "task_id": "833446756",
            "task_info": {},
            "created_at": 1766737710125,
            "updated_at": 1766737711775,
            "task_result": {},
            "task_status": "failed",
            "task_status_msg": "Image pixel is invalid",
        },
        "message": "SUCCEED",
        "request_id": "r-1",
    }

    assert status(body) == StatusReply(
        phase="failed", state="failed", error="Image pixel is invalid"
    )


def test_a_failure_without_a_reason_says_so_rather_than_succeed() -> None:
    body = current(task_status="failed") | {"message": "SUCCEED"}

    assert status(body).error == "the provider gave no reason"


@pytest.mark.parametrize(
    ("word", "phase"),
    [
        *((word, "running") for word in ("submitted", "processing", "SUBMITTED", "QUEUED")),
        *((word, "running") for word in ("IN_PROGRESS", "NOT_START", "queued", "pending")),
        ("waiting", "running"),
        *((word, "succeeded") for word in ("succeed", "succeeded", "success", "SUCCESS")),
        ("completed", "succeeded"),
        *((word, "failed") for word in ("failed", "FAILURE", "fail", "failure")),
        *((word, "unclear") for word in ("UNKNOWN", "paused", "99_SUCCEED")),
    ],
)
@pytest.mark.parametrize("key", ["task_status", "status"])
def test_every_word_for_a_state(key: str, word: str, phase: str) -> None:
    data = done() | {key: word}
    if key == "status":
        del data["task_status"]
    reply = status({"code": 0, "data": data})

    assert (reply.phase, reply.state) == (phase, word)


def test_the_older_envelope_of_a_finished_task() -> None:
    reply = status(older("SUCCESS", done()))

    assert reply == StatusReply(phase="succeeded", urls=(CLIP,), state="SUCCESS")


def test_the_older_envelope_around_a_whole_upstream_reply() -> None:
    inner = {"code": 0, "message": "SUCCEED", "data": done()}

    assert status(older("SUCCESS", inner)).urls == (CLIP,)


def test_the_outer_state_is_the_one_to_wait_for() -> None:
    assert status(older("IN_PROGRESS", done())).phase == "running"


def test_an_unknown_outer_state_leaves_the_word_to_the_inner_one() -> None:
    assert status(older("UNKNOWN", done())).phase == "succeeded"


def test_an_old_record_keeps_the_address_in_fail_reason_and_that_is_not_read() -> None:
    reply = status(older("SUCCESS", None, fail_reason=CLIP))

    assert reply.phase == "unclear"
    assert reply.urls == ()


def test_the_older_envelope_of_a_failed_task() -> None:
    failed = older("FAILURE", None, fail_reason="Failure to pass the risk control system")

    assert status(failed).error == "Failure to pass the risk control system"


def test_a_gateway_that_answers_with_one_address_and_an_error_object() -> None:
    finished = {"code": "success", "data": {"status": "succeeded", "url": CLIP}}
    failed = {
        "code": "success",
        "data": {"status": "failed", "error": {"message": "policy", "code": "1301"}},
    }

    assert status(finished).urls == (CLIP,)
    assert status(failed) == StatusReply(phase="failed", state="failed", error="policy")


def test_a_failed_tasks_own_code_does_not_make_the_query_busy() -> None:
    data = {"status": "failed", "error": {"message": "too many tasks", "code": "1303"}}

    assert status({"code": "success", "data": data}).phase == "failed"


def test_a_bare_task_is_read_at_the_root() -> None:
    reply = status({"id": "v-1", "status": "completed", "metadata": {"url": CLIP}})

    assert (reply.phase, reply.urls) == ("succeeded", (CLIP,))


def test_a_status_at_the_root_without_a_task_is_the_calls_and_not_the_tasks() -> None:
    assert status({"status": "failed", "message": "try later"}).phase == "unclear"
    assert status({"status": "success", "data": {"task_status": "processing"}}).phase == "running"


@pytest.mark.parametrize(
    "videos",
    [None, [], {}, "x", [None], [{}], [{"url": None}], [{"url": "ftp://x/y.mp4"}], [{"url": 7}]],
    ids=repr,
)
def test_finished_without_a_clip_is_asked_again(videos: object) -> None:
    assert status(current(task_status="succeed", task_result={"videos": videos})).phase == "unclear"


def test_every_clip_is_named_once() -> None:
    videos = [{"url": CLIP}, {"url": CLIP}, {"url": f"{CLIP}?b"}]
    reply = status(current(task_status="succeed", task_result={"videos": videos}))

    assert reply.urls == (CLIP, f"{CLIP}?b")


@pytest.mark.parametrize(
    ("http", "body", "phase"),
    [
        (404, {"code": 1203, "message": "task not found"}, "missing"),
        (404, b"", "missing"),
        (404, b"<html><title>Not Found</title></html>", "unclear"),
        (400, {"code": "task_not_exist", "message": "task_not_exist"}, "missing"),
        (400, {"code": 1201, "message": "bad id"}, "unclear"),
        (200, {"code": 1203, "message": "task not found"}, "missing"),
        (401, {"code": 1002, "message": "no"}, "account"),
        (403, b"", "account"),
        (429, {"code": 1101, "message": "arrears"}, "account"),
        (429, {"code": 1302, "message": "too fast"}, "busy"),
        (429, b"", "busy"),
        (408, b"", "busy"),
        (500, {"error": {"message": "", "code": "invalid_request"}}, "busy"),
        (503, {"code": 5001, "message": "maintenance"}, "busy"),
        (524, b"<html>", "busy"),
        (200, {"error": {"message": "no such task", "code": "1203"}}, "missing"),
        (200, {"code": 5000, "message": "internal"}, "busy"),
        (300, current(), "unclear"),
        (301, b"", "unclear"),
        (599, b"", "busy"),
        (600, b"", "unclear"),
        (200, b"<html>", "unclear"),
        (200, {"code": 0, "message": "SUCCEED", "data": {}}, "unclear"),
    ],
)
def test_a_query_that_fails_never_fails_the_task(http: int, body: Any, phase: str) -> None:
    reply = status(body, http)

    assert reply.phase == phase
    assert reply.error


def test_a_code_that_refuses_the_query_outweighs_a_state() -> None:
    body = {"code": 5000, "message": "internal", "data": {"task_status": "failed"}}

    assert status(body).phase == "busy"


def test_a_busy_provider_says_how_long_to_wait() -> None:
    reply = COMET.read_status(Response(status=429, headers={"retry-after": "9"}))

    assert reply.retry_after_s == 9.0


def lookup(body: Any, http: int = 200) -> LookupReply:
    return COMET.read_lookup(response(body, http), ATTEMPT)


def test_a_lookup_asks_omni_query_by_the_attempts_id() -> None:
    request = COMET.lookup_request(ATTEMPT)

    assert request is not None
    assert request.path == f"/kling/v1/videos/omni-video/{ATTEMPT}"


@pytest.mark.parametrize(
    "data",
    [
        {"task_info": {"external_task_id": ATTEMPT}},
        {"external_task_id": ATTEMPT},
        {"task_info": {}},
        {"task_status": "failed"},
    ],
)
def test_a_task_that_names_our_id_or_none_is_found(data: dict[str, Any]) -> None:
    assert lookup(current(**data)) == LookupReply(found="found", task_ids=(TASK,))


def test_a_task_that_names_another_id_is_not_ours() -> None:
    reply = lookup(current(task_info={"external_task_id": "ob-another"}))

    assert (reply.found, reply.task_ids) == ("unknown", ())


def test_a_reply_that_names_an_id_is_unknown_to_who_does_not_say_which_was_asked() -> None:
    body = current(task_info={"external_task_id": ATTEMPT})

    assert COMET.read_lookup(response(body)).found == "unknown"


def test_our_own_id_echoed_as_the_tasks_is_no_task() -> None:
    assert lookup(current(task_id=ATTEMPT)).found == "unknown"


def test_of_a_list_only_the_rows_that_name_our_id_are_ours() -> None:
    rows = [
        {"task_id": "1", "task_info": {"external_task_id": ATTEMPT}},
        {"task_id": "2", "task_info": {"external_task_id": "ob-another"}},
        {"task_id": "3"},
        {"task_id": "4", "external_task_id": ATTEMPT},
    ]

    assert lookup({"code": 0, "data": rows}).task_ids == ("1", "4")
    assert lookup({"code": 0, "data": rows[1:3]}).found == "unknown"
    assert lookup({"code": 0, "data": rows[2:3]}).found == "unknown"
    assert lookup({"code": 0, "data": rows[3:]}).task_ids == ("4",)


@pytest.mark.parametrize(
    ("http", "body"),
    [
        (404, {"code": 1203, "message": "task not found"}),
        (404, current()),
        (300, current()),
        (199, current()),
        (400, {"code": 1201, "message": "bad id"}),
        (401, {"code": 1002, "message": "no"}),
        (500, b""),
        (301, b""),
        (200, b"<html>"),
        (200, {"code": 1203, "message": "task not found", "data": {"task_id": TASK}}),
        (200, {"code": 0, "data": {}}),
        (200, {"code": 0, "data": []}),
        (200, {"code": 0, "request_id": TASK}),
        (200, {"error": {"message": "no"}, "id": "e-1"}),
    ],
)
def test_anything_else_is_unknown_and_never_absent(http: int, body: Any) -> None:
    assert lookup(body, http).found == "unknown"


def test_a_lookup_that_is_refused_without_a_word_gives_its_status() -> None:
    assert lookup(b"", 502).words == "HTTP 502"
    assert lookup({"code": 1203, "message": "task not found"}, 404).words == "task not found"
