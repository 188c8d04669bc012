"""What every provider must keep, whatever it talks to. A new adapter passes this suite first."""

import base64
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints
from urllib.parse import quote, unquote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omnibatch.errors import OmnibatchError
from omnibatch.problems import Place
from omnibatch.providers import (
    Provider,
    Response,
    StatusReply,
    Verdict,
    provider_named,
    provider_names,
)
from omnibatch.shots import (
    BrokenSource,
    ElementRef,
    FileSource,
    ImageRef,
    MultiShot,
    Part,
    Shot,
    Slot,
    UrlSource,
    VideoRef,
)

HERE = Place("harbor.yaml", 3, 5)
ATTEMPT = "ob-abcdefghijklmnopqrstuvwxyz"
PICTURE = b"\x89PNG\r\n\x1a\n not looked at here"
PICTURE_PATH = Path("/refs/keeper.png")
FILES = {PICTURE_PATH: PICTURE}
PHASES = set(get_args(get_type_hints(StatusReply)["phase"]))

PROVIDERS = [provider_named(name) for name in provider_names()]
ALL = pytest.mark.parametrize("provider", PROVIDERS, ids=lambda p: p.name)


@ALL
def test_its_models_are_its_own(provider: Provider) -> None:
    rows = provider.models()

    assert rows
    assert {row.provider for row in rows} == {provider.name}
    assert len({row.model for row in rows}) == len(rows)


def a_shot(**changes: Any) -> Shot:
    settled: dict[str, Any] = {
        "slot": Slot("opening"),
        "place": HERE,
        "providers": provider_names(),
        "model": "kling-v3-omni",
        "prompt": "A keeper walks along the pier — «dawn», 日出 <<<image_1>>>.",
        "mode": "std",
        "duration": 5,
        "aspect_ratio": "16:9",
        "target": "renders/opening.mp4",
    }
    return Shot(**(settled | changes))


def body_of(provider: Provider, shot: Shot, files: Mapping[Path, bytes] = FILES) -> dict[str, Any]:
    body = provider.create_request(shot, ATTEMPT, files).body
    assert body is not None
    read: dict[str, Any] = json.loads(body)
    return read


local = ImageRef(source=FileSource(path=PICTURE_PATH, shown="refs/keeper.png"), place=HERE)
remote = ImageRef(source=UrlSource(url="https://example.com/pier.jpg"), place=HERE)
sway = UrlSource(url="https://example.com/sway.mp4")

SHOTS = {
    "text": a_shot(),
    "images": a_shot(images=(local, remote)),
    "frames": a_shot(
        aspect_ratio=None,
        images=(
            remote,
            ImageRef(source=local.source, use="first_frame", place=HERE),
            ImageRef(source=remote.source, use="end_frame", place=HERE),
        ),
    ),
    "elements": a_shot(elements=(ElementRef(element_id="1601234567890123459", place=HERE),)),
    "feature": a_shot(video=VideoRef(source=sway, place=HERE), sound="original"),
    "edit": a_shot(
        video=VideoRef(source=sway, use="base", place=HERE), duration=None, aspect_ratio=None
    ),
    "sound": a_shot(sound="on"),
    "auto": a_shot(multi_shot=MultiShot(auto=True, place=HERE)),
    "parts": a_shot(
        prompt="",
        multi_shot=MultiShot(
            parts=(
                Part(prompt="She turns.", duration=2, place=HERE),
                Part(prompt="She runs.", duration=3, place=HERE),
            ),
            place=HERE,
        ),
    ),
    "callback": a_shot(callback_url="https://example.com/hook"),
}
EVERY_SHOT = pytest.mark.parametrize("shot", list(SHOTS.values()), ids=list(SHOTS))


@ALL
def test_a_provider_is_a_frozen_value(provider: Provider) -> None:
    assert is_dataclass(provider)
    with pytest.raises(AttributeError):
        provider.endpoint = "https://elsewhere.example"
    assert all(hash(getattr(provider, f.name)) for f in fields(provider))


@ALL
def test_its_built_in_endpoint_is_a_bare_https_address(provider: Provider) -> None:
    parts = urlsplit(provider.endpoint)

    assert parts.scheme == "https"
    assert parts.hostname
    assert (parts.path, parts.query, parts.fragment, parts.username) == ("", "", "", None)


@ALL
def test_its_variables_are_its_own(provider: Provider) -> None:
    others = [p for n in provider_names() if (p := provider_named(n)).name != provider.name]

    assert provider.key_variable != provider.endpoint_variable
    assert provider.key_variable not in {other.key_variable for other in others}
    assert provider.endpoint_variable not in {other.endpoint_variable for other in others}


@ALL
def test_only_the_authorization_header_carries_the_key(provider: Provider) -> None:
    assert dict(provider.auth_headers("k-1")) == {"Authorization": "Bearer k-1"}


@ALL
@EVERY_SHOT
def test_a_create_is_one_post_of_json(provider: Provider, shot: Shot) -> None:
    request = provider.create_request(shot, ATTEMPT, FILES)

    assert request.method == "POST"
    assert request.path.startswith("/")
    assert isinstance(body_of(provider, shot), dict)


@ALL
@EVERY_SHOT
def test_the_same_shot_gives_the_same_bytes(provider: Provider, shot: Shot) -> None:
    first = provider.create_request(shot, ATTEMPT, FILES)

    assert provider.create_request(shot, ATTEMPT, FILES) == first


@ALL
@EVERY_SHOT
def test_the_mode_is_always_said_because_the_defaults_differ(
    provider: Provider, shot: Shot
) -> None:
    assert body_of(provider, shot)["mode"] == "std"


@ALL
@EVERY_SHOT
def test_the_duration_is_a_string_or_absent(provider: Provider, shot: Shot) -> None:
    body = body_of(provider, shot)

    assert body.get("duration") == (None if shot.duration is None else "5")
    assert all(isinstance(part["duration"], str) for part in body.get("multi_prompt", []))


@ALL
@EVERY_SHOT
def test_nothing_unset_is_sent(provider: Provider, shot: Shot) -> None:
    body = body_of(provider, shot)

    assert [key for key, value in body.items() if value in (None, [], {})] == []
    assert ("aspect_ratio" in body) == (shot.aspect_ratio is not None)
    assert ("callback_url" in body) == (shot.callback_url is not None)
    assert ("sound" in body) == (shot.sound == "on")


@ALL
def test_a_local_image_goes_as_bare_base64(provider: Provider) -> None:
    image, _ = body_of(provider, SHOTS["images"])["image_list"]

    assert base64.b64decode(image["image_url"], validate=True) == PICTURE
    assert "type" not in image


@ALL
def test_images_keep_their_order_and_frames_their_type(provider: Provider) -> None:
    images = body_of(provider, SHOTS["frames"])["image_list"]

    assert [image.get("type") for image in images] == [None, "first_frame", "end_frame"]
    assert images[0]["image_url"] == "https://example.com/pier.jpg"


@ALL
def test_an_element_id_of_nineteen_digits_stays_exact(provider: Provider) -> None:
    body = body_of(provider, SHOTS["elements"])

    assert body["element_list"] == [{"element_id": 1601234567890123459}]


@ALL
@pytest.mark.parametrize("written", ["0160", "elem-7", "١٢٣"])
def test_an_element_id_that_no_number_can_hold_stays_text(provider: Provider, written: str) -> None:
    shot = a_shot(elements=(ElementRef(element_id=written, place=HERE),))

    assert body_of(provider, shot)["element_list"] == [{"element_id": written}]


@ALL
@pytest.mark.parametrize(("sound", "kept"), [("off", "no"), ("original", "yes")])
def test_a_video_says_its_use_and_whether_its_sound_is_kept(
    provider: Provider, sound: str, kept: str
) -> None:
    shot = a_shot(video=VideoRef(source=sway, use="base", place=HERE), sound=sound)

    assert body_of(provider, shot)["video_list"] == [
        {"video_url": sway.url, "refer_type": "base", "keep_original_sound": kept}
    ]


@ALL
def test_an_element_goes_by_its_id_at_the_provider(provider: Provider) -> None:
    ids = {name: f"160123456789012345{number}" for number, name in enumerate(provider_names())}
    element = ElementRef(element_id="", by_provider=ids, name="keeper", place=HERE)

    assert body_of(provider, a_shot(elements=(element,)))["element_list"] == [
        {"element_id": int(ids[provider.name])}
    ]


@ALL
def test_an_element_without_an_id_there_is_refused_before_anything_is_sent(
    provider: Provider,
) -> None:
    element = ElementRef(element_id="", by_provider={"another": "1"}, name="keeper", place=HERE)

    with pytest.raises(OmnibatchError, match="keeper") as caught:
        provider.create_request(a_shot(elements=(element,)), ATTEMPT, {})
    assert provider.name in caught.value.hint


@ALL
def test_a_local_video_is_refused_before_anything_is_sent(provider: Provider) -> None:
    source = FileSource(path=Path("/refs/sway.mp4"), shown="refs/sway.mp4")
    shot = a_shot(video=VideoRef(source=source, place=HERE))

    with pytest.raises(OmnibatchError, match=r"refs/sway\.mp4") as caught:
        provider.create_request(shot, ATTEMPT, {})
    assert "https" in caught.value.hint


@ALL
@pytest.mark.parametrize("kind", ["image", "element", "video"])
def test_what_cannot_be_used_is_refused_before_anything_is_sent(
    provider: Provider, kind: str
) -> None:
    source = BrokenSource(shown="nix.png")
    broken = {
        "image": a_shot(images=(ImageRef(source=source, place=HERE),)),
        "element": a_shot(
            elements=(ElementRef(element_id="", is_broken=True, name="nix.png", place=HERE),)
        ),
        "video": a_shot(video=VideoRef(source=source, place=HERE)),
    }

    with pytest.raises(OmnibatchError, match=r"nix\.png cannot be used"):
        provider.create_request(broken[kind], ATTEMPT, {})


@ALL
def test_listed_parts_are_numbered_from_one_and_leave_the_prompt_empty(provider: Provider) -> None:
    body = body_of(provider, SHOTS["parts"])

    assert body["multi_prompt"] == [
        {"index": 1, "prompt": "She turns.", "duration": "2"},
        {"index": 2, "prompt": "She runs.", "duration": "3"},
    ]
    assert (body["multi_shot"], body["shot_type"], body["prompt"]) == (True, "customize", "")


@ALL
def test_an_automatic_multi_shot_keeps_its_prompt(provider: Provider) -> None:
    body = body_of(provider, SHOTS["auto"])

    assert (body["multi_shot"], body["shot_type"]) == (True, "intelligence")
    assert body["prompt"] == SHOTS["auto"].prompt
    assert "multi_prompt" not in body


@ALL
def test_raw_fields_come_last_and_only_the_providers_own(provider: Provider) -> None:
    extra = {
        provider.name: {"watermark_info": {"enabled": True}, "mode": "4k"},
        "another": {"seed": 7},
    }
    body = body_of(provider, a_shot(extra=extra))

    assert body["watermark_info"] == {"enabled": True}
    assert body["mode"] == "4k"
    assert "seed" not in body


@ALL
def test_raw_fields_cannot_replace_the_id_by_which_a_task_is_found_again(
    provider: Provider,
) -> None:
    plain = body_of(provider, a_shot())
    extra = {provider.name: {"external_task_id": "mine"}}

    assert body_of(provider, a_shot(extra=extra)) == plain


@ALL
@pytest.mark.parametrize("value", [float("nan"), {1, 2}, b"bytes", "\ud800"], ids=repr)
def test_a_raw_field_that_json_cannot_carry_stops_before_the_post(
    provider: Provider, value: object
) -> None:
    with pytest.raises(OmnibatchError, match="opening") as caught:
        provider.create_request(a_shot(extra={provider.name: {"x": value}}), ATTEMPT, {})
    assert provider.name in caught.value.hint


@ALL
@pytest.mark.parametrize("task_id", ["867283741759111202", "a/b?c=d&e#f", "../..", "..", "ключ 1"])
def test_a_query_is_a_get_from_which_no_odd_id_escapes(provider: Provider, task_id: str) -> None:
    request = provider.query_request(task_id)
    create = provider.create_request(a_shot(), ATTEMPT, {})
    tail = request.path.removeprefix(create.path)

    assert (request.method, request.body) == ("GET", None)
    assert request.path.startswith(create.path)
    if request.query:
        assert tail == ""
        assert list(request.query.values()) == [task_id]
    else:
        assert tail.count("/") == 1
        assert unquote(tail) == f"/{task_id}"
        assert tail == quote(tail, safe="/%")
        assert tail.strip("/.")


@ALL
def test_the_lookup_row_says_whether_there_is_a_lookup(provider: Provider) -> None:
    request = provider.lookup_request(ATTEMPT)

    assert (request is None) == (provider.lookup.by == "none")
    if request is not None:
        assert request.method == "GET"
        assert ATTEMPT in request.path or ATTEMPT in request.query.values()
        assert ATTEMPT in body_of(provider, a_shot()).values()
    assert provider.lookup.lag_s >= 0


NOTHING = [
    Response(status=404),
    Response(status=404, body=b'{"code":1203,"message":"task not found"}'),
    Response(status=400, body=b'{"code":1201,"message":"bad id"}'),
    Response(status=200, body=b'{"code":0,"message":"SUCCEED","data":{}}'),
    Response(status=200, body=b"<html></html>"),
    Response(status=502),
]


@ALL
@pytest.mark.parametrize("response", NOTHING, ids=lambda r: f"{r.status} {r.body!r}")
def test_an_empty_lookup_proves_nothing_unless_the_row_says_so(
    provider: Provider, response: Response
) -> None:
    reply = provider.read_lookup(response, ATTEMPT)

    assert reply.found == "unknown" or provider.lookup.absent_is == "authoritative"
    assert reply.task_ids == ()


KEYS = st.sampled_from(
    [
        *("code", "message", "msg", "request_id", "data", "error", "task_id", "taskId", "id"),
        *("task_status", "status", "state", "task_status_msg", "fail_reason", "failMsg"),
        *("task_result", "videos", "url", "resultUrls", "resultJson", "task_info", "metadata"),
        "external_task_id",
    ]
)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(
        [
            *("0", "success", 0, 200, 1303, 1201, 5002, "invalid_request", "model_not_found"),
            *("succeed", "SUCCESS", "failed", "processing", "https://r.example/a.mp4", ATTEMPT),
            *('{"resultUrls":["https://r.example/b.mp4"]}', "[" * 5000, 10**300, "\ud800", ""),
        ]
    ),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=25,
)
BODIES = st.binary(max_size=200) | TREES.map(lambda tree: json.dumps(tree).encode())
STATUSES = st.sampled_from([200, 201, 204, 301, 307, 400, 401, 404, 409, 429, 500, 503, 504]) | (
    st.integers(min_value=-1, max_value=1000)
)
HEADERS = st.dictionaries(
    st.sampled_from(["retry-after", "date", "location", "content-type"]),
    st.text(max_size=40)
    | st.sampled_from(["10", "1e999", "Wed, 21 Oct 2026 07:28:00 GMT", "Mon, 99 Foo -1 aa:bb"]),
)
RESPONSES = st.builds(Response, status=STATUSES, headers=HEADERS, body=BODIES)


def tidy(words: str, longest: int = 300) -> bool:
    return len(words) <= longest and all(c.isprintable() or c in "\u200c\u200d" for c in words)


@ALL
@settings(deadline=None, max_examples=120, derandomize=True)
@given(response=RESPONSES)
def test_no_reply_to_a_create_can_break_the_reader(provider: Provider, response: Response) -> None:
    reply = provider.read_created(response)

    assert (reply.task_id is not None) == (reply.verdict is Verdict.CREATED)
    assert tidy(reply.words)
    assert reply.retry_after_s is None or 0 <= reply.retry_after_s <= 86_400
    if reply.task_id is not None:
        assert 200 <= response.status < 300
        assert tidy(reply.task_id, 200)
        assert " " not in reply.task_id
    if 300 <= response.status < 400:
        assert reply.verdict is Verdict.ELSEWHERE


@ALL
@settings(deadline=None, max_examples=120, derandomize=True)
@given(response=RESPONSES)
def test_no_reply_to_a_query_can_break_the_reader(provider: Provider, response: Response) -> None:
    reply = provider.read_status(response)

    assert reply.phase in PHASES
    assert bool(reply.urls) == (reply.phase == "succeeded")
    assert all(url.startswith(("https://", "http://")) for url in reply.urls)
    assert reply.error or reply.phase in {"running", "succeeded"}
    assert tidy(reply.error)
    if reply.phase in {"succeeded", "failed"}:
        assert 200 <= response.status < 300


@ALL
@settings(deadline=None, max_examples=120, derandomize=True)
@given(response=RESPONSES)
def test_no_reply_to_a_lookup_can_break_the_reader(provider: Provider, response: Response) -> None:
    reply = provider.read_lookup(response, ATTEMPT)

    assert (reply.found == "found") == bool(reply.task_ids)
    assert reply.found != "absent" or provider.lookup.absent_is == "authoritative"
    assert ATTEMPT not in reply.task_ids
    assert tidy(reply.words)


@ALL
@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000,
        b'{"data":' * 100_000,
        b'{"code":0,"data":' + b'{"data":' * 500 + b"{}" + b"}" * 501,
        b'{"code":' + b"9" * 6000 + b"}",
        b"\xff\xfe\x00\x00",
        b"9" * (8 * 1024 * 1024 + 1),
    ],
    ids=["lists", "objects", "wrappers", "number", "bytes", "size"],
)
def test_a_hostile_body_is_doubt_and_nothing_worse(provider: Provider, body: bytes) -> None:
    response = Response(status=200, body=body)

    assert provider.read_created(response).verdict is Verdict.IN_DOUBT
    assert provider.read_status(response).phase == "unclear"
    assert provider.read_lookup(response, ATTEMPT).found == "unknown"
