"""Proxies: only the one that is given, and never for this machine's own addresses."""

import pytest

from omnibatch.endpoints import Secret
from omnibatch.providers import Response
from omnibatch.wire import Lost, NotSent, WireSettings

from .conftest import Dialled
from .listening import Call, Listener


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


def test_a_proxy_that_hangs_up_on_the_tunnel_is_at_worst_a_doubt(dialled: Dialled) -> None:
    def leave(call: Call) -> None:
        call.read()

    with Listener(leave) as proxy:
        dialled.settings = WireSettings(proxy=Secret(proxy.url))

        assert isinstance(dialled.create("https://provider.example"), NotSent | Lost)


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
