"""Replies that nobody could read, kept for whoever has to decide: an id may stand in one.

They lie beside the journal, where git does not look. The wire has put stars in the place
of the key already; what is kept of one is bounded.
"""

from collections.abc import Mapping
from pathlib import Path

from omnibatch import disk
from omnibatch.ledger.model import AttemptId, SendKey
from omnibatch.ledger.places import LedgerPlace

__all__ = ["keep_reply"]

_MOST_BYTES = 64 * 1024


def keep_reply(
    place: LedgerPlace,
    attempt: AttemptId,
    send: SendKey,
    *,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
) -> Path | None:
    """Write the reply to a create down; return where, or None where the disk refuses.

    It is of no account for the ledger: a run goes on without it.
    """
    path = place.folder / f"{place.stem}.reply-{attempt}-{send.number}.txt"
    head = [f"HTTP {status}", *(f"{name}: {value}" for name, value in sorted(headers.items()))]
    data = "\n".join([*head, "", ""]).encode("utf-8", "replace") + body[:_MOST_BYTES]
    try:
        disk.write_file(path, data, "reply", durable=False)
    except OSError:
        return None
    return path
