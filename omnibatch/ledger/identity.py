"""Names that the ledger gives: attempts, accounts. Pure; nothing here draws at random."""

import hashlib
import hmac
from base64 import b32encode

from omnibatch.ledger.codec import canonical
from omnibatch.ledger.model import AttemptId
from omnibatch.shots import Slot

__all__ = ["account_of", "attempt_id", "random_name"]

_ATTEMPT_LETTERS = 26
_ACCOUNT_LETTERS = 6


def attempt_id(
    batch: str,
    slot: Slot,
    digest: str,
    after: AttemptId | None,
    *,
    provider: str,
    account: str,
    endpoint: str,
) -> AttemptId:
    """Return `ob-` and 26 base32 characters of a hash of what makes the attempt.

    Deterministic, so that two machines that mean the same attempt mean one; at most 64
    ASCII characters, and it carries neither prompt nor secret, since providers that
    take an `external_task_id` are sent it.

    Where it is sent belongs to what it is: without that, a rehearsal on one branch and
    a purchase on another would share an id, and their join could take the paid clip for
    a rehearsed one; or one provider's "absent" could end another's doubt.
    """
    what = canonical(
        [1, batch, slot.shot, slot.profile, slot.take, digest, after, provider, account, endpoint]
    )
    hashed = hashlib.blake2b(what.encode(), digest_size=20).digest()
    return AttemptId("ob-" + b32encode(hashed).decode().lower()[:_ATTEMPT_LETTERS])


def account_of(batch: str, key: str) -> str:
    """Name the account behind `key` within one batch: a short HMAC.

    Keyed by the batch, so that the names of two projects cannot be compared; too short
    to say anything of the key.
    """
    return hmac.new(key.encode(), batch.encode(), hashlib.sha256).hexdigest()[:_ACCOUNT_LETTERS]


def random_name(prefix: str, randomness: bytes) -> str:
    """Return `prefix` and 8 base32 characters of five random bytes: `b-7f3k2q9d`."""
    return prefix + b32encode(randomness[:5]).decode().lower()
