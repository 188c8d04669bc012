"""Endpoints tell this machine from the world, and keys do not print."""

import copy
import dataclasses
import json
import logging
import pickle
import pprint
import traceback
from typing import NamedTuple

import pytest

from omnibatch.endpoints import (
    EMULATOR,
    Account,
    Endpoint,
    Secret,
    is_loopback,
    is_rehearsal,
    without_queries,
    without_secrets,
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


class Holder(NamedTuple):
    key: Secret


def test_no_spelling_of_a_key_shows_it(caplog: pytest.LogCaptureFixture) -> None:
    secret = Secret(CANARY)
    account = Account(
        provider="apimodels", endpoint=Endpoint.at("https://apimodels.app"), key=secret, name="a1"
    )
    logging.getLogger("any").warning("%s %r %s", secret, account, {"key": [secret]})
    try:
        raise ValueError(secret, account)
    except ValueError as error:
        told = "".join(traceback.format_exception(error))
        with_locals = traceback.TracebackException.from_exception(error, capture_locals=True)

    spelt = [
        str(secret),
        repr(secret),
        ascii(secret),
        f"{secret}",
        f"{secret!s:>12} {secret:>12} {secret:.2}",
        "%s %r" % (secret, secret),  # noqa: UP031 - as logging spells it
        f"{account}",
        repr([account, Holder(secret), {secret: secret}]),
        repr(dataclasses.asdict(account)),
        repr(dataclasses.astuple(account)),
        pprint.pformat(dataclasses.asdict(account)),
        json.dumps(dataclasses.asdict(account), default=str),
        repr(vars(Secret)) + repr(dir(secret)),
        caplog.text,
        told,
        "".join(with_locals.format()),
    ]
    assert [text for text in spelt if CANARY in text] == []
    assert str(secret) == "***"
    assert f"[{secret:>5}]" == "[  ***]"
    assert secret.reveal() == CANARY


def test_a_key_is_not_written_out() -> None:
    secret = Secret(CANARY)

    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError, match="not pickled"):
            pickle.dumps({"key": secret}, protocol)
    with pytest.raises(TypeError, match="not JSON serializable"):
        json.dumps({"key": secret})


def test_a_key_has_no_attributes_to_list_and_its_copy_is_itself() -> None:
    secret = Secret(CANARY)

    assert not hasattr(secret, "__dict__")
    assert copy.copy(secret) is secret
    assert copy.deepcopy([secret])[0] is secret


def test_keys_are_compared_by_value_and_equal_no_text() -> None:
    assert Secret(CANARY) == Secret(CANARY)
    assert hash(Secret(CANARY)) == hash(Secret(CANARY))
    assert Secret(CANARY) != Secret(CANARY + "x")
    assert Secret("schlüssel") == Secret("schlüssel")
    assert Secret(CANARY) != CANARY


def test_a_text_is_rid_of_every_key_that_was_made_a_secret() -> None:
    Secret(f"{CANARY}-and-longer")
    Secret(CANARY)

    assert without_secrets(f"a {CANARY}, b {CANARY}-and-longer") == "a ***, b ***"


def test_a_short_key_may_be_any_word_and_stays() -> None:
    Secret("short")

    assert without_secrets("a short text") == "a short text"


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        (
            "see https://cdn.example/a.mp4?X-Sig=abc&e=1 now",
            "see https://cdn.example/a.mp4?*** now",
        ),
        ("'https://cdn.example/a.mp4?x=1'", "'https://cdn.example/a.mp4?***'"),
        ("https://cdn.example/a.mp4#abc", "https://cdn.example/a.mp4?***"),
        ("http://ada:pw@proxy.example:8/x?y", "http://***@proxy.example:8/x?***"),
        ("HTTPS://CDN.EXAMPLE/?A", "HTTPS://CDN.EXAMPLE/?***"),
        ("two: https://a/x?1 https://b/y?2", "two: https://a/x?*** https://b/y?***"),
        ("https://cdn.example/a.mp4", "https://cdn.example/a.mp4"),
        ("is it so? yes, a://b", "is it so? yes, a://b"),
        ("a question? at me@example.com", "a question? at me@example.com"),
    ],
)
def test_addresses_are_told_without_what_may_be_secret(text: str, bare: str) -> None:
    assert without_queries(text) == bare
