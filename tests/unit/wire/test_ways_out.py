"""Proxies: only the one that is given, and never for this machine's own addresses."""

from pathlib import Path

import pytest

from omnibatch.endpoints import Secret
from omnibatch.providers import Response
from omnibatch.wire import Fetched, Lost, NotSent, WireSettings

from .conftest import CREATE, Certificate, Dialled
from .listening import NAME, Call, Listener


def answer(call: Call) -> None:
    call.read()
    call.answer(200)


def refuse(call: Call) -> None:
    call.read()
    call.answer(407, b"")


def test_a_proxy_of_the_environment_is_ignored(
    dialled: Dialled, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Listener(answer) as server, Listener(refuse) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        reply = dialled.create(server.url)

        assert isinstance(reply, Response)
        assert proxy.calls == []


def test_a_download_reads_nothing_of_the_environment(
    dialled: Dialled, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("default login me password from-netrc\n")
    with Listener(answer) as server, Listener(refuse) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
        fetched = dialled.fetch(server.url, tmp_path / "clip.part")

        assert isinstance(fetched, Fetched)
        assert proxy.calls == []
        assert b"authorization" not in server.requests[0].lower()


def test_a_netrc_of_the_home_is_ignored(
    dialled: Dialled, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    netrc = tmp_path_factory.mktemp("home") / "netrc"
    netrc.write_text("default login me password from-netrc\n")
    monkeypatch.setenv("NETRC", str(netrc))

    with Listener(answer) as server:
        dialled.create(server.url)

    assert b"Bearer test-key" in server.requests[0]


def test_a_given_proxy_is_asked_for_a_tunnel_and_sees_neither_key_nor_body(
    dialled: Dialled,
) -> None:
    with Listener(refuse) as proxy:
        dialled.settings = WireSettings(proxy=Secret(proxy.url))
        reply = dialled.create("https://provider.example", key="canary-0123456789")

        assert isinstance(reply, NotSent)
        (request,) = proxy.requests
    assert request.startswith(b"CONNECT provider.example:443 HTTP/1.1\r\n")
    assert b"canary" not in request
    assert b"lighthouse" not in request


@pytest.mark.parametrize("way", ["in order", "by reset", "in the middle", "with nonsense"])
def test_a_proxy_that_hangs_up_on_the_tunnel_sent_nothing(dialled: Dialled, way: str) -> None:
    def leave(call: Call) -> None:
        call.read()
        if way == "by reset":
            call.reset()
        elif way == "in the middle":
            call.send(b"HTTP/1.1 200 Conn")
        elif way == "with nonsense":
            call.send(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")

    with Listener(leave) as proxy:
        dialled.settings = WireSettings(proxy=Secret(proxy.url))
        reply = dialled.create("https://provider.example")

    assert isinstance(reply, NotSent)
    assert reply.reason.startswith("no tunnel through the proxy: Re")


@pytest.mark.parametrize("reset", [False, True])
def test_an_exchange_that_is_cut_inside_a_tunnel_is_a_doubt(
    dialled: Dialled, certificate: Certificate, reset: bool
) -> None:
    inside = []

    def through(call: Call) -> None:
        assert b"CONNECT " in call.read()
        call.send(b"HTTP/1.1 200 Connected\r\n\r\n")
        call.start_tls(certificate.context)
        inside.append(call.read())
        if reset:
            call.reset()

    with Listener(through) as proxy:
        dialled.settings = WireSettings(ca_file=str(certificate.file), proxy=Secret(proxy.url))
        reply = dialled.create(f"https://{NAME}")

    assert isinstance(reply, Lost)
    assert CREATE.body is not None
    assert inside[0].endswith(CREATE.body)


def test_an_exchange_through_a_tunnel_is_answered(
    dialled: Dialled, certificate: Certificate
) -> None:
    def through(call: Call) -> None:
        call.read()
        call.send(b"HTTP/1.1 200 Connected\r\n\r\n")
        call.start_tls(certificate.context)
        answer(call)

    with Listener(through) as proxy:
        dialled.settings = WireSettings(ca_file=str(certificate.file), proxy=Secret(proxy.url))
        reply = dialled.create(f"https://{NAME}")

    assert isinstance(reply, Response)
    assert reply.status == 200


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_loopback_addresses_are_dialled_directly_whatever_the_proxy(
    dialled: Dialled, host: str
) -> None:
    listens_at = "127.0.0.1" if host == "localhost" else host
    try:
        server = Listener(answer, host=listens_at)
    except OSError:
        pytest.skip(f"this machine has no {host}")
    with server, Listener(refuse) as proxy:
        dialled.settings = WireSettings(proxy=Secret(proxy.url))
        reply = dialled.create(server.url.replace(listens_at, host))

        assert isinstance(reply, Response)
        assert reply.status == 200
        assert proxy.calls == []
