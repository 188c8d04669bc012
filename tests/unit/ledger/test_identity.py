"""Names are forever: each is pinned by its exact value."""

import string

from omnibatch.ledger import account_of, attempt_id
from omnibatch.ledger.identity import random_name
from omnibatch.shots import Slot

DIGEST = "sha256:" + "0" * 64


def test_an_attempts_id_never_changes() -> None:
    first = attempt_id("b-aaaaaaaa", Slot("opening", "draft"), DIGEST, None)

    assert first == "ob-makpyzirwcrmcgd7q5iakvp2a2"
    assert (
        attempt_id("b-aaaaaaaa", Slot("opening", "draft", 2), DIGEST, first)
        == "ob-opaoxyk3rpsmsebnh74evz4gya"
    )
    assert (
        attempt_id("b-aaaaaaaa", Slot("öffnung-٣"), DIGEST, None) == "ob-rdcv7f6rsd2q6upylpioy24kdp"
    )


def test_an_attempts_id_fits_an_external_task_id() -> None:
    name = attempt_id("b-aaaaaaaa", Slot("ünï" * 40, "p" * 200, 99), DIGEST, None)

    assert len(name) == 29
    assert set(name[3:]) <= set(string.ascii_lowercase + "234567")


def test_an_attempts_id_tells_every_part_apart() -> None:
    first = attempt_id("b", Slot("a"), DIGEST, None)
    ids = {
        first,
        attempt_id("c", Slot("a"), DIGEST, None),
        attempt_id("b", Slot("b"), DIGEST, None),
        attempt_id("b", Slot("a", "b"), DIGEST, None),
        attempt_id("b", Slot("a", take=2), DIGEST, None),
        attempt_id("b", Slot("a"), DIGEST[:-1] + "1", None),
        attempt_id("b", Slot("a"), DIGEST, first),
    }

    assert len(ids) == 7


def test_an_accounts_name_never_changes_and_differs_by_batch_and_key() -> None:
    assert account_of("b-aaaaaaaa", "one") == "ff68c9"
    assert account_of("b-bbbbbbbb", "one") != account_of("b-aaaaaaaa", "one")
    assert account_of("b-aaaaaaaa", "two") != account_of("b-aaaaaaaa", "one")


def test_a_drawn_name_is_eight_letters() -> None:
    assert random_name("b-", b"\x00\x01\x02\x03\xff") == "b-aaaqea77"
