"""Names are forever: each is pinned by its exact value."""

import string

from omnibatch.ledger import AttemptId, account_of, attempt_id
from omnibatch.ledger.identity import random_name
from omnibatch.shots import Slot

DIGEST = "sha256:" + "0" * 64


def named(
    batch: str = "b-aaaaaaaa",
    slot: Slot = Slot("opening", "draft"),
    digest: str = DIGEST,
    after: AttemptId | None = None,
    provider: str = "apimodels",
    account: str = "a1b2c3",
    endpoint: str = "https://apimodels.app",
) -> AttemptId:
    return attempt_id(
        batch, slot, digest, after, provider=provider, account=account, endpoint=endpoint
    )


def test_an_attempts_id_never_changes() -> None:
    first = named()

    assert first == "ob-bhkdw2huti3sgkvgmwb5xgmbvi"
    assert named(slot=Slot("opening", "draft", 2), after=first) == "ob-5xh4wlin27ckv4gdrcocqd7qoi"
    assert named(slot=Slot("öffnung-٣")) == "ob-uvswcigyrrclyy4d4nanhhasc4"


def test_an_attempts_id_fits_an_external_task_id() -> None:
    name = named(slot=Slot("ünï" * 40, "p" * 200, 99))

    assert len(name) == 29
    assert set(name[3:]) <= set(string.ascii_lowercase + "234567")


def test_an_attempts_id_tells_every_part_apart() -> None:
    first = named()
    ids = {
        first,
        named(batch="b-bbbbbbbb"),
        named(slot=Slot("closing", "draft")),
        named(slot=Slot("opening", "final")),
        named(slot=Slot("opening", "draft", 2)),
        named(digest=DIGEST[:-1] + "1"),
        named(after=first),
        named(provider="cometapi"),
        named(account="d4e5f6"),
        named(endpoint="http://127.0.0.1:8790"),
    }

    assert len(ids) == 10


def test_an_accounts_name_never_changes_and_differs_by_batch_and_key() -> None:
    assert account_of("b-aaaaaaaa", "one") == "ff68c9"
    assert account_of("b-bbbbbbbb", "one") != account_of("b-aaaaaaaa", "one")
    assert account_of("b-aaaaaaaa", "two") != account_of("b-aaaaaaaa", "one")


def test_a_drawn_name_is_eight_letters() -> None:
    assert random_name("b-", b"\x00\x01\x02\x03\xff") == "b-aaaqea77"
