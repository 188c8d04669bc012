"""Keys: in the one header of the one request they are for, and in no other place at all."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from omnibatch.endpoints import Account, Endpoint, Secret
from omnibatch.providers import Response
from omnibatch.wire import HttpWire, NotSent, WireSettings

from .conftest import CREATE, QUERY, Dialled
from .listening import Call, Listener

KEY = "canary-0123456789"


def answer(call: Call) -> None:
    call.read()
    call.answer(200, b"clip", connection="close", set_cookie="session=canary-cookie; Path=/")


@pytest.fixture
def server() -> Iterator[Listener]:
    with Listener(answer) as server:
        yield server


def authorizations(request: bytes) -> list[bytes]:
    head = request.partition(b"\r\n\r\n")[0]
    lines = head.lower().split(b"\r\n")
    return [line for line in lines if line.startswith((b"authorization:", b"proxy-auth"))]


def test_creates_and_queries_carry_their_accounts_key(dialled: Dialled, server: Listener) -> None:
    dialled.create(server.url, key=KEY)
    dialled.ask(server.url, key=KEY)

    wanted = [f"authorization: bearer {KEY}".encode()]
    assert [authorizations(request) for request in server.requests] == [wanted, wanted]


def test_a_download_carries_no_key(dialled: Dialled, server: Listener, tmp_path: Path) -> None:
    async def all_three(wire: HttpWire) -> None:
        account = dialled.account(server.url, KEY)
        await wire.create(account, CREATE)
        await wire.ask(account, QUERY)
        await wire.fetch(f"{server.url}/clip.mp4", tmp_path / "clip.part", loopback=True)

    dialled.use(all_three)

    download = server.requests[-1]
    assert download.startswith(b"GET /clip.mp4")
    assert authorizations(download) == []
    assert KEY.encode() not in download
    assert b"canary-cookie" not in download


def test_two_accounts_at_one_endpoint_each_have_their_own_key(
    dialled: Dialled, server: Listener
) -> None:
    async def both(wire: HttpWire) -> None:
        for key in ("first-key", "second-key"):
            await wire.ask(dialled.account(server.url, key), QUERY)

    dialled.use(both)

    assert b"Bearer first-key" in server.calls[0].received
    assert b"Bearer second-key" in b"".join(server.requests)


def test_a_key_shows_in_no_spelling_of_an_account() -> None:
    account = Account(
        provider="apimodels", endpoint=Endpoint.at("https://a"), key=Secret(KEY), name="a1b2c3"
    )

    assert KEY not in f"{account!r} {account} {account.key!r} {account.key}"
    assert KEY not in repr(vars(Secret)) + repr([account.key]) + repr({"key": account.key})


def test_a_proxys_password_shows_in_no_spelling_of_the_settings() -> None:
    assert KEY not in repr(WireSettings(proxy=Secret(f"http://user:{KEY}@proxy.example")))


@pytest.mark.parametrize(
    "spoiled", [f"{KEY}\n", f"{KEY}\r\nX-Evil: 1", f"{KEY} ", f"{KEY}é", f"{KEY}\0"]
)
def test_a_key_that_no_header_can_carry_is_not_sent_and_not_told(
    dialled: Dialled, server: Listener, spoiled: str
) -> None:
    reply = dialled.create(server.url, key=spoiled)

    assert isinstance(reply, NotSent)
    assert KEY not in reply.reason
    assert all(KEY.encode() not in request for request in server.requests)


def test_a_key_echoed_by_a_server_is_masked(dialled: Dialled) -> None:
    def echo(call: Call) -> None:
        call.read()
        call.answer(401, f'{{"error": "invalid key {KEY}"}}'.encode())

    with Listener(echo) as server:
        reply = dialled.create(server.url, key=KEY)

    assert isinstance(reply, Response)
    assert reply.body == b'{"error": "invalid key ***"}'
