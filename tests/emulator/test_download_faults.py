"""Downloads that go wrong by script, as a client sees them."""

import io
import time

import av
import httpx
import pytest

from omnibatch.emulator import Fault


def on_download(do, **fields):
    return [Fault(on="download", do=do, **fields)]


def finished(client):
    return client.link(client.comet_id())


def test_expire_needs_a_new_link(launch, talk):
    client = talk(launch(on_download("expire", times=1)))
    task_id = client.comet_id()
    old = client.link(task_id)

    statuses = [client.http.get(old).status_code for _ in range(2)]
    new = client.link(task_id)

    assert statuses == [403, 403]
    assert new != old
    assert client.http.get(new).status_code == 200
    assert client.http.get(old).status_code == 403


def test_truncate_breaks_the_announced_length(launch, talk):
    client = talk(launch(on_download("truncate")))
    link = finished(client)

    with client.http.stream("GET", link) as response:
        announced = int(response.headers["content-length"])
        with pytest.raises(httpx.RemoteProtocolError, match="without sending complete"):
            response.read()
    assert 0 < response.num_bytes_downloaded == announced // 2


def test_wrong_length_satisfies_http_but_not_the_container(launch, talk):
    client = talk(launch(on_download("wrong_length", times=1)))
    link = finished(client)

    short = client.http.get(link)
    whole = client.http.get(link)

    assert short.status_code == 200
    assert int(short.headers["content-length"]) == len(short.content) < len(whole.content)
    assert whole.content.startswith(short.content)
    with av.open(io.BytesIO(short.content)) as clip:
        assert sum(1 for _ in clip.demux(video=0)) < 30


def test_html_in_place_of_a_clip(launch, talk):
    client = talk(launch(on_download("html")))

    response = client.http.get(finished(client))

    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/html")
    assert response.text.startswith("<!DOCTYPE html>")


def test_garbage_in_place_of_a_clip(launch, talk):
    client = talk(launch(on_download("garbage")))

    response = client.http.get(finished(client))

    assert response.headers["content-type"] == "video/mp4"
    assert b"ftyp" not in response.content


def test_stall_goes_on_after_a_while(launch, talk):
    client = talk(launch(on_download("stall", seconds=0.2)))
    link = finished(client)
    client.http.get(link)  # the first one encodes; its time is not the stall's

    begin = time.monotonic()
    response = client.http.get(link)

    assert time.monotonic() - begin >= 0.2
    assert len(response.content) == int(response.headers["content-length"])


def test_stall_longer_than_the_clients_patience(launch, talk):
    client = talk(launch(on_download("stall", seconds=30)))
    link = finished(client)

    with pytest.raises(httpx.ReadTimeout):
        client.http.get(link, timeout=0.3)


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ({"do": "answer", "status": 500}, 500),
        ({"do": "not_found"}, 404),
        ({"do": "rate_limit"}, 429),
        ({"do": "redirect", "location": "http://169.254.169.254/", "status": 302}, 302),
    ],
)
def test_downloads_answered_otherwise(launch, talk, fault, status):
    client = talk(launch(on_download(**fault)))

    assert client.http.get(finished(client)).status_code == status


@pytest.mark.parametrize("do", ["drop_before", "drop_after", "reset_after"])
def test_downloads_cut_off(launch, talk, do):
    client = talk(launch(on_download(do)))
    link = finished(client)

    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        client.http.get(link)


def test_a_delayed_download(launch, talk):
    client = talk(launch(on_download("delay", seconds=0.2)))

    assert client.http.get(finished(client)).elapsed.total_seconds() >= 0.2


def test_a_cut_lets_so_many_bytes_through_of_a_part_as_well(launch, talk):
    client = talk(launch(on_download("cut", bytes=1000)))
    link = finished(client)

    for headers in ({}, {"range": "bytes=500-"}):
        too_few = pytest.raises(httpx.RemoteProtocolError, match="without sending complete")
        with client.http.stream("GET", link, headers=headers) as response, too_few:
            response.read()
        assert response.num_bytes_downloaded == 1000


def test_a_cut_beyond_the_end_cuts_nothing(launch, talk):
    client = talk(launch(on_download("cut", bytes=10**9)))

    response = client.http.get(finished(client))

    assert len(response.content) == int(response.headers["content-length"])


def test_a_changed_clip_has_another_validator_and_still_plays(launch, talk):
    client = talk(launch(on_download("changed", after=1, times=1)))
    link = finished(client)

    first = client.http.get(link)
    conditional = {"range": "bytes=100-", "if-range": first.headers["etag"]}
    changed = client.http.get(link, headers=conditional)
    again = client.http.get(link, headers=conditional)

    assert changed.status_code == 200
    assert changed.headers["etag"] != first.headers["etag"]
    assert changed.content != first.content
    with av.open(io.BytesIO(changed.content)) as clip:
        assert clip.duration > 4_000_000
    assert again.status_code == 206
    assert again.headers["etag"] == first.headers["etag"]
    assert again.content == first.content[100:]
