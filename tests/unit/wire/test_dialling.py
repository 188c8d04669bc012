"""Downloads go to the addresses that were judged, and prove the name of the URL by TLS."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from omnibatch.endpoints import Secret
from omnibatch.wire import Fetched, NotFetched, WireSettings

from ...guard import RealNetwork
from .conftest import Certificate, Dialled, Resolver
from .listening import NAME, Call, Handler, Listener

CLIP = b"the clip" * 1000
PUBLIC = "8.8.8.8"
PUBLIC_6 = "2606:4700::1111"


def serve(call: Call) -> None:
    call.read()
    call.answer(200, CLIP)


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "clip.part"


@pytest.fixture
def server(certificate: Certificate) -> Iterator[Listener]:
    """A server of clips at `NAME`, by https."""
    with Listener(serve, tls=certificate.context) as server:
        yield server


@pytest.fixture
def trusting(dialled: Dialled, certificate: Certificate) -> Dialled:
    """Trusts the certificate of `NAME`."""
    dialled.settings = WireSettings(ca_file=str(certificate.file))
    return dialled


@pytest.fixture
def proxy(dialled: Dialled, certificate: Certificate) -> Iterator[Listener]:
    """A proxy that lets anybody through, to a server of clips at `NAME`, whoever was asked for."""
    with Listener(tunnel_to(certificate, serve)) as proxy:
        dialled.settings = WireSettings(
            ca_file=str(certificate.file), proxy=Secret(proxy.url.replace("//", "//user:word@"))
        )
        yield proxy


tunnels: list[bytes] = []


@pytest.fixture(autouse=True)
def forget_tunnels() -> None:
    tunnels.clear()


def tunnel_to(certificate: Certificate, handler: Handler) -> Handler:
    """Be a proxy that notes where it is asked to connect to, and then the server there."""

    def tunnel(call: Call) -> None:
        tunnels.append(call.read())
        call.send(b"HTTP/1.1 200 Connected\r\n\r\n")
        call.start_tls(certificate.context)
        handler(call)

    return tunnel


def targets() -> list[str]:
    """Where the proxy was asked to connect to."""
    return [request.split(b" ")[1].decode() for request in tunnels]


def failed(fetched: Fetched | NotFetched) -> NotFetched:
    assert isinstance(fetched, NotFetched), fetched
    return fetched


def test_the_name_is_what_the_server_is_asked_for_and_proves(
    trusting: Dialled, server: Listener, resolver: Resolver, part: Path
) -> None:
    fetched = trusting.fetch(f"{server.tls_url}/a/clip.mp4?sig=x", part)

    assert isinstance(fetched, Fetched)
    assert part.read_bytes() == CLIP
    head = server.requests[0].lower()
    assert head.startswith(b"get /a/clip.mp4?sig=x http/1.1\r\n")
    assert f"\r\nhost: {NAME}:{server.port}\r\n".encode() in head


def test_a_certificate_of_another_name_is_refused_before_anything_is_asked(
    trusting: Dialled, server: Listener, resolver: Resolver, part: Path
) -> None:
    resolver.answers["other.example"] = [["127.0.0.1"]]

    fetched = failed(trusting.fetch(server.tls_url.replace(NAME, "other.example"), part))

    assert "Hostname mismatch" in fetched.reason
    assert server.requests == [b""]


def test_a_certificate_does_not_hold_for_the_address_that_was_dialled(
    trusting: Dialled, server: Listener, part: Path
) -> None:
    fetched = failed(trusting.fetch(server.tls_url.replace(NAME, "127.0.0.1"), part))

    assert "IP address mismatch" in fetched.reason


def test_a_certificate_of_nobody_known_is_refused(
    dialled: Dialled, server: Listener, resolver: Resolver, part: Path
) -> None:
    assert "certificate verify failed" in failed(dialled.fetch(server.tls_url, part)).reason
    assert server.requests == [b""]


def test_a_name_that_changes_its_mind_is_reached_where_it_was_judged(
    dialled: Dialled, proxy: Listener, resolver: Resolver, part: Path
) -> None:
    """DNS rebinding: public while it is judged, this machine when it would be dialled."""
    resolver.answers[NAME] = [[PUBLIC], ["127.0.0.1"]]

    fetched = dialled.fetch(f"https://{NAME}/clip.mp4", part, loopback=False)

    assert isinstance(fetched, Fetched)
    assert targets() == [f"{PUBLIC}:443"]
    assert resolver.asked == [NAME]


def test_a_name_that_changes_its_mind_is_dialled_where_it_was_judged_without_a_proxy_too(
    trusting: Dialled, resolver: Resolver, part: Path
) -> None:
    resolver.answers[NAME] = [[PUBLIC], ["127.0.0.1"]]

    with pytest.raises(BaseExceptionGroup) as caught:
        trusting.fetch(f"https://{NAME}/clip.mp4", part, loopback=False)

    assert caught.group_contains(RealNetwork, match=f"socket.connect to {PUBLIC}")
    assert resolver.asked == [NAME]


@pytest.mark.parametrize("bad", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::ffff:10.0.0.1"])
@pytest.mark.parametrize("loopback", [False, True])
def test_one_address_that_is_not_public_spoils_a_name(
    dialled: Dialled, proxy: Listener, resolver: Resolver, part: Path, bad: str, loopback: bool
) -> None:
    resolver.answers[NAME] = [[PUBLIC, bad]]

    fetched = failed(dialled.fetch(f"https://{NAME}/", part, loopback=loopback))

    assert "not on the public internet" in fetched.reason
    assert targets() == []


def test_each_hop_is_looked_up_and_judged_anew(
    dialled: Dialled, certificate: Certificate, resolver: Resolver, part: Path
) -> None:
    """The same name, admitted a moment ago, now says this machine."""
    resolver.answers[NAME] = [[PUBLIC], ["127.0.0.1"]]

    def point(call: Call) -> None:
        call.read()
        call.answer(302, b"", location=f"https://{NAME}/internal")

    with Listener(tunnel_to(certificate, point)) as proxy:
        dialled.settings = WireSettings(ca_file=str(certificate.file), proxy=Secret(proxy.url))
        fetched = failed(dialled.fetch(f"https://{NAME}/", part, loopback=False))

    assert "not on the public internet" in fetched.reason
    assert targets() == [f"{PUBLIC}:443"]


def test_a_name_of_this_machine_is_refused_unless_allowed(
    trusting: Dialled, server: Listener, resolver: Resolver, part: Path
) -> None:
    failed(trusting.fetch(server.tls_url, part, loopback=False))

    assert server.calls == []


def test_an_address_where_nobody_answers_is_passed_over(
    trusting: Dialled, server: Listener, resolver: Resolver, part: Path
) -> None:
    resolver.answers[NAME] = [["127.0.0.2", "127.0.0.3", "127.0.0.1"]]

    assert isinstance(trusting.fetch(server.tls_url, part), Fetched)


def test_where_nobody_answers_at_all_another_try_may_help(
    trusting: Dialled, server: Listener, resolver: Resolver, part: Path
) -> None:
    resolver.answers[NAME] = [["127.0.0.2", "127.0.0.3"]]

    assert failed(trusting.fetch(server.tls_url, part)).again


@pytest.mark.parametrize(
    ("address", "target"), [(PUBLIC, f"{PUBLIC}:443"), (PUBLIC_6, f"[{PUBLIC_6}]:443")]
)
def test_a_proxy_is_asked_for_the_judged_address_and_the_name_is_proved_inside(
    dialled: Dialled, proxy: Listener, resolver: Resolver, part: Path, address: str, target: str
) -> None:
    resolver.answers[NAME] = [[address]]

    fetched = dialled.fetch(f"https://{NAME}/clip.mp4", part, loopback=False)

    assert isinstance(fetched, Fetched)
    assert targets() == [target]
    assert f"\r\nhost: {NAME}\r\n".encode() in proxy.requests[0].lower()


def test_a_proxys_password_is_for_the_proxy_alone(
    dialled: Dialled, proxy: Listener, resolver: Resolver, part: Path
) -> None:
    resolver.answers[NAME] = [[PUBLIC]]

    dialled.fetch(f"https://{NAME}/clip.mp4", part, loopback=False)

    word = base64.b64encode(b"user:word")
    assert b"proxy-authorization: basic " + word.lower() in tunnels[0].lower()
    assert word not in proxy.requests[0]


def test_a_wrong_name_inside_a_tunnel_is_refused(
    dialled: Dialled, proxy: Listener, resolver: Resolver, part: Path
) -> None:
    resolver.answers["other.example"] = [[PUBLIC]]

    fetched = failed(dialled.fetch("https://other.example/", part, loopback=False))

    assert "Hostname mismatch" in fetched.reason
    assert proxy.requests == [b""]


def test_an_address_that_a_proxy_cannot_reach_is_passed_over(
    dialled: Dialled, certificate: Certificate, resolver: Resolver, part: Path
) -> None:
    resolver.answers[NAME] = [[PUBLIC_6, PUBLIC]]
    through = tunnel_to(certificate, serve)

    def picky(call: Call) -> None:
        if f"[{PUBLIC_6}]".encode() in call.read():
            call.answer(502, b"")
        else:
            through(call)

    with Listener(picky) as proxy:
        dialled.settings = WireSettings(ca_file=str(certificate.file), proxy=Secret(proxy.url))
        fetched = dialled.fetch(f"https://{NAME}/", part, loopback=False)

    assert isinstance(fetched, Fetched)
    assert targets() == [f"{PUBLIC}:443"]


def test_a_proxy_that_refuses_is_named(dialled: Dialled, resolver: Resolver, part: Path) -> None:
    def refuse(call: Call) -> None:
        call.read()
        call.answer(407, b"")

    resolver.answers[NAME] = [[PUBLIC]]
    with Listener(refuse) as proxy:
        dialled.settings = WireSettings(proxy=Secret(proxy.url))
        fetched = failed(dialled.fetch(f"https://{NAME}/", part, loopback=False))

    assert fetched.reason == "ProxyError: the proxy answered 407 to CONNECT"
    assert fetched.again


def test_this_machines_own_clips_come_without_the_proxy(
    trusting: Dialled, proxy: Listener, server: Listener, resolver: Resolver, part: Path
) -> None:
    assert isinstance(trusting.fetch(server.tls_url, part), Fetched)
    assert proxy.calls == []
