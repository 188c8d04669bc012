"""A provider's words reach a terminal and a lockfile: nothing in them may act or leak."""

import pytest

from omnibatch.providers.words import LONGEST, clean


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Image pixel is invalid", "Image pixel is invalid"),
        ("a\r\n\tb\x00c", "a b c"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x9b1;31mred", "red"),
        ("\x1b]0;owned\x07title", "title"),
        ("\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("safe\u202egnp.exe", "safegnp.exe"),
        ("\u2066isolated\u2069\u200e\ufeff", "isolated"),
        ("a\u2028b\u2029c\u00a0d", "a b c d"),
        ("lone \ud800 half", "lone half"),
        ("内容违规 é 👩\u200d🚀", "内容违规 é 👩\u200d🚀"),
    ],
)
def test_nothing_that_acts_is_kept(said: str, kept: str) -> None:
    assert clean(said) == kept


SECRET = "q7Zr0-notakey_41x"


@pytest.mark.parametrize(
    "said",
    [
        f"Authorization: Bearer {SECRET}",
        f"bad header 'authorization: bearer {SECRET}'",
        f"Bearer  {SECRET}",
        f"B\u200eearer {SECRET}",
        f"\x1b[1mBearer\x1b[0m {SECRET}",
        f"basic {SECRET}",
        f'{{"api_key": "{SECRET}"}}',
        f"x-api-key={SECRET}",
        f"Incorrect API key: {SECRET}.",
        f"no such token: {SECRET}",
        f"sk-{SECRET} is disabled",
    ],
)
def test_what_looks_like_a_credential_becomes_stars(said: str) -> None:
    assert SECRET not in clean(said)
    assert "***" in clean(said)


@pytest.mark.parametrize(
    "said", ["Bearer token is missing", "invalid token: expired", "a basic authentication scheme"]
)
def test_prose_about_credentials_is_left_alone(said: str) -> None:
    assert clean(said) == said


def test_words_are_bounded_and_say_that_they_were_cut() -> None:
    assert len(clean("word " * 1000)) <= LONGEST
    assert clean("word " * 1000).endswith("…")
    assert clean("x" * LONGEST) == "x" * LONGEST


def test_a_credential_cut_by_the_bound_is_still_stars() -> None:
    said = "x" * (LONGEST - 12) + " Bearer " + SECRET

    assert SECRET[:3] not in clean(said)
