"""Every way in which httpx can fail, mapped by whether the paid request may have arrived."""

from collections.abc import Iterator

import httpx
import pytest

from omnibatch.wire import Lost, NotSent
from omnibatch.wire.exchange import meaning_of

CERTAIN = {
    "ConnectError",
    "ConnectTimeout",
    "PoolTimeout",
    "UnsupportedProtocol",
    "LocalProtocolError",
    "ProxyError",
}
DOUBTFUL = {
    "ReadError",
    "ReadTimeout",
    "WriteError",
    "WriteTimeout",
    "CloseError",
    "RemoteProtocolError",
    "DecodingError",
    "TooManyRedirects",
    # The families themselves: whatever a later httpx puts there is a doubt until it is known.
    "RequestError",
    "TransportError",
    "TimeoutException",
    "NetworkError",
    "ProtocolError",
}


def family(kind: type[httpx.RequestError]) -> Iterator[type[httpx.RequestError]]:
    yield kind
    for narrower in kind.__subclasses__():
        yield from family(narrower)


def test_every_error_of_httpx_has_been_thought_about() -> None:
    assert {kind.__name__ for kind in family(httpx.RequestError)} == CERTAIN | DOUBTFUL


@pytest.mark.parametrize("name", sorted(CERTAIN))
def test_an_error_that_comes_before_the_first_byte_means_nothing_was_sent(name: str) -> None:
    meaning = meaning_of(getattr(httpx, name)("words"))

    assert isinstance(meaning, NotSent)
    assert meaning.reason.startswith(name)


@pytest.mark.parametrize("name", sorted(DOUBTFUL))
def test_any_other_error_is_a_doubt(name: str) -> None:
    meaning = meaning_of(getattr(httpx, name)("words"))

    assert meaning == Lost(reason=f"{name}: words")


def test_an_address_that_is_none_was_never_dialled() -> None:
    assert isinstance(meaning_of(httpx.InvalidURL("no host")), NotSent)


def test_a_reason_without_words_is_the_errors_name() -> None:
    assert meaning_of(httpx.ReadTimeout("")) == Lost(reason="ReadTimeout")
