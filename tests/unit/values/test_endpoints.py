"""Endpoints tell this machine from the world, and keys do not print."""

import copy
import logging
import traceback

import pytest

from omnibatch.endpoints import (
    EMULATOR,
    Account,
    Endpoint,
    Secret,
    is_loopback,
    is_rehearsal,
)

CANARY = "canary-7b1e"


@pytest.mark.parametrize(
    "url",
    [
        *("http://localhost:8790", "http://127.0.0.1", "https://127.8.9.1/x", "http://[::1]:9"),
        "http://LOCALHOST/",
    ],
)
def test_this_machine_is_loopback(url: str) -> None:
    assert is_loopback(url)


@pytest.mark.parametrize(
    "url",
    [
        *("https://apimodels.app", "http://localhost.example.com", "http://127.0.0.1.example.com"),
        *("http://0.0.0.0", "http://10.0.0.1", "http://user@example.com", "http://[::2]"),
        *(
            "http://example.com/localhost",
            "http://localhost@example.com",
            "",
            "http://[",
            "emulator:",
        ),
    ],
)
def test_everything_else_is_not(url: str) -> None:
    assert not is_loopback(url)


def test_a_rehearsal_is_one_at_the_emulator_or_on_this_machine() -> None:
    assert is_rehearsal(EMULATOR)
    assert is_rehearsal("http://127.0.0.1:8790")
    assert not is_rehearsal("https://apimodels.app")


def test_an_endpoint_is_recorded_without_a_trailing_slash() -> None:
    endpoint = Endpoint.at("https://apimodels.app/v2//")

    assert endpoint == Endpoint(
        name="https://apimodels.app/v2", base_url="https://apimodels.app/v2"
    )
    assert not endpoint.is_loopback


def test_the_emulators_name_is_not_its_address() -> None:
    endpoint = Endpoint(name=EMULATOR, base_url="http://127.0.0.1:8790")

    assert endpoint.is_loopback
    assert is_rehearsal(endpoint.name)


def test_no_spelling_of_a_key_shows_it(caplog: pytest.LogCaptureFixture) -> None:
    secret = Secret(CANARY)
    account = Account(
        provider="apimodels", endpoint=Endpoint.at("https://apimodels.app"), key=secret, name="a1"
    )
    logging.getLogger("any").warning("%s %r", secret, account)
    try:
        raise ValueError(secret, account)
    except ValueError as error:
        told = "".join(traceback.format_exception(error))

    spelt = [
        str(secret),
        repr(secret),
        f"{secret}",
        f"{account}",
        repr([account]),
        caplog.text,
        told,
    ]
    assert [text for text in spelt if CANARY in text] == []
    assert str(secret) == "***"
    assert secret.reveal() == CANARY


def test_a_key_has_no_attributes_to_list() -> None:
    copied = copy.copy(Secret(CANARY))

    assert not hasattr(copied, "__dict__")
    assert CANARY not in repr(copied)
