"""What each documented reply to a create means for the money (design.md, section 7)."""

import json
from typing import Any

import pytest

from omnibatch.providers import CreateReply, Provider, Response, Verdict, provider_named

COMET = provider_named("cometapi")
MODELS = provider_named("apimodels")
BOTH = pytest.mark.parametrize("provider", [COMET, MODELS], ids=lambda p: p.name)

TASK = "867283741759111202"


def reply(provider: Provider, status: int, body: Any = b"", **headers: str) -> CreateReply:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return provider.read_created(Response(status=status, headers=named, body=raw))


def comet_error(message: str, code: str = "") -> dict[str, Any]:
    return {"error": {"message": message, "type": "comet_api_error", "param": "", "code": code}}


KLING = [
    (401, 1000, Verdict.ACCOUNT),
    (401, 1001, Verdict.ACCOUNT),
    (401, 1002, Verdict.ACCOUNT),
    (401, 1003, Verdict.ACCOUNT),
    (401, 1004, Verdict.ACCOUNT),
    (429, 1100, Verdict.ACCOUNT),
    (429, 1101, Verdict.ACCOUNT),
    (429, 1102, Verdict.ACCOUNT),
    (403, 1103, Verdict.ACCOUNT),
    (403, 1104, Verdict.ACCOUNT),
    (400, 1200, Verdict.REFUSED),
    (400, 1201, Verdict.REFUSED),
    (404, 1202, Verdict.REFUSED),
    (404, 1203, Verdict.REFUSED),
    (400, 1300, Verdict.REFUSED),
    (400, 1301, Verdict.REFUSED),
    (429, 1302, Verdict.WAIT),
    (429, 1303, Verdict.WAIT),
    (429, 1304, Verdict.ACCOUNT),
    (500, 5000, Verdict.IN_DOUBT),
    (503, 5001, Verdict.IN_DOUBT),
    (504, 5002, Verdict.IN_DOUBT),
]


@BOTH
@pytest.mark.parametrize(("status", "code", "verdict"), KLING)
def test_klings_error_table(provider: Provider, status: int, code: int, verdict: Verdict) -> None:
    read = reply(provider, status, {"code": code, "message": "in its words", "request_id": "r-1"})

    assert (read.verdict, read.words, read.task_id) == (verdict, "in its words", None)


@BOTH
@pytest.mark.parametrize(("code", "verdict"), [(code, v) for _, code, v in KLING])
@pytest.mark.parametrize("as_text", [False, True])
def test_klings_codes_mean_the_same_inside_a_granted_reply(
    provider: Provider, code: int, verdict: Verdict, as_text: bool
) -> None:
    written = str(code) if as_text else code

    assert reply(provider, 200, {"code": written, "message": "no"}).verdict is verdict


STATUSES = [
    (400, Verdict.REFUSED),
    (401, Verdict.ACCOUNT),
    (402, Verdict.ACCOUNT),
    (403, Verdict.ACCOUNT),
    (404, Verdict.REFUSED),
    (405, Verdict.ACCOUNT),
    (407, Verdict.ACCOUNT),
    (408, Verdict.IN_DOUBT),
    (409, Verdict.DUPLICATE),
    (410, Verdict.REFUSED),
    (411, Verdict.REFUSED),
    (413, Verdict.REFUSED),
    (414, Verdict.REFUSED),
    (415, Verdict.REFUSED),
    (418, Verdict.IN_DOUBT),
    (422, Verdict.REFUSED),
    (429, Verdict.WAIT),
    (431, Verdict.REFUSED),
    (499, Verdict.IN_DOUBT),
    (500, Verdict.IN_DOUBT),
    (502, Verdict.IN_DOUBT),
    (503, Verdict.IN_DOUBT),
    (504, Verdict.IN_DOUBT),
    (524, Verdict.IN_DOUBT),
    (199, Verdict.IN_DOUBT),
    (0, Verdict.IN_DOUBT),
]


@BOTH
@pytest.mark.parametrize(("status", "verdict"), STATUSES)
def test_a_status_whose_body_explains_nothing(
    provider: Provider, status: int, verdict: Verdict
) -> None:
    assert reply(provider, status, {"error": {"message": "no"}}).verdict is verdict


@BOTH
@pytest.mark.parametrize("status", [300, 301, 302, 307, 308, 399])
def test_a_redirect_is_never_followed_and_names_the_variable_to_check(
    provider: Provider, status: int
) -> None:
    granted = {"code": 0, "data": {"task_id": TASK}}
    read = reply(provider, status, granted, location="https://www.example.com/x?token=abc123def")

    assert (read.verdict, read.task_id) == (Verdict.ELSEWHERE, None)
    assert "https://www.example.com/x:" in read.words
    assert provider.endpoint_variable in read.words
    assert "abc123def" not in read.words


@BOTH
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"null",
        b"[]",
        b'"ok"',
        b"<html><title>Welcome</title></html>",
        b'{"code":0,"data":{"task_id":"8672',
        {"code": 0, "message": "SUCCEED", "data": {}},
        {"code": 0, "data": None},
        {"code": 0, "data": {"task_id": None}},
        {"code": 0, "data": {"task_id": ""}},
        {"code": 0, "data": {"task_id": "x" * 201}},
        {"code": 0, "data": {"task_id": "two words"}},
        {"code": 0, "data": {"task_id": "tab\there"}},
        {"code": 0, "data": {"task_id": True}},
        {"code": 0, "data": {"task_id": 8.67e17}},
        {"code": 0, "data": {"task_id": ["867"]}},
        {"code": 0, "data": {"task_id": -1}},
        {"code": 0, "request_id": TASK},
        {"code": 0, "data": {"request_id": TASK}},
        {"code": 777, "message": "new code", "data": {}},
        comet_error("something"),
    ],
    ids=repr,
)
def test_a_granted_reply_without_a_readable_task_id_is_in_doubt(
    provider: Provider, body: Any
) -> None:
    read = reply(provider, 200, body)

    assert (read.verdict, read.task_id) == (Verdict.IN_DOUBT, None)


def test_a_malformed_task_id_is_not_replaced_by_another_fields() -> None:
    body = {"code": 0, "id": "req-77", "data": {"task_id": "not an id"}}

    assert reply(COMET, 200, body).verdict is Verdict.IN_DOUBT


@BOTH
@pytest.mark.parametrize("code", [0, "0", 0.0, 200, "200", "success", "SUCCESS"])
def test_every_spelling_of_yes_creates(provider: Provider, code: object) -> None:
    read = reply(provider, 200, {"code": code, "message": "SUCCEED", "data": {"task_id": TASK}})

    assert (read.verdict, read.task_id) == (Verdict.CREATED, TASK)


@BOTH
@pytest.mark.parametrize("status", [200, 201, 202, 299])
def test_yes_and_an_id_create_whatever_else_is_odd(provider: Provider, status: int) -> None:
    body = {
        "code": 0,
        "message": "external_task_id is not unique",
        "error": {"code": "5002", "message": "upstream"},
        "data": {"task_id": int(TASK), "task_status": "failed", "task_result": 7, "data": "x"},
    }

    assert reply(provider, status, body).task_id == TASK


@BOTH
def test_bytes_that_are_not_utf8_do_not_hide_a_task_id(provider: Provider) -> None:
    body = b'\xef\xbb\xbf{"code":0,"message":"\xff\xfe","data":{"task_id":"t-1","n":NaN}}'

    assert reply(provider, 200, body).task_id == "t-1"


@BOTH
def test_a_number_too_long_for_python_does_not_hide_a_task_id(provider: Provider) -> None:
    body = b'{"code":0,"data":{"task_id":"t-1","created_at":' + b"9" * 5000 + b"}}"

    assert reply(provider, 200, body).task_id == "t-1"


@BOTH
@pytest.mark.parametrize("status", [400, 429, 500, 503])
def test_a_refusing_status_beside_a_granted_task_is_in_doubt(
    provider: Provider, status: int
) -> None:
    read = reply(provider, status, {"code": 0, "data": {"task_id": TASK}})

    assert (read.verdict, read.task_id) == (Verdict.IN_DOUBT, None)
    assert TASK in read.words


def test_a_refusing_status_beside_yes_and_a_bare_id_is_in_doubt() -> None:
    assert reply(COMET, 400, {"code": 0, "id": "t-1"}).verdict is Verdict.IN_DOUBT


@BOTH
@pytest.mark.parametrize("status", [200, 429])
def test_a_refusing_code_beside_a_task_is_in_doubt(provider: Provider, status: int) -> None:
    body = {"code": 1303, "message": "parallel task over limit", "data": {"task_id": TASK}}
    read = reply(provider, status, body)

    assert read.verdict is Verdict.IN_DOUBT
    assert "1303" in read.words
    assert TASK in read.words


def test_the_id_of_an_error_is_not_a_task() -> None:
    read = reply(COMET, 200, {"id": "err-1", "error": {"message": "no", "code": ""}})

    assert read.verdict is Verdict.IN_DOUBT


def test_a_refusal_stays_one_when_its_error_has_an_id() -> None:
    read = reply(COMET, 429, {"id": "err-1", "code": 1303, "message": "too many"})

    assert read.verdict is Verdict.WAIT


@BOTH
@pytest.mark.parametrize(
    "message",
    [
        "external_task_id is not unique",
        "External task id must be unique per account",
        "the external_task_id already exists",
        "duplicate external_task_id",
        "external id 'ob-abc' is already in use",
        "external_task_id 重复",
    ],
)
@pytest.mark.parametrize("status", [200, 400, 500])
def test_an_external_id_that_is_taken_means_look_it_up(
    provider: Provider, message: str, status: int
) -> None:
    assert reply(provider, status, {"code": 1201, "message": message}).verdict is Verdict.DUPLICATE


@BOTH
def test_plain_text_may_say_that_an_external_id_is_taken(provider: Provider) -> None:
    assert reply(provider, 400, b"external_task_id exists").verdict is Verdict.DUPLICATE


@BOTH
def test_plain_text_cannot_turn_doubt_into_a_refusal(provider: Provider) -> None:
    assert reply(provider, 503, b"invalid model name").verdict is Verdict.IN_DOUBT


@BOTH
def test_an_external_id_that_is_merely_bad_is_a_refusal(provider: Provider) -> None:
    body = {"code": 1201, "message": "external_task_id is longer than 64 characters"}

    assert reply(provider, 400, body).verdict is Verdict.REFUSED


@BOTH
@pytest.mark.parametrize("status", [404, 405])
@pytest.mark.parametrize("body", [b"<!DOCTYPE html><title>Not Found</title>", b"Not Found", b""])
def test_a_missing_interface_stops_the_account_and_names_the_variable(
    provider: Provider, status: int, body: bytes
) -> None:
    read = reply(provider, status, body)

    assert read.verdict is Verdict.ACCOUNT
    assert provider.endpoint_variable in read.words
    assert str(status) in read.words


@BOTH
@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, "invalid model name"),
        (503, "Invalid model name (request id: 20260906)"),
        (400, "unsupported relay mode"),
        (404, "Invalid URL (POST /kling/v1/videos/omni-video)"),
    ],
)
def test_a_model_or_a_route_that_is_not_served_stops_the_account(
    provider: Provider, status: int, message: str
) -> None:
    assert reply(provider, status, comet_error(message)).verdict is Verdict.ACCOUNT


@BOTH
def test_a_prompt_echoed_in_a_message_decides_nothing(provider: Provider) -> None:
    message = "bad gateway while rendering 'a sign that says invalid model name'"

    assert reply(provider, 502, comet_error(message)).verdict is Verdict.IN_DOUBT


@pytest.mark.parametrize(
    ("status", "code", "verdict"),
    [
        (400, "invalid_request", Verdict.REFUSED),
        (500, "invalid_request", Verdict.REFUSED),
        (200, "invalid_request", Verdict.REFUSED),
        (503, "model_not_found", Verdict.ACCOUNT),
        (404, "model_not_found", Verdict.ACCOUNT),
        (403, "insufficient_user_quota", Verdict.ACCOUNT),
        (500, "", Verdict.IN_DOUBT),
        (400, "", Verdict.REFUSED),
    ],
)
def test_comets_own_error_object(status: int, code: str, verdict: Verdict) -> None:
    read = reply(COMET, status, comet_error("model name is required (request id: 1)", code))

    assert (read.verdict, read.words) == (verdict, "model name is required (request id: 1)")


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        (400, Verdict.REFUSED),
        (401, Verdict.ACCOUNT),
        (402, Verdict.ACCOUNT),
        (403, Verdict.ACCOUNT),
        (404, Verdict.REFUSED),
        (422, Verdict.REFUSED),
        (429, Verdict.WAIT),
        (500, Verdict.IN_DOUBT),
        (501, Verdict.IN_DOUBT),
    ],
)
@pytest.mark.parametrize("granted", [False, True])
def test_apimodels_repeats_the_status_as_a_code(code: int, verdict: Verdict, granted: bool) -> None:
    read = reply(MODELS, 200 if granted else code, {"code": code, "msg": "in its words"})

    assert (read.verdict, read.words) == (verdict, "in its words")


@BOTH
def test_a_wish_to_wait_is_passed_on(provider: Provider) -> None:
    body = {"code": 1302, "message": "too fast"}

    assert reply(provider, 429, body, retry_after="7").retry_after_s == 7.0


@BOTH
def test_words_are_never_missing_from_a_reply_that_creates_nothing(provider: Provider) -> None:
    assert reply(provider, 503).words == "HTTP 503"
    assert reply(provider, 503, {"code": 5001}).words == "HTTP 503, code 5001"
