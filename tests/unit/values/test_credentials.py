"""Keys are known by their shapes. None stands here: each is put together when the test runs."""

import random
import string

import pytest

from omnibatch.credentials import keys_in, without_keys

_LETTERS = random.Random(7)


def word(length: int, letters: str = string.ascii_letters + string.digits) -> str:
    """Letters that nobody gave out; at least one of them is a number, and one is none."""
    drawn = "".join(_LETTERS.choices(letters, k=length - 2))
    return f"A{drawn}7"


def keys() -> list[str]:
    json_part = "ey" + "J" + word(20)
    return [
        *("-".join((family, word(32))) for family in ("sk", "pk", "rk", "ak")),
        "-".join(("sk", "proj", word(24))),
        ".".join((json_part, json_part, word(30))),
        *("_".join((f"gh{kind}", word(36))) for kind in "pousr"),
        "AK" + "IA" + word(16, string.ascii_uppercase + string.digits),
        "AI" + "za" + word(35),
        f"Bearer {word(30)}",
        f"bearer {word(30)}",
        "-----BEGIN " + "PRIVATE KEY-----",
        "-----BEGIN RSA " + "PRIVATE KEY-----",
    ]


@pytest.mark.parametrize("number", range(len(keys())))
@pytest.mark.parametrize("around", ["{}", "a {} b", 'key: "{}"', "# {}", "x: {}\ny: 1", "({})"])
def test_a_key_is_found_where_it_stands_and_becomes_stars(number: int, around: str) -> None:
    key = keys()[number]
    text = around.format(key)

    (found,) = keys_in(text)

    assert text[slice(*found)] == key
    assert without_keys(text) == around.format("*" * len(key))


@pytest.mark.parametrize(
    "text",
    [
        "a task-of-twenty-letters-and-more at the desk-2024-11-22-and-so-on",
        "sk-short1 and sk-words-alone-are-no-key-at-all",
        "a bearer of the golden lantern, and Bearer token authentication",
        "peak-fitness-harbour-view-number-12345678",
        "risk-taking-is-2-bold-for-a-lighthouse-keeper",
        "A" * 5000,
        "-----BEGIN CERTIFICATE-----",
        "The AIzable words and AKIAnd more",
    ],
)
def test_prose_is_no_key(text: str) -> None:
    assert list(keys_in(text)) == []
    assert without_keys(text) == text


@pytest.mark.parametrize("shape", ["?X-Credential={}", "?token={}", "/{}/a.mp4"])
def test_what_signs_an_address_opens_one_file_and_is_no_key(shape: str) -> None:
    signatures = [key for key in keys() if key[:4] in ("AKIA", "AIza", "ghp_") or "." in key]
    assert len(signatures) == 4

    for signature in signatures:
        assert list(keys_in("https://cdn.example/pier.jpg" + shape.format(signature))) == []
