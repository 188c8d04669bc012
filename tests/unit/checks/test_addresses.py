"""Addresses by their text alone."""

from typing import Any

import pytest

from omnibatch.checks.addresses import address_fault


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/a.jpg",
        "http://example.com/a.jpg",
        "HTTPS://EXAMPLE.com:8443/a.jpg?x=1#y",
        "https://8.8.8.8/a.jpg",
        "https://[2606:4700::1111]/a.jpg",
        "https://bücher.example.org/a.jpg",
        "https://example.com./a.jpg",
    ],
)
def test_public_addresses_pass(url: str) -> None:
    assert address_fault(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "",
        "a.jpg",
        "//example.com/a.jpg",
        "file:///etc/passwd",
        "data:image/png;base64,AAAA",
        "ftp://example.com/a.jpg",
        "https://",
        "https:///a.jpg",
        "https://example.com:port/a.jpg",
        "https://[::1/a.jpg",
        "https://example.com/a b.jpg",
        "https://example.com/a\n.jpg",
    ],
)
def test_what_is_no_web_address_is_malformed(url: str) -> None:
    fault = address_fault(url)

    assert fault is not None
    assert fault.code == "OB421"


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost.",
        "a.localhost",
        "nas",
        "printer.local",
        "db.internal",
        "127.0.0.1",
        "127.1",
        "0x7f.1",
        "2130706433",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "[::1]",
        "[fe80::1]",
        "[fd00::1]",
        "[::ffff:127.0.0.1]",
    ],
)
def test_hosts_that_a_provider_cannot_reach_are_refused(host: str) -> None:
    fault = address_fault(f"https://{host}/a.jpg")

    assert fault is not None
    assert fault.code == "OB422"


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    fault = address_fault("https://keeper:word-123@example.com/a.jpg")

    assert fault is not None
    assert fault.code == "OB423"
    assert "word-123" not in fault.message + fault.hint


def test_a_callback_is_public_and_https(make: Any, codes: Any) -> None:
    assert codes(make.shot(callback_url="https://example.com/done")) == []
    assert codes(make.shot(callback_url="http://example.com/done")) == ["OB561"]
    assert codes(make.shot(callback_url="https://127.0.0.1/done")) == ["OB561"]
