"""apimodels.app against its own page."""

import json
from typing import Any

import pytest

from omnibatch.problems import Place
from omnibatch.providers import Response, StatusReply, Verdict, provider_named
from omnibatch.shots import Shot, Slot

MODELS = provider_named("apimodels")
CLIP = "https://r2.apimodels.app/videos/xxx.mp4"
RESULT_JSON = json.dumps({"resultUrls": [CLIP], "videoDuration": 5})


def status(body: Any, http: int = 200) -> StatusReply:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return MODELS.read_status(Response(status=http, body=raw))


def record(**data: Any) -> dict[str, Any]:
    """A reply as the page prints it, with `data` over its own."""
    printed = {"taskId": "clxxx", "state": "pending", "model": "kling-video/kling-video-o1"}
    return {"code": 200, "msg": "success", "data": printed | data}


def test_the_pages_example_as_a_whole_body() -> None:
    shot = Shot(
        slot=Slot("opening"),
        place=Place("harbor.yaml", 3, 5),
        providers=("apimodels",),
        model="kling-video-o1",
        prompt="A girl dancing on the beach at sunset, cinematic lighting",
        mode="std",
        duration=5,
        aspect_ratio="16:9",
        target="renders/opening.mp4",
    )
    request = MODELS.create_request(shot, "ob-abcdefghijklmnopqrstuvwxyz", {})

    assert request.path == "/api/v1/video/generations"
    assert request.query == {}
    assert json.loads(request.body or b"") == {
        "model": "kling-video-o1",
        "prompt": "A girl dancing on the beach at sunset, cinematic lighting",
        "mode": "std",
        "duration": "5",
        "aspect_ratio": "16:9",
    }


@pytest.mark.parametrize(
    ("body", "task_id"),
    [
        (record(), "clxxx"),
        ({"code": 200, "data": {"task_id": "c-2"}}, "c-2"),
        ({"code": 200, "taskId": "c-3"}, "c-3"),
        ({"code": 200, "task_id": "c-4", "data": {"state": "pending"}}, "c-4"),
        ({"code": 200, "data": {"taskId": 77}}, "77"),
    ],
)
def test_a_task_id_is_found_in_either_spelling(body: Any, task_id: str) -> None:
    reply = MODELS.read_created(Response(status=200, body=json.dumps(body).encode()))

    assert (reply.verdict, reply.task_id) == (Verdict.CREATED, task_id)


def test_a_bare_id_is_not_taken_for_a_tasks() -> None:
    reply = MODELS.read_created(Response(status=200, body=b'{"code":200,"data":{"id":"x"}}'))

    assert reply.verdict is Verdict.IN_DOUBT


def test_a_query_names_the_task_in_the_query_string() -> None:
    request = MODELS.query_request("clxxx")

    assert (request.path, request.query) == ("/api/v1/video/generations", {"task_id": "clxxx"})


@pytest.mark.parametrize("state", ["pending", "processing", "waiting"])
def test_a_task_that_waits_or_renders_is_running(state: str) -> None:
    assert status(record(state=state)) == StatusReply(phase="running", state=state)


@pytest.mark.parametrize(
    "result",
    [
        {"resultUrls": [CLIP], "createTime": 1705123450000, "completeTime": 1705123500000},
        {"resultJson": RESULT_JSON},
        {"resultUrls": json.dumps([CLIP])},
        {"resultUrls": [], "resultJson": {"resultUrls": [CLIP]}},
        {"resultUrls": [CLIP, CLIP], "resultJson": RESULT_JSON},
    ],
    ids=["page", "callback", "text", "object", "twice"],
)
@pytest.mark.parametrize("state", ["completed", "success"])
def test_a_finished_task_names_its_clip(state: str, result: dict[str, Any]) -> None:
    reply = status(record(state=state, **result))

    assert reply == StatusReply(phase="succeeded", urls=(CLIP,), state=state)


@pytest.mark.parametrize(
    "result",
    [
        {},
        {"resultUrls": None, "resultJson": None},
        {"resultUrls": [], "resultJson": '{"resultUrls":[]}'},
        {"resultUrls": "[[[", "resultJson": "{"},
        {"resultUrls": {"0": CLIP}, "resultJson": "[" * 5000},
        {"resultJson": " " * 70_000 + RESULT_JSON},
        {
            "resultUrls": [
                "r2.apimodels.app/x.mp4",
                "javascript:1",
                "https://a b",
                "https://a\x07",
                None,
            ]
        },
    ],
)
def test_finished_without_a_clip_is_asked_again(result: dict[str, Any]) -> None:
    assert status(record(state="completed", **result)).phase == "unclear"


@pytest.mark.parametrize("state", ["failed", "fail"])
def test_a_failed_task_says_why(state: str) -> None:
    reply = status(record(state=state, failMsg="Content policy violation"))

    assert reply == StatusReply(phase="failed", state=state, error="Content policy violation")


def test_a_failure_without_a_reason_says_so_rather_than_success() -> None:
    assert status(record(state="failed", failMsg=None)).error == "the provider gave no reason"


@pytest.mark.parametrize(
    ("http", "body", "phase"),
    [
        (404, {"code": 404, "msg": "task not found"}, "missing"),
        (200, {"code": 404, "msg": "task not found"}, "missing"),
        (401, {"code": 401, "msg": "no"}, "account"),
        (200, {"code": 401, "msg": "no"}, "account"),
        (402, {"code": 402, "msg": "no"}, "account"),
        (500, {"code": 500, "msg": "no"}, "busy"),
        (200, {"code": 500, "msg": "no", "data": {"state": "failed"}}, "busy"),
        (429, b"", "busy"),
        (400, {"code": 400, "msg": "no"}, "unclear"),
        (404, b"<!doctype html><title>404</title>", "unclear"),
        (200, {"code": 200, "msg": "success", "data": None}, "unclear"),
        (200, record(state="paused"), "unclear"),
    ],
)
def test_a_query_that_fails_never_fails_the_task(http: int, body: Any, phase: str) -> None:
    reply = status(body, http)

    assert reply.phase == phase
    assert reply.error


def test_a_lost_task_cannot_be_asked_for() -> None:
    assert MODELS.lookup_request("ob-abc") is None
    assert MODELS.lookup.by == "none"


def test_no_answer_about_a_lost_task_is_believed() -> None:
    reply = MODELS.read_lookup(Response(status=200, body=json.dumps(record()).encode()), "ob-abc")

    assert reply.found == "unknown"
