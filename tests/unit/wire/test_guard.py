"""Which addresses a clip may come from: numbers only here, since no name is looked up in tests."""

import anyio
import pytest

from omnibatch.wire.guard import Admitted, admit


def objection(url: str, *, loopback: bool = False) -> str | None:
    async def main() -> Admitted | str:
        return await admit(url, loopback=loopback)

    judged = anyio.run(main)
    return judged if isinstance(judged, str) else None


@pytest.mark.parametrize(
    "url",
    [
        "https://8.8.8.8/clip.mp4",
        "https://8.8.8.8:443/clip.mp4?sig=a",
        "HTTPS://8.8.8.8/",
        "https://[2606:4700::1111]/",
        "https://[::ffff:8.8.8.8]/",
    ],
)
def test_a_public_address_over_https_is_admitted(url: str) -> None:
    assert objection(url) is None
    assert objection(url, loopback=True) is None


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.8.9.1",
        "[::1]",
        "localhost",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "255.255.255.255",
        "224.0.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "[::]",
        "[fe80::1]",
        "[fd00::1]",
        "[ff02::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:10.0.0.1]",
        "[::ffff:169.254.169.254]",
        "[64:ff9b::a00:1]",
        "[64:ff9b::a9fe:a9fe]",
        "[2002:a00:1::]",
        "[2002:7f00:1::]",
        "[fec0::1]",
        "[::808:808]",
        "[64:ff9b:1::a00:1]",
        "[3fff::1]",
        "[5f00::1]",
    ],
)
def test_an_address_that_is_not_public_is_refused(host: str) -> None:
    assert objection(f"https://{host}/clip.mp4") is not None


@pytest.mark.parametrize(
    "url",
    [
        "http://8.8.8.8/clip.mp4",
        "file:///etc/passwd",
        "ftp://8.8.8.8/clip.mp4",
        "data:video/mp4;base64,AAAA",
        "https:///clip.mp4",
        "//8.8.8.8/clip.mp4",
        "clip.mp4",
        "",
        "https://user@8.8.8.8/",
        "https://user:word@8.8.8.8/",
        "https://:word@8.8.8.8/",
        "https://8.8.8.8:99999/",
        "https://8.8.8.8:x/",
        "https://[8.8.8.8/",
        "https://8.8.8.8:8443/",
        "https://8.8.8.8:22/",
        "https://8.8.8.8:0/",
    ],
)
@pytest.mark.parametrize("loopback", [False, True])
def test_anything_but_plain_https_is_refused(url: str, loopback: bool) -> None:
    assert objection(url, loopback=loopback) is not None


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "https://127.0.0.1/", "http://[::1]:9/"])
def test_this_machine_is_admitted_where_that_is_allowed(url: str) -> None:
    assert objection(url, loopback=True) is None


@pytest.mark.parametrize("host", ["10.0.0.1", "169.254.169.254", "[::ffff:10.0.0.1]"])
def test_allowing_this_machine_allows_no_other_of_its_network(host: str) -> None:
    assert objection(f"https://{host}/", loopback=True) is not None
