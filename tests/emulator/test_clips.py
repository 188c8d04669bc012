"""Clips: real films of the right size and length, over HTTP as clients need them."""

import io
import time
from concurrent.futures import ThreadPoolExecutor

import av
import pytest


def facts(data: bytes) -> dict[str, object]:
    with av.open(io.BytesIO(data)) as clip:
        stream = clip.streams.video[0]
        return {
            "format": clip.format.name,
            "codec": stream.codec_context.name,
            "pixels": stream.codec_context.pix_fmt,
            "size": (stream.codec_context.width, stream.codec_context.height),
            "fps": stream.average_rate,
            "seconds": clip.duration / 1_000_000,
            "frames": sum(1 for _ in clip.decode(video=0)),
        }


def get(client, **fields) -> bytes:
    response = client.http.get(client.link(client.comet_id(**fields)))
    assert response.status_code == 200
    return bytes(response.content)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fields", "size"),
    [
        ({"mode": "std", "aspect_ratio": "16:9"}, (1280, 720)),
        ({"mode": "pro", "aspect_ratio": "9:16"}, (1080, 1920)),
        ({"mode": "std", "aspect_ratio": "1:1"}, (720, 720)),
    ],
)
def test_a_full_clip_has_the_size_of_its_mode(launch, talk, fields, size):
    """Slow: real pixels are encoded and decoded."""
    data = get(talk(launch(clip="full")), duration="5", **fields)

    assert "mp4" in str(facts(data)["format"])
    assert facts(data) | {"format": ""} == {
        "format": "",
        "codec": "h264",
        "pixels": "yuv420p",
        "size": size,
        "fps": 24,
        "seconds": 5.0,
        "frames": 120,
    }
    assert data.index(b"moov") < data.index(b"mdat")


@pytest.mark.parametrize("seconds", [3, 4, 10, 15])
def test_a_small_clip_has_the_same_length(launch, talk, seconds):
    data = get(talk(launch()), model_name="kling-v3-omni", duration=str(seconds))

    assert facts(data)["size"] == (284, 160)
    assert facts(data)["seconds"] == seconds
    assert data.index(b"moov") < data.index(b"mdat")


def test_the_timecode_moves(launch, talk):
    with av.open(io.BytesIO(get(talk(launch())))) as clip:
        frames = [bytes(frame.planes[0]) for frame in clip.decode(video=0)]

    assert len(set(frames)) == len(frames)


def test_the_same_order_gives_the_same_bytes_anywhere(launch, talk):
    fields = {"external_task_id": "ob-1", "prompt": "A boat on a lake"}
    first = get(talk(launch(state="a")), **fields)
    second = get(talk(launch(state="b")), **fields)
    other_seed = get(talk(launch(state="c", seed=1)), **fields)

    assert first == second
    assert other_seed != first


def test_renders_of_one_order_differ(launch, talk):
    client = talk(launch())

    assert get(client) != get(client)


def test_titles_are_chosen_by_external_id_or_prompt(launch, talk):
    plain = talk(launch(state="a"))
    titled = talk(launch(state="b", titles={"A boat": "opening"}))
    by_id = talk(launch(state="c", titles={"ob-1": "opening"}))

    assert get(plain) != get(titled)
    assert get(plain, external_task_id="ob-1") != get(by_id, external_task_id="ob-1")


@pytest.mark.parametrize("prompt", ["word " * 500, "x" * 2500, "灯塔 🌊 \u202e\n\ttab", "-"])
def test_any_prompt_fits_on_the_card(launch, talk, prompt):
    assert facts(get(talk(launch()), prompt=prompt, aspect_ratio="9:16"))["size"] == (160, 284)


def test_links_are_signed(launch, talk):
    client = talk(launch())
    link = client.link(client.comet_id())
    bare = link.partition("?")[0]

    assert client.http.get(link, headers={"authorization": ""}).status_code == 200
    assert client.http.get(bare).status_code == 403
    assert client.http.get(bare + "?sig=" + "0" * 32).status_code == 403
    assert client.http.get("/clips/123.mp4?sig=0").status_code == 404


def test_an_unfinished_clip_is_not_there(launch, talk):
    emulator = launch(state="a", render_s=(30, 30))
    client = talk(emulator)
    ready = talk(launch(state="b"))
    # One seed: the other emulator gives the same order the same id and signature.
    link = ready.link(ready.comet_id())
    client.comet_id()

    assert client.http.get(link.replace(ready.url, client.url)).status_code == 404


def test_ranges(launch, talk):
    client = talk(launch())
    link = client.link(client.comet_id())
    whole = client.http.get(link)
    size = len(whole.content)

    def part(value: str, **headers: str):
        return client.http.get(link, headers={"range": value, **headers})

    assert whole.headers["accept-ranges"] == "bytes"
    assert int(whole.headers["content-length"]) == size
    for value, first, last in [
        ("bytes=0-9", 0, 9),
        ("Bytes=0-9", 0, 9),
        ("bytes=100-", 100, size - 1),
        ("bytes=-7", size - 7, size - 1),
        (f"bytes=5-{size * 2}", 5, size - 1),
    ]:
        response = part(value)
        assert response.status_code == 206
        assert response.headers["content-range"] == f"bytes {first}-{last}/{size}"
        assert response.content == whole.content[first : last + 1]
        assert response.headers["etag"] == whole.headers["etag"]
    for value in (
        *("bytes=0-1,4-5", "lines=0-1", "bytes=-", "bytes=9-3", "bytes 0-9", "bytes=a-b"),
        f"bytes=0-{'9' * 5000}",
    ):
        assert part(value).status_code == 200
    for value in (f"bytes={size}-", "bytes=-0"):
        beyond = part(value)
        assert beyond.status_code == 416
        assert beyond.headers["content-range"] == f"bytes */{size}"
    assert part("bytes=0-9", **{"if-range": whole.headers["etag"]}).status_code == 206
    for other in ('"other"', f"W/{whole.headers['etag']}", "Sun, 22 Nov 2026 10:00:00 GMT"):
        assert part("bytes=0-9", **{"if-range": other}).status_code == 200
    head = client.http.head(link, headers={"range": "bytes=0-9"})
    assert (head.status_code, int(head.headers["content-length"])) == (200, size)


def test_head_tells_the_length(launch, talk):
    client = talk(launch())
    link = client.link(client.comet_id())

    head = client.http.head(link)

    assert head.status_code == 200
    assert head.content == b""
    assert int(head.headers["content-length"]) == len(client.http.get(link).content)


@pytest.mark.slow
def test_encoding_does_not_hold_up_other_requests(launch, talk):
    """Slow: several large clips are encoded, to have something to be held up by."""
    client = talk(launch(clip="full"))
    links = [client.link(client.comet_id(mode="pro", prompt=f"{number}")) for number in range(2)]

    with ThreadPoolExecutor(2) as pool:
        clips = [pool.submit(client.http.get, link) for link in links]
        waits = []
        while not all(clip.done() for clip in clips):
            begin = time.monotonic()
            client.comet_query("1")
            waits.append(time.monotonic() - begin)
            time.sleep(0.01)

    assert all(clip.result().status_code == 200 for clip in clips)
    assert len(waits) > 10
    assert sorted(waits)[len(waits) // 2] < 0.1


def test_downloads_of_one_clip_at_once_make_it_once(launch, talk, tmp_path):
    client = talk(launch())
    link = client.link(client.comet_id())

    with ThreadPoolExecutor(8) as pool:
        clips = list(pool.map(lambda _: client.http.get(link).content, range(8)))

    assert len(set(clips)) == 1
    assert [path.suffix for path in (tmp_path / "state" / "clips").iterdir()] == [".mp4"]


def test_half_made_clips_are_swept_at_the_start(launch, tmp_path):
    left_over = tmp_path / "state" / "clips" / "abc.part"
    left_over.parent.mkdir(parents=True)
    left_over.write_bytes(b"half")

    launch()

    assert not left_over.exists()


@pytest.mark.slow
def test_stopping_gives_up_clips_in_the_making(launch, talk):
    """Slow: starts a clip that takes long, to stop in the middle of it."""
    emulator = launch(clip="full")
    client = talk(emulator)
    link = client.link(client.comet_id(model_name="kling-v3-omni", mode="pro", duration="15"))

    with ThreadPoolExecutor(1) as pool:
        path = link.removeprefix(client.url)
        request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"
        waiting = pool.submit(client.raw, request.encode())
        time.sleep(0.3)
        begin = time.monotonic()
        emulator.stop()
        took = time.monotonic() - begin
        received, _ = waiting.result()

    assert took < 2.0
    assert received == b""
