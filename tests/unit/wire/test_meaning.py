"""Every way in which an exchange can fail, mapped by whether the paid request may have arrived."""

import ssl
from collections.abc import Iterator
from inspect import signature

import anyio
import h11
import httpcore
import httpx
import pytest

from omnibatch.wire import Lost, NotSent
from omnibatch.wire.exchange import meaning_of, words_of

CERTAIN = {
    "ConnectError",
    "ConnectTimeout",
    "PoolTimeout",
    "UnsupportedProtocol",
    "LocalProtocolError",
    "ProxyError",
    "InvalidURL",
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
    # Raised by what reads a reply, so there was one.
    "HTTPStatusError",
    "StreamError",
    "StreamConsumed",
    "StreamClosed",
    "ResponseNotRead",
    "RequestNotRead",
    "CookieConflict",
    # The families themselves: whatever a later httpx puts there is a doubt until it is known.
    "HTTPError",
    "RequestError",
    "TransportError",
    "TimeoutException",
    "NetworkError",
    "ProtocolError",
}


def family(kind: type[Exception]) -> Iterator[type[Exception]]:
    yield kind
    for narrower in kind.__subclasses__():
        yield from family(narrower)


def of_httpx() -> dict[str, type[Exception]]:
    """Every exception that httpx names, and all below them, wherever they are defined."""
    named = [kind for kind in vars(httpx).values() if isinstance(kind, type)]
    kinds = [kind for kind in named if issubclass(kind, Exception)]
    return {kind.__name__: kind for root in kinds for kind in family(root)}


def made(kind: type[Exception], words: str = "words") -> Exception:
    """An instance of `kind`, whatever it asks for."""
    needs = [p for p in signature(kind).parameters.values() if p.default is p.empty]
    keywords = {p.name: None for p in needs if p.kind is p.KEYWORD_ONLY}
    takes_words = any(p.kind is not p.KEYWORD_ONLY for p in signature(kind).parameters.values())
    return kind(*([words] if takes_words else []), **keywords)


def test_every_error_of_httpx_has_been_thought_about() -> None:
    """A new one in a later httpx fails here until somebody has."""
    assert of_httpx().keys() == CERTAIN | DOUBTFUL
    assert set() == CERTAIN & DOUBTFUL


@pytest.mark.parametrize("name", sorted(CERTAIN))
def test_an_error_that_comes_before_the_first_byte_means_nothing_was_sent(name: str) -> None:
    meaning = meaning_of(made(of_httpx()[name]))

    assert isinstance(meaning, NotSent)
    assert meaning.reason.startswith(name)


@pytest.mark.parametrize("name", sorted(DOUBTFUL))
def test_any_other_error_is_a_doubt(name: str) -> None:
    meaning = meaning_of(made(of_httpx()[name]))

    assert isinstance(meaning, Lost)
    assert meaning.reason.startswith(name)


BENEATH = [
    *(kind for kind in vars(httpcore).values() if isinstance(kind, type)),
    *(kind for kind in vars(h11).values() if isinstance(kind, type)),
    *(kind for kind in vars(anyio).values() if isinstance(kind, type)),
    *(kind for kind in vars(ssl).values() if isinstance(kind, type)),
    *(kind for kind in family(OSError) if kind.__module__ in ("builtins", "socket", "ssl")),
    *(RuntimeError, ValueError, KeyError, AssertionError, RecursionError, MemoryError, EOFError),
]


def test_what_lies_beneath_httpx_is_a_doubt_whatever_it_is() -> None:
    """httpx names what it knows; an error with another name can come at any moment."""
    errors = [kind for kind in BENEATH if issubclass(kind, Exception)]
    assert {httpcore.ReadError, h11.LocalProtocolError, ssl.SSLError} <= set(errors)
    assert {anyio.EndOfStream, ConnectionResetError, httpcore.ConnectError} <= set(errors)

    for kind in errors:
        error = kind.__new__(kind)
        assert isinstance(meaning_of(error), Lost), kind


def test_a_group_of_errors_is_a_doubt() -> None:
    assert isinstance(meaning_of(ExceptionGroup("two", [OSError(), ValueError()])), Lost)


def test_a_reason_without_words_is_the_errors_name() -> None:
    assert meaning_of(httpx.ReadTimeout("")) == Lost(reason="ReadTimeout")


@pytest.mark.parametrize(
    "error",
    [
        httpx.LocalProtocolError("Illegal header value b'Bearer canary'"),
        httpcore.LocalProtocolError("Illegal header value b'Bearer canary'"),
        h11.LocalProtocolError("Illegal header value b'Bearer canary'"),
        ValueError("canary"),
        KeyError("canary"),
    ],
)
def test_words_that_may_quote_the_request_are_not_told(error: Exception) -> None:
    assert "canary" not in words_of(error)
    assert words_of(error).startswith(type(error).__name__)


def test_words_are_one_short_line_that_steers_no_terminal() -> None:
    words = words_of(httpx.ReadError("red \x1b[31m\x1b]0;title\x07\r\nand \u202eback " + "x" * 999))

    assert words.startswith("ReadError: red and back xxx")
    assert words.isprintable()
    assert len(words) < 350
