"""Replies that nobody could read, kept for whoever has to decide: an id may stand in one.

They lie beside the journal, where git does not look.
"""

from collections.abc import Mapping
from pathlib import Path

from omnibatch import disk
from omnibatch.ledger.model import AttemptId, SendKey
from omnibatch.ledger.places import LedgerPlace

__all__ = ["keep_reply"]


def keep_reply(
    place: LedgerPlace,
    attempt: AttemptId,
    send: SendKey,
    *,
    status: int,
    headers: Mapping[str, str],
    text: str,
) -> Path | None:
    """Write the reply to a create down; return where, or None where the disk refuses.

    `text` is its body as one may show it. It is of no account for the ledger: a run goes
    on without it.
    """
    path = place.folder / f"{place.stem}.reply-{attempt}-{send.number}.txt"
    head = [f"HTTP {status}", *(f"{name}: {value}" for name, value in sorted(headers.items()))]
    data = "\n".join([*head, "", text, ""]).encode("utf-8", "replace")
    try:
        disk.write_file(path, data, "reply", durable=False)
    except OSError:
        return None
    return path
